package io.jnatsd.bench;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * The bytes of as many PUBs as fit into one write. With a single subject they are encoded only once, so that the
 * benchmark leaves as much processor time as possible to the server. Threads: used by one thread.
 */
final class EncodedBatch {
    /**
     * Half of the size that the JDK transfers in one write to a plain socket, so that the peer can read one half while
     * the next is written.
     */
    private static final int CAPACITY = 64 * 1024;

    private final byte[][] heads;
    private final byte[] tail;
    private final ByteBuffer encoded;
    private int walked;
    private int messages;
    private int length;

    /**
     * @param heads {@code "PUB subject "} of each subject
     * @param first the index of the first subject to use
     * @param tail as returned by {@link #tail}
     */
    EncodedBatch(byte[][] heads, int first, byte[] tail) {
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

    /**
     * Returns the end of a PUB: the payload size and the payload; for messages with headers, also their size and the
     * headers.
     */
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

    /** Encodes the next messages: as many as fit, and at most the limit. */
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
