package io.jnatsd.protocol;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The arguments of one command, in place in the read buffer: the text behind the keyword, and its tokens, which blanks
 * separate. Valid until the next call of {@link Parser#next}. Threads: the reader of its connection.
 */
public final class Arguments {
    /** No command has more; a line that does is refused all the same. */
    private static final int MOST = 6;

    private final int[] starts = new int[MOST];
    private final int[] ends = new int[MOST];
    private byte[] buffer;
    private int start;
    private int end;
    private int count;

    /** Number of tokens; more than six count as six. */
    public int count() {
        return count;
    }

    public byte[] buffer() {
        return buffer;
    }

    /** Start of the whole argument text. */
    public int start() {
        return start;
    }

    /** End of the whole argument text, before the line end. */
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
     * A token, one char per byte: subjects, sids and queue names are bytes to the server, and this form keeps every
     * one of them. {@link #text(String)} makes it readable.
     */
    public String token(int token) {
        return new String(buffer, starts[token], length(token), StandardCharsets.ISO_8859_1);
    }

    /** The whole argument text, for logs. */
    public String text() {
        return new String(buffer, start, end - start, StandardCharsets.UTF_8);
    }

    /** A token as people read it. */
    public static String text(String token) {
        return new String(token.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }

    /** A token as a number without sign: -1 if it is none, or more than 63 bits hold. */
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

    /** Single blanks separate the tokens, and CR LF follows the last one at once. */
    boolean isPlain(int lineEnd) {
        for (int i = 1; i < count; i++)
            if (starts[i] != ends[i - 1] + 1 || buffer[ends[i - 1]] != ' ')
                return false;
        return lineEnd == ends[count - 1] + 2 && buffer[lineEnd - 2] == '\r';
    }

    /**
     * The tokens in that plain form, for a place that ends with the line; afterwards they are where they will be then.
     * It is never longer than what stood there: the keyword makes up for a missing carriage return.
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
