package io.jnatsd.campaign;

/**
 * One way in which a machine is too small for what is asked of a server.
 *
 * @param promise what the server does about it
 */
record Scenario(String name, String promise, Action action) {
    /** Puts the server under pressure and ends it, asserts the promise, and returns figures. */
    interface Action {
        /** @param scale 1 for the full size; smaller for the test */
        String run(double scale) throws Exception;
    }

    /** Thrown if this machine cannot show the scenario. */
    static final class Unsupported extends Exception {
        private static final long serialVersionUID = 1;

        Unsupported(String why) {
            super(why);
        }
    }
}
