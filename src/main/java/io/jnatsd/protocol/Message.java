package io.jnatsd.protocol;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * One published message, in place in the read buffer: offsets, no copies. Valid until the next call of
 * {@link Parser#next}. Everything behind the subject is laid out as a MSG needs it, so that a delivery copies it in
 * one piece. Threads: the reader of its connection.
 */
public final class Message {
    byte[] buffer;
    int subjectStart;
    int subjectLength;
    int subjectHash;
    /** Where the sid is that a routed message has behind its subject; its length is 0 if there is none. */
    int sidStart;
    int sidLength;
    int replyLength;
    int tailStart;
    int payloadStart;
    int payloadLength;
    /** Bytes of the payload that are headers, -1 for a message without. */
    int headerLength = -1;

    /**
     * A message of the server's own: headers and nothing else.
     *
     * @param subject one char per byte
     * @param headers the whole block with its empty line
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
     * A message of the server's own, without headers.
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

    /** The bytes that all offsets point into. */
    public byte[] buffer() {
        return buffer;
    }

    public int subjectStart() {
        return subjectStart;
    }

    public int subjectLength() {
        return subjectLength;
    }

    /** {@link Parser#hash} of the subject, computed while it was read. */
    public int subjectHash() {
        return subjectHash;
    }

    public int sidStart() {
        return sidStart;
    }

    /** 0 for a message that a client published. */
    public int sidLength() {
        return sidLength;
    }

    /** Bytes of headers at the start of the payload; -1 for a message that came without. */
    public int headerLength() {
        return headerLength;
    }

    /** Start of {@code [reply SP] [header size SP] size CR LF payload CR LF}; it lasts {@link #tailLength} bytes. */
    public int tailStart() {
        return tailStart;
    }

    public int tailLength() {
        return payloadStart + payloadLength + 2 - tailStart;
    }

    /** 0 without reply subject; it starts at {@link #tailStart}. */
    public int replyLength() {
        return replyLength;
    }

    public int payloadStart() {
        return payloadStart;
    }

    /** Bytes of payload, headers included, without the line end behind it. */
    public int payloadLength() {
        return payloadLength;
    }

    /** The reply subject, one char per byte. */
    public String replyText() {
        return new String(buffer, tailStart, replyLength, StandardCharsets.ISO_8859_1);
    }

    /** Bytes of {@code [reply SP] size CR LF payload CR LF}, as those get it who do not know of headers. */
    public int headerlessTailLength() {
        int body = payloadLength - headerLength;
        return (replyLength == 0 ? 0 : replyLength + 1) + digits(body) + 2 + body + 2;
    }

    /** Writes them. */
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

    /** The subject as text; for logs and errors. */
    public String subjectText() {
        return new String(buffer, subjectStart, subjectLength, StandardCharsets.UTF_8);
    }

    /** What stood on the line, as a trace shows it: {@code subject [sid] [reply] size}. */
    public String lineText() {
        return new String(buffer, subjectStart, payloadStart - 2 - subjectStart, StandardCharsets.UTF_8);
    }

    /** The end of the line as a trace of a delivery shows it: {@code [reply] size}. */
    public String tailText() {
        return new String(buffer, tailStart, payloadStart - 2 - tailStart, StandardCharsets.UTF_8);
    }

    /** The same of one whose headers have been taken off. */
    public String headerlessTailText() {
        String reply = replyLength == 0 ? "" : new String(buffer, tailStart, replyLength + 1, StandardCharsets.UTF_8);
        return reply + (payloadLength - headerLength);
    }

    int end() {
        return payloadStart + payloadLength + 2;
    }

    /** The buffer moved its content by so many bytes to the left. */
    void shift(byte[] newBuffer, int left) {
        buffer = newBuffer;
        subjectStart -= left;
        sidStart -= left;
        tailStart -= left;
        payloadStart -= left;
    }
}
