package io.jnatsd.log;

import org.tinylog.Level;
import org.tinylog.writers.raw.SyslogSeverity;

/** The level of a line, the most important first, and how each target shows it. Threads: immutable. */
enum LogLevel {
    FATAL("FTL", "fatal", "31", Level.ERROR, SyslogSeverity.CRITICAL),
    ERROR("ERR", "error", "31", Level.ERROR, SyslogSeverity.ERROR),
    WARN("WRN", "warn", "0;93", Level.WARN, SyslogSeverity.WARNING),
    NOTICE("INF", "info", "32", Level.INFO, SyslogSeverity.NOTICE),
    DEBUG("DBG", "debug", "36", Level.DEBUG, SyslogSeverity.DEBUG),
    /** As in gnatsd 1.0, syslog gets trace lines as notices. */
    TRACE("TRC", "trace", "33", Level.TRACE, SyslogSeverity.NOTICE);

    /** The label in text lines, three letters. */
    final String label;
    /** The name in JSON lines and in the {@code log_level} option. */
    final String word;
    /** The parameters of the terminal's colour sequence. */
    final String colour;
    /** The level of the tinylog entry. */
    final Level tinylog;
    final SyslogSeverity severity;

    LogLevel(String label, String word, String colour, Level tinylog, SyslogSeverity severity) {
        this.label = label;
        this.word = word;
        this.colour = colour;
        this.tinylog = tinylog;
        this.severity = severity;
    }

    /** Returns the level that the {@code log_level} option names. */
    static LogLevel named(String word) {
        return switch (word) {
            case "info" -> NOTICE;
            case "warn" -> WARN;
            case "error" -> ERROR;
            default -> throw new IllegalArgumentException("log level must be info, warn or error, not '" + word + "'");
        };
    }

    boolean isAtLeast(LogLevel other) {
        return ordinal() <= other.ordinal();
    }
}
