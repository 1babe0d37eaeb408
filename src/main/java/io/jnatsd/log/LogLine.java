package io.jnatsd.log;

import java.util.HashMap;
import java.util.Map;
import org.tinylog.core.LogEntry;
import org.tinylog.runtime.PreciseTimestamp;

/**
 * Creates and reads the tinylog entries of log lines. The entry's context holds the connection. Tinylog has no level
 * for fatal lines; they are errors with a tag. Threads: stateless.
 */
final class LogLine {
    static final String CONNECTION = "conn", NAME = "name", USER = "user";
    private static final String FATAL_TAG = "fatal";

    private LogLine() {
    }

    /** Creates an entry with the current time. */
    static LogEntry of(LogLevel level, LogOrigin from, String text) {
        return new LogEntry(new PreciseTimestamp(), null, context(from), null, null, null, -1,
                level == LogLevel.FATAL ? FATAL_TAG : null, level.tinylog, String.valueOf(text), null);
    }

    private static Map<String, String> context(LogOrigin from) {
        if (from == null)
            return Map.of();
        String name = from.clientName(), user = from.user();
        if (name.isEmpty() && user.isEmpty())
            return Map.of(CONNECTION, from.label());
        var context = new HashMap<String, String>(4);
        context.put(CONNECTION, from.label());
        if (!name.isEmpty())
            context.put(NAME, name);
        if (!user.isEmpty())
            context.put(USER, user);
        return context;
    }

    static LogLevel level(LogEntry entry) {
        return switch (entry.getLevel()) {
            case TRACE -> LogLevel.TRACE;
            case DEBUG -> LogLevel.DEBUG;
            case INFO -> LogLevel.NOTICE;
            case WARN -> LogLevel.WARN;
            case ERROR, OFF -> FATAL_TAG.equals(entry.getTag()) ? LogLevel.FATAL : LogLevel.ERROR;
        };
    }

    /** Returns the message without a newline at its end: every target ends the line itself. */
    static String message(LogEntry entry) {
        String text = entry.getMessage();
        return text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
    }

    /** Appends label and message: {@code 127.0.0.1:50010 - cid:1 - Client connection created}. */
    static void appendText(LogEntry entry, StringBuilder out) {
        String connection = entry.getContext().get(CONNECTION);
        if (connection != null)
            out.append(connection).append(" - ");
        out.append(message(entry));
    }
}
