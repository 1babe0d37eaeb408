package io.jnatsd.log;

import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;

/** The log of one server. */
public final class Log implements AutoCloseable {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy/MM/dd HH:mm:ss.SSSSSS");
    private volatile LogSettings settings;
    private final boolean silent;

    public Log(LogSettings settings) {
        this(settings, false);
    }

    private Log(LogSettings settings, boolean silent) {
        this.settings = settings;
        this.silent = silent;
    }

    /** Writes nothing. */
    public static Log silent() {
        return new Log(LogSettings.STDERR, true);
    }

    public boolean debugOn() {
        return settings.debug() && !silent;
    }

    public boolean traceOn() {
        return settings.trace() && !silent;
    }

    public void notice(String text) {
        line("INF", null, text);
    }

    public void warn(String text) {
        line("WRN", null, text);
    }

    public void error(String text) {
        line("ERR", null, text);
    }

    public void fatal(String text) {
        line("FTL", null, text);
    }

    public void debug(String text) {
        if (debugOn())
            line("DBG", null, text);
    }

    public void trace(String text) {
        if (traceOn())
            line("TRC", null, text);
    }

    public void notice(LogOrigin from, String text) {
        line("INF", from, text);
    }

    public void error(LogOrigin from, String text) {
        line("ERR", from, text);
    }

    public void debug(LogOrigin from, String text) {
        if (debugOn())
            line("DBG", from, text);
    }

    public void trace(LogOrigin from, String text) {
        if (traceOn())
            line("TRC", from, text);
    }

    private void line(String label, LogOrigin from, String text) {
        if (silent)
            return;
        String time = settings.time() ? TIME.format(LocalDateTime.now()) + " " : "";
        System.err.println("[" + ProcessHandle.current().pid() + "] " + time + "[" + label + "] "
                + (from == null ? "" : from.label() + " - ") + text);
    }

    @Override
    public void close() {
    }
}
