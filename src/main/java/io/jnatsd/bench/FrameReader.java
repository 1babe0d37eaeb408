package io.jnatsd.bench;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads the protocol frame by frame: a line, and for MSG and HMSG the payload after it. A frame is examined in the
 * buffer and not copied, so that counting is cheap. Threads: the reader of the connection.
 */
final class FrameReader {
    /** MSG includes HMSG. */
    enum Frame { MSG, PING, PONG, OK, ERR, INFO, END }

    /** Small, because there may be thousands of idle connections. */
    private static final int FIRST_CAPACITY = 8 * 1024;
    /** For busy connections: the size that the JDK transfers in one read from a plain socket. */
    private static final int BUSY_CAPACITY = 128 * 1024;
    /** The maximum payload of a NATS server is 64 MB. A larger frame is not NATS. */
    private static final int MAX_FRAME = 65 * 1024 * 1024;
    private static final int MAX_SIZE_DIGITS = 9;
    private static final int QUOTED = 60;

    private final InputStream in;
    private byte[] buf;
    private int start;
    private int end;
    private boolean lastReadFilled;
    /** The last frame in the buffer: its first byte, the end of its line without CRLF, and the tokens of a MSG. */
    private int frame;
    private int lineEnd;
    private int subjectStart;
    private int subjectEnd;
    private int replyStart;
    private int replyEnd;

    FrameReader(InputStream in) {
        this(in, FIRST_CAPACITY);
    }

    FrameReader(InputStream in, int capacity) {
        this.in = in;
        this.buf = new byte[capacity];
    }

    /**
     * Returns the next frame once it has been received completely; END if the server has closed the connection between
     * two frames.
     */
    Frame next() throws IOException {
        int length = lineLength();
        if (length < 0)
            return Frame.END;
        byte second = length > 1 ? buf[start + 1] : 0;
        switch (buf[start]) {
            case 'M':
                return message(length, 0);
            case 'H':
                return message(length, 1);
            case 'P':
                return line(length, second == 'I' ? Frame.PING : Frame.PONG, second == 'I' ? "PING" : "PONG");
            case '+':
                return line(length, Frame.OK, "+OK");
            case '-':
                return line(length, Frame.ERR, "-ERR");
            case 'I':
                return line(length, Frame.INFO, "INFO");
            default:
                throw unexpected(length);
        }
    }

    /** Returns whether data has been read that {@link #next} has not returned yet. */
    boolean hasBuffered() {
        return start < end;
    }

    /** Returns the line of the last frame, without its end. */
    String text() {
        return new String(buf, frame, lineEnd - frame, StandardCharsets.UTF_8);
    }

    /** Returns the number after the last dot in the subject of the last MSG, -1 if there is none. */
    long subjectNumber() {
        long number = 0, unit = 1;
        int i = subjectEnd - 1;
        for (; i >= subjectStart && buf[i] != '.'; i--, unit *= 10) {
            if (buf[i] < '0' || buf[i] > '9')
                return -1;
            number += (buf[i] - '0') * unit;
        }
        return unit == 1 ? -1 : number;
    }

    /** Returns the length of the last MSG's reply subject, 0 if it has none. */
    int replyLength() {
        return replyEnd - replyStart;
    }

    void copyReply(byte[] to, int at) {
        System.arraycopy(buf, replyStart, to, at, replyLength());
    }

    private Frame line(int length, Frame kind, String keyword) throws IOException {
        lineAt(length);
        if (!text().startsWith(keyword))
            throw unexpected(length);
        start += length;
        return kind;
    }

    /** Parses MSG subject sid [reply] size, or HMSG with the size of its headers before the total size. */
    private Frame message(int length, int more) throws IOException {
        lineAt(length);
        int spaces = 0, beforeLast = 0, previous = 0, last = 0;
        for (int i = start; i < lineEnd; i++) {
            if (buf[i] == ' ') {
                if (++spaces == 2)
                    subjectEnd = i - start;
                beforeLast = previous;
                previous = last;
                last = i - start;
            }
        }
        int size = size(start + last + 1, lineEnd);
        if (spaces < 3 + more || spaces > 4 + more || size < 0 || buf[start + 1 + more] != 'S')
            throw unexpected(length);
        int whole = length + size + 2;
        if (whole > MAX_FRAME)
            throw new IOException("the server announced a payload of " + size + " bytes");
        while (end - start < whole)
            if (!fill(whole))
                throw new EOFException("the server closed the connection within a message");
        if (buf[start + whole - 2] != '\r' || buf[start + whole - 1] != '\n')
            throw new IOException("a payload does not end where the server said");
        // Only now, because filling the buffer may have moved the frame.
        lineAt(length);
        subjectStart = frame + "MSG ".length() + more;
        subjectEnd += frame;
        boolean reply = spaces == 4 + more;
        replyStart = reply ? frame + (more == 0 ? previous : beforeLast) + 1 : frame;
        replyEnd = reply ? frame + (more == 0 ? last : previous) : frame;
        start += whole;
        return Frame.MSG;
    }

    private void lineAt(int length) {
        frame = start;
        lineEnd = start + length - 1;
        if (lineEnd > frame && buf[lineEnd - 1] == '\r')
            lineEnd--;
    }

    private int size(int from, int to) {
        if (to - from < 1 || to - from > MAX_SIZE_DIGITS)
            return -1;
        int size = 0;
        for (int i = from; i < to; i++) {
            if (buf[i] < '0' || buf[i] > '9')
                return -1;
            size = size * 10 + buf[i] - '0';
        }
        return size;
    }

    /** Returns the length of the next line with its LF; -1 at the end of the stream. */
    private int lineLength() throws IOException {
        int length = 0;
        while (true) {
            while (start + length < end)
                if (buf[start + length++] == '\n')
                    return length;
            if (length > MAX_FRAME)
                throw new IOException("the server sent a line without an end");
            if (!fill(length + 1)) {
                if (length > 0)
                    throw new EOFException("the server closed the connection within a line");
                return -1;
            }
        }
    }

    /** Reads once, after making room for a frame of that many bytes. */
    private boolean fill(int wanted) throws IOException {
        if (start > 0) {
            System.arraycopy(buf, start, buf, 0, end - start);
            end -= start;
            start = 0;
        }
        if (wanted > buf.length || lastReadFilled && buf.length < BUSY_CAPACITY)
            buf = Arrays.copyOf(buf, Math.max(wanted, 2 * buf.length));
        int read = in.read(buf, end, buf.length - end);
        if (read < 0)
            return false;
        end += read;
        lastReadFilled = end == buf.length;
        return true;
    }

    private IOException unexpected(int length) {
        int shown = Math.min(length, QUOTED);
        String line = new String(buf, start, shown, StandardCharsets.ISO_8859_1).strip();
        return new IOException("not the NATS protocol: '" + line.replaceAll("[^ -~]", "?") + "'");
    }
}
