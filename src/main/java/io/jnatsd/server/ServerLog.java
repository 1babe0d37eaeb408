package io.jnatsd.server;

import io.jnatsd.config.ServerOptions.LogOptions;
import io.jnatsd.log.Log;
import io.jnatsd.log.LogSettings;
import java.io.IOException;

/** Opens the log that options describe. Threads: stateless. */
public final class ServerLog {
    private ServerLog() {
    }

    /** @throws IOException if the log cannot be opened; the message says why */
    public static Log open(LogOptions options) throws IOException {
        return new Log(settings(options));
    }

    /** Returns what options say about the log. */
    public static LogSettings settings(LogOptions o) {
        return new LogSettings(o.debug(), o.trace(), o.time(), o.level(), o.format(), o.file(), o.fileSizeLimit(),
                o.maxFiles(), o.syslog(), o.remoteSyslog());
    }
}
