package io.jnatsd.log;

/** The connection that a log line is about. Threads: its methods are called by whoever logs. */
public interface LogOrigin {
    /** What stands before the text: {@code 127.0.0.1:50010 - cid:1}. */
    String label();

    /** The name that the peer gave itself, empty if none; a field of its own in JSON lines. */
    String clientName();

    /** The user that it logged in as, empty if none. */
    String user();
}
