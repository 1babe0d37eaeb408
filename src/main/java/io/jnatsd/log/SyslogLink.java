package io.jnatsd.log;

import java.io.Closeable;
import java.io.IOException;
import org.tinylog.core.LogEntry;

/** An open connection to a syslog server. Threads: the thread that dialled it, then the log thread only. */
interface SyslogLink extends Closeable {
    /** Returns when the operating system has accepted the line; fails after a bounded time otherwise. */
    void send(LogEntry entry) throws IOException;

    /** Returns whether the peer has closed the connection, so that another line would be lost. */
    boolean lost();

    /** Opens a link, or fails after a bounded time with the error text that Go would give. */
    interface Dialer {
        SyslogLink dial() throws IOException;
    }
}
