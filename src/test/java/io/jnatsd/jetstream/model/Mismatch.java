package io.jnatsd.jetstream.model;

/** The server and the model differ after a step. */
final class Mismatch extends Exception {
    private static final long serialVersionUID = 1;

    Mismatch(String step, String what, Object expected, Object actual) {
        super(step + "\n    " + what + "\n    expected " + expected + "\n    but was  " + actual);
    }
}
