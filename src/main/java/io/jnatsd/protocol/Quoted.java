package io.jnatsd.protocol;

import java.nio.charset.StandardCharsets;

/** Text in double quotes with escapes, the way subjects and snippets stand in -ERR lines and logs (Go's {@code %q}). */
public final class Quoted {
    private Quoted() {
    }

    public static String of(byte[] bytes, int start, int end) {
        return of(new String(bytes, start, end - start, StandardCharsets.UTF_8));
    }

    public static String of(String text) {
        StringBuilder quoted = new StringBuilder(text.length() + 2).append('"');
        text.codePoints().forEach(c -> append(quoted, c));
        return quoted.append('"').toString();
    }

    private static void append(StringBuilder quoted, int c) {
        switch (c) {
            case '"', '\\' -> quoted.append('\\').append((char) c);
            case '\n' -> quoted.append("\\n");
            case '\r' -> quoted.append("\\r");
            case '\t' -> quoted.append("\\t");
            default -> {
                if (c < ' ' || c == 0x7f)
                    quoted.append(String.format("\\x%02x", c));
                else
                    quoted.appendCodePoint(c);
            }
        }
    }
}
