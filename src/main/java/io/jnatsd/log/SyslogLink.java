package io.jnatsd.log;

import java.io.Closeable;
import java.io.IOException;
import org.tinylog.core.LogEntry;

/** An open way to a syslog server. Threads: the one that dialled it, then only the log thread. */
interface SyslogLink extends Closeable {
    /** Returns when the operating system has the line; fails in bounded time if it does not take it. */
    void send(LogEntry entry) throws IOException;

    /** The other end is gone, so that a line sent now would vanish. */
    boolean lost();

    /** Makes a link, or fails in bounded time with Go's words for why. */
    interface Dialer {
        SyslogLink dial() throws IOException;
    }
}
