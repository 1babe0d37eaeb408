package io.jnatsd.server;

import io.jnatsd.config.ServerOptions.LogOptions;
import io.jnatsd.log.Log;
import io.jnatsd.log.LogSettings;
import java.io.IOException;

/** The log that options ask for. Threads: pure functions. */
public final class ServerLog {
    private ServerLog() {
    }

    /** @throws IOException if it can't be opened, and why */
    public static Log open(LogOptions options) throws IOException {
        return new Log(settings(options));
    }

    static LogSettings settings(LogOptions o) {
        return new LogSettings(o.debug(), o.trace(), o.time(), o.level(), o.format(), o.file(), o.fileSizeLimit(),
                o.maxFiles(), o.syslog(), o.remoteSyslog());
    }
}
