package io.jnatsd.jetstream.consumer;

import io.jnatsd.jetstream.config.ConsumerConfig;

/** The memory that a consumer takes, as the server counts it. Threads: the actor of the stream. */
final class MemoryUse {
    /** The memory of a consumer without messages, and of a message that is not acknowledged, with its place in the maps. */
    private static final int CONSUMER_BYTES = 2500, MESSAGE_BYTES = 112;
    /** Smaller changes are counted together. */
    private static final int STEP = 4096;

    private final Host host;
    private long own;
    private long counted;

    MemoryUse(Host host) {
        this.host = host;
    }

    /** Applies a configuration; the next {@link #changed} counts it. */
    void configure(ConsumerConfig config) {
        own = CONSUMER_BYTES + config.memory();
    }

    /**
     * Counts what the consumer holds now.
     *
     * @param messages that it remembers
     * @param sequences that come first
     * @param waiting bytes of what waits for messages
     */
    void changed(int messages, int sequences, long waiting) {
        long current = own + (long) MESSAGE_BYTES * messages + (long) Long.BYTES * sequences + waiting;
        if (Math.abs(current - counted) < STEP && counted > 0)
            return;
        host.memory(current - counted);
        counted = current;
    }

    /** Returns whether the consumer may take more. */
    boolean hasRoom() {
        return host.hasRoom(counted);
    }

    /** The consumer ends. */
    void end() {
        host.memory(-counted);
        counted = 0;
    }
}
