package io.jnatsd.jetstream.store;

import io.nats.client.Connection;
import io.nats.client.FetchConsumeOptions;
import io.nats.client.Message;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A durable consumer over all crashes: which messages it has received, and which acks were confirmed when. Threads: one
 * thread consumes; others read while it does not.
 */
final class CrashConsumer {
    /** The state of a consumer is saved four times a second; its writing takes a while on a busy machine. */
    private static final long BOUND = 1_500_000_000L;

    private final String stream;
    private final CrashModel model;
    private final Set<Long> received = ConcurrentHashMap.newKeySet();
    /** When the ack of a message was confirmed. */
    private final Map<Long, Long> confirmed = new ConcurrentHashMap<>();
    private volatile long killed;

    CrashConsumer(CrashModel model) {
        this.model = model;
        this.stream = model.stream;
    }

    /**
     * The server was killed at a time.
     *
     * @param damaged the file with the states of consumers was damaged: the consumer may have an older state
     */
    void killed(long time, boolean damaged) {
        killed = time;
        // What was confirmed just before may come again, in whichever round.
        confirmed.values().removeIf(before -> damaged || time - before <= BOUND);
    }

    void consume(Connection nats, Random random) throws Exception {
        while (nats.getStatus() == Connection.Status.CONNECTED)
            take(nats, 50, random.nextInt(10) + 1);
    }

    /** Receives messages, and acknowledges all but each so-manieth; returns how many came. */
    int take(Connection nats, int most, int leave) throws Exception {
        int count = 0;
        try (var fetched = nats.getStreamContext(stream).getConsumerContext("durable")
                .fetch(FetchConsumeOptions.builder().maxMessages(most).expiresIn(1000).build())) {
            for (Message m; (m = fetched.nextMessage()) != null;) {
                long sequence = m.metaData().streamSequence();
                received.add(sequence);
                Long before = confirmed.get(sequence);
                if (before != null && before < killed)
                    model.violation("message " + sequence + " came again, although its ack was confirmed "
                            + (killed - before) / 1_000_000 + " ms before the server was killed");
                if (++count % leave == 0 && leave > 1)
                    continue;
                m.ackSync(Duration.ofSeconds(10));
                confirmed.putIfAbsent(sequence, System.nanoTime());
            }
        }
        return count;
    }

    /** Returns whether a message has come. */
    boolean hasReceived(long sequence) {
        return received.contains(sequence);
    }
}
