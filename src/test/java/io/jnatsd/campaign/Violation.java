package io.jnatsd.campaign;

/** The servers did something that the model does not allow. */
final class Violation extends RuntimeException {
    private static final long serialVersionUID = 1;

    Violation(String message) {
        super(message);
    }
}
