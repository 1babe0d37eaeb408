package io.jnatsd.jetstream.stream;

import io.jnatsd.delivery.Traffic;
import io.jnatsd.jetstream.config.ConsumerConfig;
import io.jnatsd.jetstream.consumer.ConsumerEvent;
import io.jnatsd.jetstream.consumer.DeliverSubjects;
import io.jnatsd.log.Log;
import io.jnatsd.log.Threads;
import io.jnatsd.subject.SubjectSpace;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.LongSupplier;

/**
 * What streams need of the server.
 *
 * @param domain the name in the subjects of the API, empty for none
 * @param ids gives an id that no connection has
 * @param timer must not be blocked
 * @param clock the time of messages and deadlines; {@code timer} runs by the real time
 * @param memory for messages, and for the index of those in files
 * @param files for the files of streams
 * @param inboxes memory for what waits for actors
 * @param objects memory for streams and consumers themselves: their configurations, pending acks, pull requests
 * @param deliverSubjects of the push consumers of all streams
 * @param events is told what happens at consumers
 * @param configs configurations as they are kept in files
 */
public record Environment(String domain, SubjectSpace subjects, Traffic traffic, Threads threads, Log log,
        LongSupplier ids, ScheduledExecutorService timer, StreamClock clock, MemoryLimit memory, MemoryLimit files,
        MemoryPool inboxes, MemoryPool objects, DeliverSubjects<Stream> deliverSubjects, Events events, Configs configs) {
    /** Publishes what happens at consumers, if anybody wants it. Called by the actors of streams. */
    public interface Events {
        /** Returns the subject of the event. */
        String subject(String stream, ConsumerEvent event);

        /** Returns the JSON of the event. */
        byte[] json(String stream, ConsumerEvent event);

        /** A consumer was removed because it was idle. */
        void expired(String stream, String consumer);
    }

    /** Converts configurations to JSON and back. Called by the actors of streams. */
    public interface Configs {
        byte[] json(ConsumerConfig config);

        /** Returns null if it is not valid. */
        ConsumerConfig consumer(byte[] json);
    }
}
