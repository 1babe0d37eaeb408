package io.jnatsd.log;

import java.util.function.Supplier;
import org.tinylog.core.LogEntry;

/** Passes lines to a logger of an embedding program, which adds the time itself. Threads: the log thread. */
final class LoggerTarget implements LogTarget {
    private final Supplier<System.Logger> source;
    /** Null before the first line. */
    private System.Logger logger;

    LoggerTarget(Supplier<System.Logger> source) {
        this.source = source;
    }

    @Override
    public void write(LogEntry entry) {
        if (logger == null)
            logger = source.get();
        System.Logger.Level level = level(LogLine.level(entry));
        if (!logger.isLoggable(level))
            return;
        StringBuilder text = new StringBuilder();
        LogLine.appendText(entry, text);
        logger.log(level, text.toString());
    }

    private static System.Logger.Level level(LogLevel level) {
        return switch (level) {
            case FATAL, ERROR -> System.Logger.Level.ERROR;
            case WARN -> System.Logger.Level.WARNING;
            case NOTICE -> System.Logger.Level.INFO;
            case DEBUG -> System.Logger.Level.DEBUG;
            case TRACE -> System.Logger.Level.TRACE;
        };
    }

    @Override
    public void flush() {
    }

    @Override
    public void close() {
    }
}
