package io.jnatsd.protocol;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Makes messages of this server, one after the other in one buffer. A message is valid until the next one is begun.
 * Call {@link #begin}, {@link #reply}, then the parts of the body in their order, and {@link #end}. Threads: one.
 */
public final class MessageBuilder {
    /** Room for the largest number before the body, {@code 2147483647 2147483647 CR LF}. */
    private static final int SIZES = 23;
    private static final int SMALLEST = 1024, LARGEST_KEPT = 256 * 1024, LARGEST_IDLE = 16 * 1024;
    private static final byte[] STATUS_LINE = "NATS/1.0\r\n".getBytes(StandardCharsets.US_ASCII);

    private final Message message = new Message();
    private byte[] buffer = new byte[SMALLEST];
    private int subjectLength;
    private int replyLength;
    /** The body begins here while it is being made; the sizes are written before it at the end. */
    private int body;
    private int at;
    private int headersEnd;

    /** Begins a message. */
    public MessageBuilder begin(byte[] subject, int start, int length) {
        if (buffer.length > LARGEST_KEPT)
            buffer = new byte[SMALLEST];
        subjectLength = length;
        replyLength = 0;
        headersEnd = -1;
        at = 0;
        room(length + 1 + SIZES);
        System.arraycopy(subject, start, buffer, 0, length);
        buffer[length] = ' ';
        body = length + 1 + SIZES;
        at = body;
        return this;
    }

    /** Begins a message; the subject has one char per byte. */
    public MessageBuilder begin(String subject) {
        byte[] bytes = subject.getBytes(StandardCharsets.ISO_8859_1);
        return begin(bytes, 0, bytes.length);
    }

    /** Sets the reply subject, before anything of the body; one char per byte. */
    @SuppressWarnings("deprecation") // The subject has one char per byte.
    public MessageBuilder reply(CharSequence reply) {
        replyLength = reply.length();
        at = body - SIZES;
        room(replyLength + 1 + SIZES);
        for (int i = 0; i < replyLength; i++)
            buffer[at + i] = (byte) reply.charAt(i);
        buffer[at + replyLength] = ' ';
        body = at + replyLength + 1 + SIZES;
        at = body;
        return this;
    }

    /** Appends bytes of the body. */
    public MessageBuilder append(byte[] bytes, int start, int length) {
        room(length);
        System.arraycopy(bytes, start, buffer, at, length);
        at += length;
        return this;
    }

    /** Appends a text with one char per byte. */
    public MessageBuilder append(CharSequence text) {
        room(text.length());
        for (int i = 0; i < text.length(); i++)
            buffer[at++] = (byte) text.charAt(i);
        return this;
    }

    /** Appends a number that is not negative. */
    public MessageBuilder append(long number) {
        int digits = 1;
        for (long rest = number / 10; rest > 0; rest /= 10)
            digits++;
        room(digits);
        long rest = number;
        for (int i = at + digits; i-- > at; rest /= 10)
            buffer[i] = (byte) ('0' + rest % 10);
        at += digits;
        return this;
    }

    /** Marks what was appended so far as the headers; it must end with the empty line. */
    public MessageBuilder headersEnd() {
        headersEnd = at;
        return this;
    }

    /**
     * Appends headers and, behind them, others. The bytes may be whatever a client has sent as headers: without others
     * they are appended as they are.
     *
     * @param length of the headers, below zero for a message that has none
     * @param more lines with CR LF, empty for none
     */
    public MessageBuilder headers(byte[] bytes, int start, int length, CharSequence more) {
        if (length < 0 && more.isEmpty())
            return this;
        if (length < 0)
            append(STATUS_LINE, 0, STATUS_LINE.length);
        else
            append(bytes, start, length);
        if (more.isEmpty())
            return headersEnd();
        if (length >= 0 && endsWith("\r\n\r\n", length))
            at -= 2;
        else if (length >= 0 && !endsWith("\r\n", length))
            append("\r\n");
        append(more);
        append("\r\n");
        return headersEnd();
    }

    /** Returns whether the last {@code length} bytes end so. */
    private boolean endsWith(String end, int length) {
        boolean same = length >= end.length();
        for (int i = 0; same && i < end.length(); i++)
            same = buffer[at - end.length() + i] == end.charAt(i);
        return same;
    }

    /** Gives memory back that a large message has needed. No message is valid any more. */
    public void trim() {
        if (buffer.length > LARGEST_IDLE)
            buffer = new byte[SMALLEST];
    }

    /** @param redirected whether it goes to those who subscribe another subject than its own */
    public Message end(boolean redirected) {
        room(2);
        buffer[at++] = '\r';
        buffer[at++] = '\n';
        int payload = at - 2 - body, headers = headersEnd < 0 ? -1 : headersEnd - body;
        int start = body;
        buffer[--start] = '\n';
        buffer[--start] = '\r';
        start = number(payload, start);
        if (headers >= 0) {
            buffer[--start] = ' ';
            start = number(headers, start);
        }
        // Subject and reply move to where the sizes begin.
        int front = subjectLength + 1 + (replyLength == 0 ? 0 : replyLength + 1), shift = start - front;
        System.arraycopy(buffer, 0, buffer, shift, front);
        message.buffer = buffer;
        message.subjectStart = shift;
        message.subjectLength = subjectLength;
        message.subjectHash = Parser.hash(buffer, shift, shift + subjectLength);
        message.replyLength = replyLength;
        message.tailStart = shift + subjectLength + 1;
        message.payloadStart = body;
        message.payloadLength = payload;
        message.headerLength = headers;
        message.redirected = redirected;
        return message;
    }

    /** Writes a number that ends before an index; returns where it begins. */
    private int number(int value, int end) {
        int start = end;
        do {
            buffer[--start] = (byte) ('0' + value % 10);
            value /= 10;
        } while (value > 0);
        return start;
    }

    private void room(int length) {
        if (at + length > buffer.length)
            buffer = Arrays.copyOf(buffer, Math.max(2 * buffer.length, at + length));
    }
}
