package io.jnatsd.log;

/** The connection that a log line is about. Threads: the thread that logs. */
public interface LogOrigin {
    /** Returns the label before the text: {@code 127.0.0.1:50010 - cid:1}. */
    String label();

    /** Returns the name that the peer gave, empty if none. It is a separate field in JSON lines. */
    String clientName();

    /** Returns the user of the login, empty if none. */
    String user();
}
