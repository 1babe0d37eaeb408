package io.jnatsd.bench;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Answers each request with a payload of the same size. Threads: {@link #answer} runs on one thread; {@link #sample} is
 * called after the run.
 */
final class Responder {
    private static final int CAPACITY = 64 * 1024;

    private final Crew crew;
    private final Peer peer;
    private final byte[] head;
    private final byte[] tail;
    private ByteBuffer replies;
    private long answered;
    private long endNanos;

    Responder(Crew crew, Peer peer, Workload load) throws IOException {
        this.crew = crew;
        this.peer = peer;
        this.head = Peer.bytes(load.headers() > 0 ? "HPUB " : "PUB ");
        this.tail = EncodedBatch.tail(load);
        this.replies = ByteBuffer.allocate(CAPACITY);
        peer.subscribe(load.subscription(), load.queue());
    }

    void answer() throws IOException {
        endNanos = crew.startNanos();
        try {
            FrameReader frames = peer.frames();
            for (FrameReader.Frame frame; (frame = peer.next()) != FrameReader.Frame.END;) {
                if (frame == FrameReader.Frame.MSG && frames.replyLength() > 0)
                    encode(frames);
                if (!frames.hasBuffered())
                    flush();
            }
        } catch (IOException e) {
            if (!peer.isFinished())
                throw e;
        }
    }

    private void encode(FrameReader frames) throws IOException {
        int length = head.length + frames.replyLength() + 1 + tail.length;
        if (replies.remaining() < length)
            flush();
        if (replies.capacity() < length)
            replies = ByteBuffer.allocate(length);
        replies.put(head);
        frames.copyReply(replies.array(), replies.position());
        replies.position(replies.position() + frames.replyLength()).put((byte) ' ').put(tail);
        answered++;
    }

    private void flush() throws IOException {
        if (replies.position() == 0)
            return;
        peer.write(replies.array(), replies.position());
        replies.clear();
        endNanos = System.nanoTime();
    }

    Sample sample() {
        return new Sample(answered, answered, crew.startNanos(), endNanos, new Latencies());
    }
}
