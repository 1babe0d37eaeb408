package io.jnatsd.log;

import org.tinylog.core.LogEntry;

/**
 * Formats lines as gnatsd does: {@code [8781] 2026/11/21 19:38:22.715118 [INF] Server is ready}. A newline inside a
 * message, for example in a traced payload, is followed by a tab, and other control characters are escaped. Otherwise a
 * client could write log lines of its own, or commands for the terminal that shows them. Threads: the log thread.
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
        int textStart = out.length();
        LogLine.appendText(entry, out);
        for (int i = textStart; i < out.length(); i++)
            if (Character.isISOControl(out.charAt(i)))
                i = escape(out, i);
        out.append('\n');
    }

    /** Escapes a control character; returns the position of the last character that stands for it. */
    private static int escape(StringBuilder out, int at) {
        char c = out.charAt(at);
        if (c == '\t' || c == '\r' && at + 1 < out.length() && out.charAt(at + 1) == '\n')
            return at;
        if (c == '\n') {
            // The frames of a stack trace have a tab already.
            if (at + 1 == out.length() || out.charAt(at + 1) != '\t')
                out.insert(at + 1, '\t');
            return at + 1;
        }
        String escaped = "\\x" + Character.forDigit(c >> 4, 16) + Character.forDigit(c & 15, 16);
        out.replace(at, at + 1, escaped);
        return at + escaped.length() - 1;
    }
}
