package io.jnatsd.jetstream.api;

import io.jnatsd.jetstream.config.ConsumerConfig;
import io.jnatsd.jetstream.consumer.Consumer;
import io.jnatsd.jetstream.consumer.Progress;
import java.time.Instant;

/** A consumer as answers show it. A component that is null is not in the JSON. Threads: immutable. */
record ConsumerInfo(String streamName, String name, Instant created, ConsumerConfig config, Position delivered,
        Position ackFloor, int numAckPending, long numRedelivered, int numWaiting, long numPending,
        StreamInfo.Cluster cluster, Boolean pushBound, Instant ts) {
    record Position(long consumerSeq, long streamSeq, Instant lastActive) {
        static Position of(Progress.Position position) {
            return new Position(position.consumerSequence(), position.streamSequence(), position.time());
        }
    }

    /** Called by the actor of the stream. */
    static ConsumerInfo of(String stream, Consumer c, String server) {
        return new ConsumerInfo(stream, c.config().name(), c.created(), c.config(), Position.of(c.delivered()),
                Position.of(c.ackFloor()), c.unacknowledged(), c.redelivered(), c.waitingPulls(), c.undelivered(),
                new StreamInfo.Cluster(server), c.isBound() ? true : null, Instant.now());
    }
}
