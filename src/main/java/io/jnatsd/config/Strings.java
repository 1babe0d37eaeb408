package io.jnatsd.config;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Reads strings at a cursor: quoted, bare and block strings. Threads: one. */
final class Strings {
    private static final int ASCII = 0x80;

    private final Cursor cursor;
    private final Redaction redaction;
    /** Whether the last bare string had an escape, and hence is a string whatever it looks like. */
    private boolean escaped;

    Strings(Cursor cursor, Redaction redaction) {
        this.cursor = cursor;
        this.redaction = redaction;
    }

    boolean wasEscaped() {
        return escaped;
    }

    /** Everything up to the same quote; no escapes. */
    String raw(String what) {
        int start = cursor.offset;
        char quote = cursor.peek();
        int end = cursor.indexOf(quote, start + 1);
        if (end < 0)
            throw unclosed(start, what, quote);
        cursor.offset = end + 1;
        return cursor.text(start + 1, end);
    }

    /** A string in double quotes, with escapes. */
    String quoted() {
        int start = cursor.offset++;
        int plain = cursor.offset;
        StringBuilder text = null;
        while (true) {
            if (cursor.atEnd()) {
                cursor.offset = start;
                throw unclosed(start, "string", '"');
            }
            char c = cursor.peek();
            if (c == '"')
                break;
            if (c == '\\') {
                text = append(text, plain);
                escape(text);
                plain = cursor.offset;
            } else {
                cursor.offset++;
            }
        }
        String result = text == null ? cursor.textFrom(plain) : append(text, plain).toString();
        cursor.offset++;
        return result;
    }

    private SyntaxException unclosed(int start, String what, char quote) {
        return cursor.fault(start,
                "this " + what + " is not closed: expected " + quote + " before the end of the file");
    }

    /** A string without quotes. */
    String bare() {
        int plain = cursor.offset;
        StringBuilder text = null;
        char c;
        while (!Cursor.endsBare(c = cursor.peek()) && c != '\'') {
            if (c == '\\') {
                text = append(text, plain);
                escape(text);
                plain = cursor.offset;
            } else {
                cursor.offset++;
            }
        }
        escaped = text != null;
        String result = text == null ? cursor.textFrom(plain) : append(text, plain).toString();
        // gnatsd: a single quote ends a bare string and is no part of it.
        if (c == '\'')
            cursor.offset++;
        return result;
    }

    private StringBuilder append(StringBuilder text, int plain) {
        return (text == null ? new StringBuilder() : text).append(cursor.text(plain, cursor.offset));
    }

    /** From "(" to a ")" that is alone on its line, with the newlines next to both. */
    String block() {
        int start = cursor.offset;
        for (int end = cursor.indexOf(')', start); end >= 0; end = cursor.indexOf(')', end + 1)) {
            if (cursor.at(end - 1) == '\n' && endsLine(end + 1)) {
                cursor.offset = end + 1;
                return cursor.text(start + 1, end);
            }
        }
        throw cursor.fault(start,
                "this block is not closed: expected a line that is only ')' before the end of the file");
    }

    private boolean endsLine(int index) {
        char c = cursor.at(index);
        return c == Cursor.END || c == '\n' || c == '\r' && cursor.at(index + 1) == '\n';
    }

    private void escape(StringBuilder text) {
        int start = cursor.offset++;
        char c = cursor.peek();
        cursor.offset++;
        switch (c) {
            case 't' -> text.append('\t');
            case 'n' -> text.append('\n');
            case 'r' -> text.append('\r');
            case '"', '\\' -> text.append(c);
            case 'x' -> {
                cursor.offset = start;
                bytes(text);
            }
            default -> {
                cursor.offset = start + 1;
                throw cursor.fault(start, "Invalid escape character " + redaction.quoted(c)
                        + ". Only the following escape characters are allowed: \\xXX, \\t, \\n, \\r, \\\", \\\\.");
            }
        }
    }

    /**
     * {@code \xHH} is a byte, so that several of them may spell one character in UTF-8. Java strings have no bytes:
     * what is not UTF-8 becomes the character of that number.
     */
    private void bytes(StringBuilder text) {
        int start = cursor.offset;
        int first = hexByte();
        if (first < ASCII) {
            text.append((char) first);
            return;
        }
        int count = 1;
        while (cursor.peek() == '\\' && cursor.at(cursor.offset + 1) == 'x' && hexByte() >= ASCII)
            count++;
        byte[] bytes = new byte[count];
        cursor.offset = start;
        for (int i = 0; i < count; i++)
            bytes[i] = (byte) hexByte();
        text.append(decode(bytes));
    }

    private static CharSequence decode(byte[] bytes) {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
        } catch (CharacterCodingException e) {
            return new String(bytes, StandardCharsets.ISO_8859_1);
        }
    }

    /** Reads a whole {@code \xHH}. */
    private int hexByte() {
        int start = cursor.offset;
        int value = 0;
        for (int i = start + 2; i < start + 4; i++) {
            char c = cursor.at(i);
            int digit = Character.digit(c, 16);
            if (Cursor.isNewline(c) || c == Cursor.END) {
                cursor.offset = i;
                throw cursor.fault(start, "Expected two hexadecimal digits after '\\x', but hit "
                        + (c == Cursor.END ? "end of file" : "end of line"));
            }
            if (digit < 0 || c >= ASCII)
                throw badHex(start);
            value = value * 16 + digit;
        }
        cursor.offset = start + 4;
        return value;
    }

    private SyntaxException badHex(int start) {
        cursor.offset = start + 2;
        char second = cursor.at(start + 3);
        boolean single = Cursor.isNewline(second) || second == Cursor.END;
        return cursor.fault(start, "Expected two hexadecimal digits after '\\x', but got "
                + redaction.quoted(cursor.text(start + 2, start + (single ? 3 : 4))));
    }
}
