package io.jnatsd.config;

/**
 * Leaves the pair or array element that is being parsed; {@link ConfigParser} catches it in the innermost map or array
 * and goes on with the next line. It never leaves the parser.
 */
final class SyntaxException extends RuntimeException {
    private final transient Problem problem;

    SyntaxException(Problem problem) {
        // Without a stack trace: it is about the file, not about this program.
        super(problem.text(), null, false, false);
        this.problem = problem;
    }

    Problem problem() {
        return problem;
    }
}
