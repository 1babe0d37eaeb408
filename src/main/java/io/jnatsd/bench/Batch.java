package io.jnatsd.bench;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * PUBs as bytes, as many as go into one write. With a single subject they are encoded once and for all, so that the
 * machine's time is left to the server.
 * Threads: used by one thread.
 */
final class Batch {
    /** Half of what the JDK moves in one write of a plain socket: the peer can read the one while we write the next. */
    private static final int CAPACITY = 64 * 1024;

    private final byte[][] heads;
    private final byte[] tail;
    private final ByteBuffer encoded;
    private int walked;
    private int messages;
    private int length;

    /**
     * @param heads {@code "PUB subject "} of each subject
     * @param first which of them begins the walk
     * @param tail what {@link #tail} has made
     */
    Batch(byte[][] heads, int first, byte[] tail) {
        this.heads = heads;
        this.tail = tail;
        this.walked = first;
        int longest = 0;
        for (byte[] head : heads)
            longest = Math.max(longest, head.length);
        this.encoded = ByteBuffer.allocate(Math.max(CAPACITY, longest + tail.length));
        if (heads.length == 1)
            encode(Long.MAX_VALUE);
    }

    static byte[][] heads(Workload load) {
        byte[][] heads = new byte[load.subjects()][];
        for (int i = 0; i < heads.length; i++)
            heads[i] = Peer.bytes((load.headers() > 0 ? "HPUB " : "PUB ") + load.subject(i) + " ");
        return heads;
    }

    /** What ends a PUB: its size, and a payload of so many bytes; with headers, their size and they come before. */
    static byte[] tail(Workload load) {
        int size = load.size();
        String headers = headers(load.headers());
        byte[] line = Peer.bytes(headers.isEmpty() ? size + "\r\n"
                : headers.length() + " " + (headers.length() + size) + "\r\n" + headers);
        byte[] tail = Arrays.copyOf(line, line.length + size + 2);
        Arrays.fill(tail, line.length, line.length + size, (byte) '.');
        tail[tail.length - 2] = '\r';
        tail[tail.length - 1] = '\n';
        return tail;
    }

    private static String headers(int count) {
        StringBuilder block = new StringBuilder(count == 0 ? "" : "NATS/1.0\r\n");
        for (int i = 1; i <= count; i++)
            block.append("Header-").append(i).append(": value ").append(i).append("\r\n");
        return block.append(count == 0 ? "" : "\r\n").toString();
    }

    /** Prepares the next messages: as many as fit, and no more than that. */
    void next(long limit) {
        if (heads.length > 1) {
            encode(limit);
            return;
        }
        messages = (int) Math.min(limit, encoded.position() / (heads[0].length + tail.length));
        length = messages * (heads[0].length + tail.length);
    }

    private void encode(long limit) {
        encoded.clear();
        messages = 0;
        while (messages < limit && encoded.remaining() >= heads[walked].length + tail.length) {
            encoded.put(heads[walked]).put(tail);
            walked = walked + 1 == heads.length ? 0 : walked + 1;
            messages++;
        }
        length = encoded.position();
    }

    int messages() {
        return messages;
    }

    byte[] bytes() {
        return encoded.array();
    }

    int length() {
        return length;
    }
}
