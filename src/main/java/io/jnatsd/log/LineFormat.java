package io.jnatsd.log;

import org.tinylog.core.LogEntry;

/**
 * Formats an entry as a line for a file or stderr, with the newline at its end. Threads: the log thread, because a
 * format may cache parts of its last line.
 */
interface LineFormat {
    void append(LogEntry entry, StringBuilder out);

    static LineFormat of(LogSettings settings, long pid, boolean colours) {
        return switch (settings.format()) {
            case "text" -> new TextFormat(pid, settings.time(), colours);
            case "json" -> new JsonFormat(pid, settings.time());
            default -> throw new IllegalArgumentException(
                    "log format must be text or json, not '" + settings.format() + "'");
        };
    }
}
