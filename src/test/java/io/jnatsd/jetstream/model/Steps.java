package io.jnatsd.jetstream.model;

import com.google.gson.JsonArray;
import java.util.List;

/** The steps that a script is made of. What a step refers to need not exist. */
final class Steps {
    static final long MILLI = 1_000_000, SECOND = 1000 * MILLI;

    private Steps() {
    }

    static JsonArray array(String... texts) {
        JsonArray array = new JsonArray();
        for (String text : texts)
            array.add(text);
        return array;
    }

    sealed interface Step {
    }

    record UpdateStream(StreamSetup setup) implements Step {
    }

    /**
     * A message is published. An expected value is right if it is 0, wrong by this number else; null for none.
     *
     * @param id empty for none
     * @param rollup empty for none
     */
    record Publish(String subject, int size, String id, Integer expectedLast, Integer expectedOfSubject,
            String expectedId,
            String rollup) implements Step {
    }

    /** @param back 0 for the last message, 1 for the one before */
    record DeleteMessage(int back) implements Step {
    }

    record Purge(String filter, long belowBack, int keep) implements Step {
    }

    record GetMessage(int back, String lastOf, String nextOf, boolean direct) implements Step {
    }

    record CreateConsumer(ConsumerSetup setup) implements Step {
    }

    /** Changes some settings of a consumer that exists. */
    record UpdateConsumer(String name, List<String> filters, int maxPending, long ackWait, int maxDeliver,
            boolean headersOnly)
            implements Step {
    }

    record DeleteConsumer(String name) implements Step {
    }

    record Pull(String consumer, int batch, long expires, boolean noWait, int maxBytes,
            long heartbeat) implements Step {
    }

    /** The reply subject of an open pull is unsubscribed. */
    record Leave(String consumer) implements Step {
    }

    /** The deliver subject of a consumer is subscribed, or no longer. */
    record Listen(String consumer, boolean on) implements Step {
    }

    /** @param back 0 for the last delivery, 1 for the one before */
    record Ack(String consumer, int back, String payload, boolean answered) implements Step {
    }

    record Wait(int seconds) implements Step {
    }
}
