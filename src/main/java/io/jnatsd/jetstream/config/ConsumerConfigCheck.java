package io.jnatsd.jetstream.config;

import io.jnatsd.jetstream.config.ConsumerConfig.AckPolicy;
import io.jnatsd.jetstream.config.ConsumerConfig.DeliverPolicy;
import io.jnatsd.jetstream.config.StreamConfig.ConsumerLimits;
import io.jnatsd.protocol.Subject;
import io.jnatsd.text.GoDuration;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** The rules for the configuration of a consumer, in the order in which they are reported. Threads: one. */
public final class ConsumerConfigCheck {
    private static final long SHORTEST_HEARTBEAT = 100_000_000, SHORTEST_EXPIRY = 1_000_000;

    private final ConsumerConfig c;
    private final StreamConfig stream;
    private final ServerLimits server;

    private ConsumerConfigCheck(ConsumerConfig c, StreamConfig stream, ServerLimits server) {
        this.c = c;
        this.stream = stream;
        this.server = server;
    }

    /** @throws JetStreamException with the first rule that the configuration breaks */
    public static void check(ConsumerConfig config, StreamConfig stream, ServerLimits server) throws JetStreamException {
        ConsumerConfigCheck check = new ConsumerConfigCheck(config, stream, server);
        check.names();
        check.times();
        if (config.isPush())
            check.push();
        else
            check.pull();
        check.limits(stream.consumerLimits());
        check.filters();
        check.start();
        check.sampling();
        check(!config.hasFlowControl() || config.idleHeartbeat() != null, ErrorCode.FLOW_CONTROL_HEARTBEAT);
        check(config.durableName() == null || config.durableName().equals(config.name()), ErrorCode.NAME_AND_DURABLE_DIFFER);
        if (StreamConfigCheck.size(config.metadata()) > StreamConfigCheck.LARGEST_METADATA)
            throw new JetStreamException(ErrorCode.CONSUMER_METADATA_TOO_LARGE, StreamConfigCheck.LARGEST_METADATA + " bytes");
        check.workqueue();
    }

    private static void check(boolean holds, ErrorCode error) throws JetStreamException {
        if (!holds)
            throw new JetStreamException(error);
    }

    private void names() throws JetStreamException {
        for (String name : new String[] {c.name(), c.durableName()}) {
            if (name == null)
                continue;
            if (!StreamConfigCheck.isName(name))
                throw new JetStreamException(ErrorCode.STREAM_INVALID_CONFIG,
                        (name == c.durableName() ? "durable" : "consumer") + " name can not contain '.', '*', '>', '\\', '/'");
            if (name.length() > StreamConfigCheck.LONGEST_NAME)
                throw new JetStreamException(ErrorCode.CONSUMER_NAME_TOO_LONG, String.valueOf(StreamConfigCheck.LONGEST_NAME));
        }
        check(c.numReplicas() <= stream.numReplicas(), ErrorCode.CONSUMER_REPLICAS);
        check(c.numReplicas() >= 0, ErrorCode.REPLICAS_NEGATIVE);
    }

    private void times() throws JetStreamException {
        check(c.backoff() == null || c.backoff().stream().allMatch(time -> time >= 0), ErrorCode.BACKOFF_NEGATIVE);
        check(c.ackWait() == null || c.ackWait() >= 0, ErrorCode.ACK_WAIT_NEGATIVE);
        check(c.backoff() == null || c.maxDeliver() < 0 || c.maxDeliver() >= c.backoff().size(), ErrorCode.MAX_DELIVER_BACKOFF);
        if (c.description() != null && c.description().length() > StreamConfigCheck.LONGEST_DESCRIPTION)
            throw new JetStreamException(ErrorCode.CONSUMER_DESCRIPTION_TOO_LONG,
                    String.valueOf(StreamConfigCheck.LONGEST_DESCRIPTION));
    }

    private void push() throws JetStreamException {
        String subject = c.deliverSubject();
        byte[] bytes = Subject.bytes(subject);
        check(!Subject.hasWildcard(bytes, 0, bytes.length), ErrorCode.DELIVER_SUBJECT_WILDCARDS);
        check(Subject.isValidLiteral(bytes, 0, bytes.length) && subject.indexOf(' ') < 0, ErrorCode.DELIVER_SUBJECT_INVALID);
        for (String captured : stream.captured())
            check(!StreamConfigCheck.overlap(captured, subject), ErrorCode.DELIVER_SUBJECT_CYCLE);
        check(c.maxWaiting() == null, ErrorCode.PUSH_MAX_WAITING);
        check(c.maxAckPending() == null || c.maxAckPending() <= 0 || c.ackPolicy() != AckPolicy.NONE,
                ErrorCode.MAX_ACK_PENDING_WITHOUT_ACKS);
        check(c.idleHeartbeat() == null || c.idleHeartbeat() >= SHORTEST_HEARTBEAT, ErrorCode.HEARTBEAT_TOO_SHORT);
        check(!c.isDirect() || c.durableName() == null, ErrorCode.DIRECT_DURABLE);
    }

