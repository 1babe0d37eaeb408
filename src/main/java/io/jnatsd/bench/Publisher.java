package io.jnatsd.bench;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Publishes its share of the messages. It is done when the server has answered the PING after them. Threads:
 * {@link #publish} and {@link #listen} run on one thread each; {@link #sample} is called after the run.
 */
final class Publisher {
    /** How long the reader may take to find out why a write has failed. */
    private static final long REASON_MILLIS = 500;

    private final Crew crew;
    private final Peer peer;
    private final EncodedBatch batch;
    private final Pace pace;
    private final long share;
    private final CountDownLatch answered = new CountDownLatch(1);
    private long sent;
    private long endNanos;

    Publisher(Crew crew, Peer peer, EncodedBatch batch, Pace pace, long share) {
        this.crew = crew;
        this.peer = peer;
        this.batch = batch;
        this.pace = pace;
        this.share = share;
    }

    void publish() throws IOException, InterruptedException {
        try {
            while (sent < share) {
                batch.next(Math.min(share - sent, pace.due(crew.startNanos(), sent)));
                peer.write(batch.bytes(), batch.length());
                sent += batch.messages();
                crew.count(batch.messages());
            }
            peer.ping();
            answered.await();
        } catch (IOException e) {
            // The server sends the reason before it closes the connection, which is a better message than "Broken
            // pipe".
            answered.await(REASON_MILLIS, TimeUnit.MILLISECONDS);
            if (!peer.isFinished())
                throw e;
        } finally {
            endNanos = System.nanoTime();
        }
    }

    /** Answers the server's PINGs, detects errors, and waits for the PONG. */
    void listen() throws IOException {
        boolean failed = true;
        try {
            FrameReader.Frame frame;
            do {
                frame = peer.next();
            } while (frame != FrameReader.Frame.PONG && frame != FrameReader.Frame.END);
            failed = false;
        } finally {
            if (failed)
                peer.finish();
            answered.countDown();
        }
    }

    Sample sample() {
        return new Sample(sent, share, crew.startNanos(), endNanos, new Latencies());
    }
}
