package io.jnatsd.jetstream.figures;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A client that costs so little that it is not what limits a measurement: it writes commands into an array and examines
 * messages where they were read. A client library needs more processor time for a message than either server, so that it
 * would hide their difference. Threads: one.
 */
final class LoadClient implements AutoCloseable {
    private static final int FLUSH_AT = 64 * 1024, INPUT = 256 * 1024;
    private static final byte[] INBOX = "_INBOX.LoadClient0123456789ab.".getBytes(StandardCharsets.US_ASCII);
    private static final int PATIENCE = 60_000;

    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;
    private byte[] output = new byte[2 * FLUSH_AT];
    private int outputEnd;
    private byte[] input = new byte[INPUT];
    private int at;
    private int end;
    private long replies;
    /** The message that {@link #next} has read. */
    private int replyStart;
    private int replyEnd;
    private int headers;
    private int bodyStart;
    private int bodyEnd;
    final String storage;

    /** @param storage of the streams that it creates */
    LoadClient(int port, String storage) throws IOException {
        this.storage = storage;
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(PATIENCE);
        in = socket.getInputStream();
        out = socket.getOutputStream();
        text("CONNECT {\"verbose\":false,\"headers\":true,\"no_responders\":true}\r\n");
        subscribe(new String(INBOX, StandardCharsets.US_ASCII) + "*");
        flush();
    }

    /** Returns the sid. */
    long subscribe(String subject) {
        long sid = ++replies;
        text("SUB " + subject + " " + sid + "\r\n");
        return sid;
    }

    void unsubscribe(long sid) {
        text("UNSUB " + sid + "\r\n");
    }

    private void text(String text) {
        append(text.getBytes(StandardCharsets.US_ASCII));
    }

    /** Publishes a message without a reply subject. */
    void publish(byte[] subject, byte[] payload) throws IOException {
        begin(subject);
        end(payload);
    }

    /** Publishes a request; each has a reply subject of its own, as those of client libraries have. */
    void request(byte[] subject, byte[] payload) throws IOException {
        begin(subject);
        append(INBOX);
        number(replies++);
        output[outputEnd++] = ' ';
        end(payload);
    }

    /** Acknowledges the last message. */
    void acknowledge() throws IOException {
        room(replyEnd - replyStart + 16);
        append("PUB ".getBytes(StandardCharsets.US_ASCII));
        append(input, replyStart, replyEnd);
        text(" 4\r\n+ACK\r\n");
        flushIfFull();
    }

    /** Answers the last message with an empty one. */
    void confirm() throws IOException {
        append("PUB ".getBytes(StandardCharsets.US_ASCII));
        append(input, replyStart, replyEnd);
        text(" 0\r\n\r\n");
        flush();
    }

    private void begin(byte[] subject) {
        room(subject.length + INBOX.length + 64);
        output[outputEnd++] = 'P';
        output[outputEnd++] = 'U';
        output[outputEnd++] = 'B';
        output[outputEnd++] = ' ';
        append(subject);
        output[outputEnd++] = ' ';
    }

    private void end(byte[] payload) throws IOException {
        number(payload.length);
        crlf();
        append(payload);
        crlf();
        flushIfFull();
    }

    private void crlf() {
        room(2);
        output[outputEnd++] = '\r';
        output[outputEnd++] = '\n';
    }

    private void number(long value) {
        int digits = 1;
        for (long rest = value / 10; rest > 0; rest /= 10)
            digits++;
        room(digits + 2);
        for (int i = outputEnd + digits; i-- > outputEnd; value /= 10)
            output[i] = (byte) ('0' + value % 10);
        outputEnd += digits;
    }

    private void append(byte[] bytes) {
        append(bytes, 0, bytes.length);
    }

    private void append(byte[] bytes, int from, int to) {
        room(to - from + 2);
        System.arraycopy(bytes, from, output, outputEnd, to - from);
        outputEnd += to - from;
    }

    private void room(int size) {
        if (outputEnd + size > output.length)
            output = Arrays.copyOf(output, Math.max(2 * output.length, outputEnd + size));
    }

    private void flushIfFull() throws IOException {
        if (outputEnd >= FLUSH_AT)
            flush();
    }

