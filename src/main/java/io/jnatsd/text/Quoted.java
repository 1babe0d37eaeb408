package io.jnatsd.text;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;

/** Formats text in double quotes with escapes, like Go's {@code %q}, for -ERR lines and logs. Threads: stateless. */
public final class Quoted {
    /** The letters after the backslash for the control characters 7 to 13. */
    private static final String CONTROL_ESCAPES = "abtnvfr";

    private Quoted() {
    }

    /** Quotes UTF-8 text. Bytes that are not UTF-8 are escaped one by one. */
    public static String of(byte[] bytes, int start, int end) {
        ByteBuffer in = ByteBuffer.wrap(bytes, start, end - start);
        CharBuffer text = CharBuffer.allocate(end - start);
        StringBuilder quoted = new StringBuilder(end - start + 2).append('"');
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        while (true) {
            CoderResult result = decoder.decode(in, text, true);
            append(quoted, text.flip());
            text.clear();
            if (result.isUnderflow())
                return quoted.append('"').toString();
            for (int i = result.length(); i > 0; i--)
                appendHex(quoted, in.get() & 0xff);
        }
    }

    public static String of(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return of(bytes, 0, bytes.length);
    }

    private static void append(StringBuilder quoted, CharBuffer text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\')
                quoted.append('\\').append(c);
            else if (c >= 7 && c <= 13)
                quoted.append('\\').append(CONTROL_ESCAPES.charAt(c - 7));
            else if (c < ' ' || c == 0x7f)
                appendHex(quoted, c);
            else
                quoted.append(c);
        }
    }

    private static void appendHex(StringBuilder quoted, int c) {
        quoted.append("\\x").append(Character.forDigit(c >> 4, 16)).append(Character.forDigit(c & 15, 16));
    }
}
