package io.jnatsd.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/**
 * Sends its share of the requests one after the other, and measures the time of each reply. Every request has a reply
 * subject of its own below the requester's inbox, as in client libraries. Threads: {@link #ask} runs on one thread;
 * {@link #sample} is called after the run.
 */
final class Requester {
    private static final int NUMBER_DIGITS = 19;

    private final Crew crew;
    private final Peer peer;
    private final Pace pace;
    private final long share;
    private final byte[][] heads;
    private final byte[] inbox;
    private final byte[] tail;
    private final Latencies latencies = new Latencies();
    private long answered;
    private long endNanos;

    Requester(Crew crew, Peer peer, Workload load, byte[][] heads, long share) throws IOException {
        this.crew = crew;
        this.peer = peer;
        this.pace = new Pace(load.ratePerPublisher());
        this.share = share;
        this.heads = heads;
        String name = "_INBOX.bench." + UUID.randomUUID().toString().replace("-", "");
        this.inbox = Peer.bytes(name + ".");
        this.tail = EncodedBatch.tail(load);
        peer.subscribe(name + ".*", "");
    }

    void ask() throws IOException, InterruptedException {
        ByteBuffer request = ByteBuffer.allocate(longest(heads) + inbox.length + NUMBER_DIGITS + 1 + tail.length);
        endNanos = crew.startNanos();
        try {
            for (; answered < share; answered++) {
                pace.due(crew.startNanos(), answered);
                encode(request);
                long sentNanos = System.nanoTime();
                peer.write(request.array(), request.position());
                if (!awaitReply())
                    return;
                endNanos = System.nanoTime();
                latencies.record(endNanos - sentNanos);
                crew.count(1);
            }
        } catch (IOException e) {
            if (!peer.isFinished())
                throw e;
        }
    }

    private void encode(ByteBuffer request) {
        byte[] number = Long.toString(answered).getBytes(StandardCharsets.ISO_8859_1);
        request.clear();
        request.put(heads[(int) (answered % heads.length)]).put(inbox).put(number).put((byte) ' ').put(tail);
    }

    /** Waits for the reply to this request. With several responders, a reply may belong to an earlier request. */
    private boolean awaitReply() throws IOException {
        while (true) {
            FrameReader.Frame frame = peer.next();
            if (frame == FrameReader.Frame.END)
                return false;
            if (frame == FrameReader.Frame.MSG && peer.frames().subjectNumber() == answered)
                return true;
        }
    }

    private static int longest(byte[][] heads) {
        int longest = 0;
        for (byte[] head : heads)
            longest = Math.max(longest, head.length);
        return longest;
    }

    Sample sample() {
        return new Sample(answered, share, crew.startNanos(), endNanos, latencies);
    }
}
