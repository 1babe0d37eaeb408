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
        int plain = out.length();
        LogLine.appendText(entry, out);
        while (plain < out.length() && !Character.isISOControl(out.charAt(plain)))
            plain++;
        if (plain < out.length()) {
            String text = out.substring(plain);
            out.setLength(plain);
            escape(text, out);
        }
        out.append('\n');
    }

    private static void escape(String text, StringBuilder out) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            char next = i + 1 < text.length() ? text.charAt(i + 1) : 0;
            if (!Character.isISOControl(c) || c == '\t' || c == '\r' && next == '\n')
                out.append(c);
            else if (c == '\n')
                // The frames of a stack trace have a tab already.
                out.append(next == '\t' ? "\n" : "\n\t");
            else
                out.append("\\x").append(Character.forDigit(c >> 4, 16)).append(Character.forDigit(c & 15, 16));
        }
    }
}
