package io.jnatsd.log;

import org.tinylog.core.LogEntry;

/**
 * Formats lines as gnatsd does: {@code [8781] 2026/11/21 19:38:22.715118 [INF] Server is ready}. Newlines inside a
 * message, for example in a traced payload, are written unchanged. Threads: the log thread.
 */
final class TextFormat implements LineFormat {
    private final String start;
    private final LineTime time;
    private final boolean colours;

    TextFormat(long pid, boolean time, boolean colours) {
        this.start = "[" + pid + "] ";
        this.time = time ? LineTime.micros("yyyy/MM/dd HH:mm:ss", "") : null;
        this.colours = colours;
    }

    @Override
    public void append(LogEntry entry, StringBuilder out) {
        out.append(start);
        if (time != null) {
            time.append(entry.getTimestamp().toInstant(), out);
            out.append(' ');
        }
        LogLevel level = LogLine.level(entry);
        if (colours)
            out.append("[\u001b[").append(level.colour).append('m').append(level.label).append("\u001b[0m] ");
        else
            out.append('[').append(level.label).append("] ");
        LogLine.appendText(entry, out);
        out.append('\n');
    }
}
