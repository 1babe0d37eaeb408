package io.jnatsd.protocol;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * One published message in the read buffer, as offsets without copies. Valid until the next call of {@link
 * Parser#next}. Everything after the subject has the form of a MSG, so that a delivery copies it at once. Threads: the
 * reader of its connection only.
 */
public final class Message {
    byte[] buffer;
    int subjectStart;
    int subjectLength;
    int subjectHash;
    /** The position of the sid, which a message on a route has after its subject; its length is 0 if there is none. */
    int sidStart;
    int sidLength;
    int replyLength;
    int tailStart;
    int payloadStart;
    int payloadLength;
    /** Number of payload bytes that are headers, -1 for a message without headers. */
    int headerLength = -1;
    /** It goes to those who subscribe another subject than its own. */
    boolean redirected;

    /**
     * Creates a message of this server that has only headers.
     *
     * @param subject one char per byte
     * @param headers the whole header block with its empty line
     */
    public static Message ofHeaders(String subject, String headers) {
        Message m = new Message();
        String line = subject + " " + headers.length() + " " + headers.length() + "\r\n";
        m.buffer = (line + headers + "\r\n").getBytes(StandardCharsets.ISO_8859_1);
        m.subjectLength = subject.length();
        m.subjectHash = Parser.hash(m.buffer, 0, m.subjectLength);
        m.tailStart = m.subjectLength + 1;
        m.payloadStart = line.length();
        m.payloadLength = m.headerLength = headers.length();
        return m;
    }

    /**
     * Creates a message of this server without headers.
     *
     * @param subject one char per byte
     */
    public static Message of(String subject, byte[] payload) {
        Message m = new Message();
        byte[] line = (subject + " " + payload.length + "\r\n").getBytes(StandardCharsets.ISO_8859_1);
        m.buffer = Arrays.copyOf(line, line.length + payload.length + 2);
        System.arraycopy(payload, 0, m.buffer, line.length, payload.length);
        m.buffer[m.buffer.length - 2] = '\r';
        m.buffer[m.buffer.length - 1] = '\n';
        m.subjectLength = subject.length();
        m.subjectHash = Parser.hash(m.buffer, 0, m.subjectLength);
        m.tailStart = m.subjectLength + 1;
        m.payloadStart = line.length;
        m.payloadLength = payload.length;
        return m;
    }

    /** Returns the array that all offsets refer to. */
    public byte[] buffer() {
        return buffer;
    }

    public int subjectStart() {
        return subjectStart;
    }

    public int subjectLength() {
        return subjectLength;
    }

    /** Returns {@link Parser#hash} of the subject, which was computed while it was read. */
    public int subjectHash() {
        return subjectHash;
    }

    /**
     * Returns whether it goes to those who subscribe another subject than its own, as a stored message does. A receiver
     * is shown the message's subject.
     */
    public boolean isRedirected() {
        return redirected;
    }

    public int sidStart() {
        return sidStart;
    }

    /** Returns 0 for a message that a client published. */
    public int sidLength() {
        return sidLength;
    }

    /** Returns the number of header bytes at the start of the payload, -1 for a message without headers. */
    public int headerLength() {
        return headerLength;
    }

    /**
     * Returns the start of {@code [reply SP] [header size SP] size CR LF payload CR LF}, which has {@link #tailLength}
     * bytes.
     */
    public int tailStart() {
        return tailStart;
    }

    public int tailLength() {
        return payloadStart + payloadLength + 2 - tailStart;
    }

    /** Returns 0 if there is no reply subject; it starts at {@link #tailStart}. */
    public int replyLength() {
        return replyLength;
    }

    public int payloadStart() {
        return payloadStart;
    }

    /** Returns the length of the payload, including headers, without the CR LF after it. */
    public int payloadLength() {
        return payloadLength;
    }

    /** Returns the reply subject, one char per byte. */
    public String replyText() {
        return new String(buffer, tailStart, replyLength, StandardCharsets.ISO_8859_1);
    }

    /** Returns the length of {@code [reply SP] size CR LF payload CR LF}, for receivers that do not support headers. */
    public int headerlessTailLength() {
        int body = payloadLength - headerLength;
        return (replyLength == 0 ? 0 : replyLength + 1) + digits(body) + 2 + body + 2;
    }

    /** Writes the tail without headers. */
    public void copyHeaderlessTail(byte[] to, int start) {
        int reply = replyLength == 0 ? 0 : replyLength + 1, body = payloadLength - headerLength;
        System.arraycopy(buffer, tailStart, to, start, reply);
        int end = start + reply + digits(body);
        for (int i = end, rest = body; i > start + reply; rest /= 10)
            to[--i] = (byte) ('0' + rest % 10);
        to[end] = '\r';
        to[end + 1] = '\n';
        System.arraycopy(buffer, payloadStart + headerLength, to, end + 2, body + 2);
    }

    private static int digits(int number) {
        int digits = 1;
        for (int rest = number / 10; rest > 0; rest /= 10)
            digits++;
        return digits;
    }

    /** Returns the subject as text for logs and errors. */
    public String subjectText() {
        return new String(buffer, subjectStart, subjectLength, StandardCharsets.UTF_8);
    }

    /** Returns the line as a trace shows it: {@code subject [sid] [reply] size}. */
    public String lineText() {
        return new String(buffer, subjectStart, payloadStart - 2 - subjectStart, StandardCharsets.UTF_8);
    }

    /** Returns the end of the line as the trace of a delivery shows it: {@code [reply] size}. */
    public String tailText() {
        return new String(buffer, tailStart, payloadStart - 2 - tailStart, StandardCharsets.UTF_8);
    }

    /** Returns the same without the header size, for a message whose headers were removed. */
    public String headerlessTailText() {
        String reply = replyLength == 0 ? "" : new String(buffer, tailStart, replyLength + 1, StandardCharsets.UTF_8);
        return reply + (payloadLength - headerLength);
    }

    int end() {
        return payloadStart + payloadLength + 2;
    }

    /** Adjusts the offsets after the buffer has moved its content by this number of bytes to the left. */
    void shift(byte[] newBuffer, int left) {
        buffer = newBuffer;
        subjectStart -= left;
        sidStart -= left;
        tailStart -= left;
        payloadStart -= left;
    }
}