    void flush() throws IOException {
        out.write(output, 0, outputEnd);
        outputEnd = 0;
    }

    /** Sends what was published, and returns when the server has handled it. */
    void ping() throws IOException {
        text("PING\r\n");
        flush();
        while (!frame())
            continue;
    }

    // ---- input -----------------------------------------------------------------------------------------------

    /** Waits for a message. */
    void next() throws IOException {
        while (frame())
            continue;
    }

    /** Returns whether bytes have been read that {@link #next} has not returned yet. */
    boolean hasBuffered() {
        return at < end;
    }

    /** Reads a frame; returns true for a PONG, false for a message, and handles others. */
    private boolean frame() throws IOException {
        while (true) {
            int lineEnd = lineEnd();
            switch (input[at]) {
                case 'M', 'H' -> {
                    message(lineEnd);
                    return false;
                }
                case 'P' -> {
                    boolean pong = input[at + 1] == 'O';
                    at = lineEnd + 1;
                    if (pong)
                        return true;
                    text("PONG\r\n");
                    flush();
                }
                case '-' -> throw new IOException(new String(input, at, lineEnd - at, StandardCharsets.UTF_8).strip());
                default -> at = lineEnd + 1;
            }
        }
    }

    private int lineEnd() throws IOException {
        for (int i = at;; i++) {
            if (i == end) {
                int seen = i - at;
                fill(1);
                i = at + seen;
            }
            if (input[i] == '\n')
                return i;
        }
    }

    /** MSG subject sid [reply] size, or HMSG with the size of the headers before that of all. */
    private void message(int lineEnd) throws IOException {
        int tokens = 0, size = 0, previous = 0, beforeSize = 0, beforeThat = 0, start = at;
        boolean hasHeaders = input[at] == 'H';
        for (int i = at; i < lineEnd - 1; i++) {
            byte b = input[i];
            if (b == ' ') {
                tokens++;
                beforeThat = beforeSize;
                beforeSize = i;
                previous = size;
                size = 0;
            } else {
                size = size * 10 + b - '0';
            }
        }
        int expected = hasHeaders ? 4 : 3, length = lineEnd + 1 - start;
        boolean hasReply = tokens > expected;
        int third = hasHeaders ? spaceBefore(beforeThat) : beforeThat;
        int replyFrom = hasReply ? third + 1 - start : 0, replyTo = hasReply ? (hasHeaders ? beforeThat : beforeSize) - start : 0;
        while (end - at < length + size + 2)
            fill(length + size + 2 - (end - at));
        replyStart = at + replyFrom;
        replyEnd = at + replyTo;
        headers = hasHeaders ? previous : 0;
        bodyStart = at + length;
        bodyEnd = bodyStart + size;
        at = bodyEnd + 2;
    }

    private int spaceBefore(int space) {
        int i = space - 1;
        while (input[i] != ' ')
            i--;
        return i;
    }

    private void fill(int wanted) throws IOException {
        if (at > 0) {
            System.arraycopy(input, at, input, 0, end - at);
            end -= at;
            at = 0;
        }
        if (end + wanted > input.length)
            input = Arrays.copyOf(input, Math.max(2 * input.length, end + wanted));
        int read = in.read(input, end, input.length - end);
        if (read < 0)
            throw new EOFException("the server closed the connection");
        end += read;
    }

    /** Returns whether the last message has nothing but a status, such as 404 or 100. */
    boolean isStatus() {
        return headers > 0 && headers == bodyEnd - bodyStart && input[bodyStart + "NATS/1.0".length()] == ' ';
    }

    boolean hasReply() {
        return replyEnd > replyStart;
    }

    /** Returns whether the last message is the positive answer to a publish. */
    boolean isStored() {
        return bodyEnd - bodyStart > 10 && input[bodyStart + 2] == 's' && input[bodyStart + 3] == 't';
    }

    /** Returns headers and payload of the last message. */
    String body() {
        return new String(input, bodyStart, bodyEnd - bodyStart, StandardCharsets.UTF_8);
    }

    /** Sends a request and returns its answer. */
    String ask(String subject, String body) throws IOException {
        request(subject.getBytes(StandardCharsets.US_ASCII), body.getBytes(StandardCharsets.UTF_8));
        flush();
        next();
        return body();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
