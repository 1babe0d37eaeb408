package io.jnatsd.log;

import org.tinylog.core.LogEntry;

/**
 * How an entry looks as a line in a file or on stderr, with the newline that ends it. Threads: the log thread, since a
 * format may keep what it wrote last.
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
