package io.jnatsd.bench;

import java.io.IOException;

/**
 * Receives and counts messages until its quota is used up. Threads: {@link #receive} runs on one thread;
 * {@link #sample} is called after the run.
 */
final class Subscriber {
    /** Counters that threads share are updated once for this many messages. */
    private static final int COUNT_STEP = 1024;

    private final Crew crew;
    private final Peer peer;
    private final Quota quota;
    private final boolean timedFromFirst;
    private final boolean alone;
    private final long early;
    private long received;
    private long firstNanos;
    private long lastNanos;

    /**
     * Subscribes.
     *
     * @param timedFromFirst whether the time starts at the first message and not at the start of the run
     */
    Subscriber(Crew crew, Peer peer, Workload load, Quota quota, boolean timedFromFirst) throws IOException {
        this.crew = crew;
        this.peer = peer;
        this.quota = quota;
        this.timedFromFirst = timedFromFirst;
        this.alone = !load.sharesDeliveries();
        this.early = peer.subscribe(load.subscription(), load.queue());
    }

    void receive() throws IOException {
        firstNanos = lastNanos = crew.startNanos();
        if (early > 0)
            addToCounters(early);
        int counted = 0;
        while (!quota.isTaken()) {
            FrameReader.Frame frame = peer.next();
            if (frame == FrameReader.Frame.MSG)
                counted++;
            boolean ended = frame == FrameReader.Frame.END;
            if (counted == COUNT_STEP || counted > 0 && (ended || !peer.frames().hasBuffered())) {
                addToCounters(counted);
                counted = 0;
            }
            if (ended)
                break;
        }
    }

    private void addToCounters(long messages) {
        lastNanos = System.nanoTime();
        if (received == 0 && timedFromFirst)
            firstNanos = lastNanos;
        received += messages;
        crew.count(messages);
        quota.take(messages);
    }

    Sample sample() {
        // The missing messages of a queue group belong to no particular member.
        long expected = alone ? received + quota.missing() : received;
        return new Sample(received, expected, firstNanos, lastNanos, new Latencies());
    }
}
