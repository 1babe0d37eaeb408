package io.jnatsd.jetstream.consumer;

import io.jnatsd.jetstream.config.ConsumerConfig;
import io.jnatsd.jetstream.config.ErrorCode;
import io.jnatsd.jetstream.config.JetStreamException;
import java.util.Objects;
import java.util.function.Function;

/** Which settings of a consumer may change (JetStream: update of a consumer). Threads: stateless. */
public final class ConsumerUpdate {
    private ConsumerUpdate() {
    }

    /**
     * @param bound whether somebody subscribes the old deliver subject
     * @throws JetStreamException with the first change that is not allowed
     */
    public static void check(ConsumerConfig before, ConsumerConfig after, boolean bound) throws JetStreamException {
        fixed(before, after, ConsumerConfig::deliverPolicy, "deliver policy can not be updated");
        fixed(before, after, ConsumerConfig::memStorage, "storage type can not be updated");
        fixed(before, after, ConsumerConfig::optStartSeq, "start sequence can not be updated");
        fixed(before, after, ConsumerConfig::optStartTime, "start time can not be updated");
        fixed(before, after, ConsumerConfig::ackPolicy, "ack policy can not be updated");
        fixed(before, after, ConsumerConfig::replayPolicy, "replay policy can not be updated");
        fixed(before, after, ConsumerConfig::idleHeartbeat, "heart beats can not be updated");
        fixed(before, after, ConsumerConfig::flowControl, "flow control can not be updated");
        fixed(before, after, ConsumerConfig::maxWaiting, "max waiting can not be updated");
        fixed(before, after, ConsumerConfig::direct, "direct can not be updated");
        if (before.isPush() != after.isPush())
            throw new JetStreamException(ErrorCode.CONSUMER_CREATE, before.isPush()
                    ? "can not update push consumer to pull based" : "can not update pull consumer to push based");
        if (bound && !Objects.equals(before.deliverSubject(), after.deliverSubject()))
            throw new JetStreamException(ErrorCode.CONSUMER_NAME_IN_USE);
    }

    private static void fixed(ConsumerConfig before, ConsumerConfig after, Function<ConsumerConfig, Object> value, String text)
            throws JetStreamException {
        if (!Objects.equals(value.apply(before), value.apply(after)))
            throw new JetStreamException(ErrorCode.CONSUMER_CREATE, text);
    }
}
