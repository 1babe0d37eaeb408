package io.jnatsd.junit;

/**
 * The log of the servers of a test that has failed. It is added to the failure as a suppressed exception, because build
 * tools and IDEs show the whole stack trace of a failure, whatever they do with output and report entries.
 */
final class NatsServerLog extends Exception {
    private static final long serialVersionUID = 1;

    NatsServerLog(String text) {
        super(text, null, false, false);
    }
}
