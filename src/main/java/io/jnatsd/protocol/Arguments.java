package io.jnatsd.protocol;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The arguments of one command in the read buffer: the text after the keyword, and its tokens, which are separated by
 * blanks. Valid until the next call of {@link Parser#next}. Threads: the reader of its connection only.
 */
public final class Arguments {
    /** No command has more arguments; a line with more tokens is refused. */
    private static final int MOST = 6;

    private final int[] starts = new int[MOST];
    private final int[] ends = new int[MOST];
    private byte[] buffer;
    private int start;
    private int end;
    private int count;

    /** Returns the number of tokens, at most six. */
    public int count() {
        return count;
    }

    public byte[] buffer() {
        return buffer;
    }

    /** Returns the start of the argument text. */
    public int start() {
        return start;
    }

    /** Returns the end of the argument text, before the line end. */
    public int end() {
        return end;
    }

    public int start(int token) {
        return starts[token];
    }

    public int length(int token) {
        return ends[token] - starts[token];
    }

    /**
     * Returns a token with one char per byte. Subjects, sids and queue names may be any bytes, and this form preserves
     * them. {@link #text(String)} decodes it for people.
     */
    public String token(int token) {
        return new String(buffer, starts[token], length(token), StandardCharsets.ISO_8859_1);
    }

    /** Returns a text as tokens are kept: one char per byte of its UTF-8. The reverse is {@link #text(String)}. */
    public static String chars(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }

    /** Returns the argument text for logs. */
    public String text() {
        return new String(buffer, start, end - start, StandardCharsets.UTF_8);
    }

    /** Decodes a token for logs and messages. */
    public static String text(String token) {
        return new String(token.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }

    /** Returns a token as a number without sign: -1 if it is not a number, or needs more than 63 bits. */
    public long number(int token) {
        int from = starts[token], to = ends[token];
        if (from == to)
            return -1;
        long value = 0;
        for (int i = from; i < to; i++) {
            int digit = buffer[i] - '0';
            if (digit < 0 || digit > 9 || value > Long.MAX_VALUE / 10)
                return -1;
            value = value * 10 + digit;
            if (value < 0)
                return -1;
        }
        return value;
    }

    /** Returns whether the tokens are separated by single blanks, and CR LF follows the last one. */
    boolean isPlain(int lineEnd) {
        for (int i = 1; i < count; i++)
            if (starts[i] != ends[i - 1] + 1 || buffer[ends[i - 1]] != ' ')
                return false;
        return lineEnd == ends[count - 1] + 2 && buffer[lineEnd - 2] == '\r';
    }

    /**
     * Returns the line in that plain form, and moves the tokens to the positions they have when it is written so that
     * it ends where the line ends. The plain form is never longer than the line: the keyword leaves room for a missing
     * carriage return.
     */
    byte[] layOut(int lineEnd) {
        byte[] line = new byte[lineEnd];
        int at = lineEnd - 2;
        line[at] = '\r';
        line[at + 1] = '\n';
        for (int i = count - 1; i >= 0; i--) {
            int length = length(i);
            at -= length;
            System.arraycopy(buffer, starts[i], line, at, length);
            starts[i] = at;
            ends[i] = at + length;
            if (i > 0)
                line[--at] = ' ';
        }
        return Arrays.copyOfRange(line, at, lineEnd);
    }

    void split(byte[] in, int from, int to) {
        buffer = in;
        start = from;
        end = to;
        count = 0;
        int i = from;
        while (count < MOST) {
            while (i < to && isBlank(in[i]))
                i++;
            if (i == to)
                return;
            starts[count] = i;
            while (i < to && !isBlank(in[i]))
                i++;
            ends[count++] = i;
        }
    }

    static boolean isBlank(byte b) {
        return b == ' ' || b == '\t' || b == '\r';
    }
}
