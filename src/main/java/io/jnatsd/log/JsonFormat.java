package io.jnatsd.log;

import java.util.Map;
import org.tinylog.core.LogEntry;

/**
 * Formats each line as a JSON object, with separate fields for the connection, the client's name and the user.
 * Tinylog's JsonWriter is not used because it writes the whole file as one array and does not escape all characters
 * that JSON requires. Threads: the log thread.
 */
final class JsonFormat implements LineFormat {
    private static final String HEX = "0123456789abcdef";
    private final String pid;
    private final LineTime time;

    JsonFormat(long pid, boolean time) {
        this.pid = ",\"pid\":" + pid;
        this.time = time ? LineTime.micros("yyyy-MM-dd'T'HH:mm:ss", "xxx") : null;
    }

    @Override
    public void append(LogEntry entry, StringBuilder out) {
        out.append('{');
        if (time != null) {
            out.append("\"time\":\"");
            time.append(entry.getTimestamp().toInstant(), out);
            out.append("\",");
        }
        out.append("\"level\":\"").append(LogLine.level(entry).word).append('"').append(pid);
        appendField("msg", LogLine.message(entry), out);
        Map<String, String> context = entry.getContext();
        appendField(LogLine.CONNECTION, context.get(LogLine.CONNECTION), out);
        appendField(LogLine.NAME, context.get(LogLine.NAME), out);
        appendField(LogLine.USER, context.get(LogLine.USER), out);
        out.append("}\n");
    }

    private static void appendField(String name, String value, StringBuilder out) {
        if (value == null)
            return;
        out.append(",\"").append(name).append("\":");
        appendQuoted(value, out);
    }

    /** Appends the text as a JSON string with its quotes. */
    static void appendQuoted(String text, StringBuilder out) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"', '\\' -> out.append('\\').append(c);
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                    if (c < ' ')
                        out.append("\\u00").append(HEX.charAt(c >> 4)).append(HEX.charAt(c & 15));
                    else
                        out.append(c);
                }
            }
        }
        out.append('"');
    }
}
