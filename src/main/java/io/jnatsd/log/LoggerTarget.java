package io.jnatsd.log;

import org.tinylog.core.LogEntry;

/** Passes lines to a logger of an embedding program, which adds the time itself. Threads: the log thread. */
final class LoggerTarget implements LogTarget {
    private final System.Logger logger;

    LoggerTarget(System.Logger logger) {
        this.logger = logger;
    }

    @Override
    public void write(LogEntry entry) {
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