    private void pull() throws JetStreamException {
        check(c.ackPolicy() != AckPolicy.NONE || stream.retention() != Retention.WORKQUEUE, ErrorCode.PULL_WITHOUT_ACKS);
        check(c.rateLimitBps() == null, ErrorCode.PULL_RATE_LIMIT);
        check(c.maxWaiting() == null || c.maxWaiting() >= 0, ErrorCode.MAX_WAITING_NEGATIVE);
        check(c.idleHeartbeat() == null, ErrorCode.PULL_HEARTBEAT);
        check(!c.hasFlowControl(), ErrorCode.PULL_FLOW_CONTROL);
        check(c.maxBatch() == null || c.maxBatch() >= 0, ErrorCode.MAX_BATCH_NEGATIVE);
        check(c.maxExpires() == null || c.maxExpires() >= SHORTEST_EXPIRY, ErrorCode.MAX_EXPIRES_TOO_SHORT);
        check(!c.isDirect(), ErrorCode.DIRECT_PULL);
        if (server.maxRequestBatch() > 0 && c.maxBatch() != null && c.maxBatch() > server.maxRequestBatch())
            throw new JetStreamException(ErrorCode.MAX_BATCH_EXCESS, String.valueOf(server.maxRequestBatch()));
    }

    private void limits(ConsumerLimits limits) throws JetStreamException {
        if (server.maxAckPending() > 0 && c.maxAckPending() != null
                && (c.maxAckPending() > server.maxAckPending() || c.maxAckPending() < 0))
            throw new JetStreamException(ErrorCode.MAX_ACK_PENDING_EXCESS, String.valueOf(server.maxAckPending()));
        if (limits.maxAckPending() != null && c.maxAckPending() != null
                && (c.maxAckPending() > limits.maxAckPending() || c.maxAckPending() < 0))
            throw new JetStreamException(ErrorCode.MAX_ACK_PENDING_EXCESS, String.valueOf(limits.maxAckPending()));
        if (limits.inactiveThreshold() != null && c.inactiveThreshold() != null
                && c.inactiveThreshold() > limits.inactiveThreshold())
            throw new JetStreamException(ErrorCode.INACTIVE_THRESHOLD_EXCESS,
                    GoDuration.format(Duration.ofNanos(limits.inactiveThreshold())));
    }

    private void filters() throws JetStreamException {
        List<String> several = c.filterSubjects();
        check(c.filterSubject() == null || several == null, ErrorCode.BOTH_FILTERS);
        if (c.filterSubject() != null)
            checkFilter(c.filterSubject());
        if (several == null)
            return;
        for (String filter : several) {
            check(!filter.isEmpty(), ErrorCode.FILTER_EMPTY);
            checkFilter(filter);
        }
        SubjectSet selected = new SubjectSet();
        for (String filter : several) {
            check(!selected.overlaps(filter), ErrorCode.FILTERS_OVERLAP);
            selected.add(filter);
        }
    }

    private static void checkFilter(String filter) throws JetStreamException {
        if (!Subject.isValidPattern(filter))
            throw new JetStreamException(ErrorCode.STREAM_INVALID_CONFIG, "invalid subject");
    }

    private void start() throws JetStreamException {
        DeliverPolicy policy = c.deliverPolicy();
        boolean bySequence = policy == DeliverPolicy.BY_START_SEQUENCE, byTime = policy == DeliverPolicy.BY_START_TIME;
        String set = c.optStartSeq() != null && !bySequence ? "sequence" : c.optStartTime() != null && !byTime ? "time" : null;
        if (set != null)
            throw start(policy, "start " + set + " is also set");
        if (bySequence && c.optStartSeq() == null)
            throw start(policy, "start sequence is not set");
        if (byTime && c.optStartTime() == null)
            throw start(policy, "start time is not set");
        if (policy == DeliverPolicy.LAST_PER_SUBJECT && c.filterSubject() == null && c.filterSubjects() == null)
            throw start(policy, "filter subject is not set");
    }

    private static JetStreamException start(DeliverPolicy policy, String problem) {
        String name = switch (policy) {
            case BY_START_SEQUENCE -> "by start sequence";
            case BY_START_TIME -> "by start time";
            case LAST_PER_SUBJECT -> "last per subject";
            case ALL, LAST, NEW, UNDEFINED -> policy.name().toLowerCase(Locale.ROOT);
        };
        return new JetStreamException(ErrorCode.START_POSITION,
                "consumer delivery policy is deliver " + name + ", but optional " + problem);
    }

    private void sampling() throws JetStreamException {
        try {
            c.samplePercentage();
        } catch (NumberFormatException e) {
            throw new JetStreamException(ErrorCode.SAMPLING, "\"" + c.sampleFreq() + "\" is not a number");
        }
    }

    private void workqueue() throws JetStreamException {
        if (stream.retention() != Retention.WORKQUEUE)
            return;
        check(c.ackPolicy() == AckPolicy.EXPLICIT, ErrorCode.WORKQUEUE_ACKS);
        check(c.deliverPolicy() == DeliverPolicy.ALL, ErrorCode.WORKQUEUE_DELIVER_ALL);
    }
}
