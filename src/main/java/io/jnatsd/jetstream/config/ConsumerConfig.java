package io.jnatsd.jetstream.config;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * The configuration of a consumer as it is in requests and answers. A component that is null is not in the JSON. The
 * constructor replaces what is missing by the default as far as that does not depend on the stream. Durations are
 * nanoseconds, -1 means no limit. Threads: immutable.
 */
public record ConsumerConfig(String durableName, String name, String description, DeliverPolicy deliverPolicy,
        Long optStartSeq, Instant optStartTime, AckPolicy ackPolicy, Long ackWait, Integer maxDeliver,
        List<Long> backoff, String filterSubject, List<String> filterSubjects, ReplayPolicy replayPolicy,
        Long rateLimitBps, String sampleFreq, Integer maxWaiting, Integer maxAckPending, Boolean flowControl,
        Boolean headersOnly, Integer maxBatch, Long maxExpires, Integer maxBytes, String deliverSubject,
        String deliverGroup, Long idleHeartbeat, Long inactiveThreshold, Integer numReplicas, Boolean memStorage,
        Boolean direct, Map<String, String> metadata) {

    private static final int FILTER_BYTES = 200, LONG_BYTES = 24;
    private static final long DEFAULT_ACK_WAIT = 30_000_000_000L;
    private static final long DEFAULT_INACTIVE_THRESHOLD = 5_000_000_000L;
    private static final int DEFAULT_MAX_WAITING = 512, DEFAULT_MAX_ACK_PENDING = 1000;

    /** With which message a consumer begins. */
    public enum DeliverPolicy { ALL, LAST, NEW, BY_START_SEQUENCE, BY_START_TIME, LAST_PER_SUBJECT, UNDEFINED }

    /** Which messages are acknowledged. */
    public enum AckPolicy {
        /** None: a message is done when it is delivered. */
        NONE,
        /** An ack is for all messages up to its own. */
        ALL,
        /** Each one. */
        EXPLICIT
    }

    /** How fast stored messages are delivered. */
    public enum ReplayPolicy {
        INSTANT,
        /** With the pauses that were between them when they were published. */
        ORIGINAL
    }

    public ConsumerConfig {
        durableName = text(durableName);
        name = text(name);
        if (name == null)
            name = durableName;
        description = text(description);
        deliverPolicy = deliverPolicy == null || deliverPolicy == DeliverPolicy.UNDEFINED ? DeliverPolicy.ALL : deliverPolicy;
        optStartSeq = optStartSeq == null || optStartSeq == 0 ? null : optStartSeq;
        ackPolicy = ackPolicy == null ? AckPolicy.NONE : ackPolicy;
        backoff = backoff == null || backoff.isEmpty() ? null : List.copyOf(backoff);
        ackWait = number(ackWait);
        if (backoff != null)
            ackWait = backoff.getFirst();
        else if (ackWait == null && ackPolicy != AckPolicy.NONE)
            ackWait = DEFAULT_ACK_WAIT;
        maxDeliver = maxDeliver == null || maxDeliver <= 0 ? -1 : maxDeliver;
        filterSubject = text(filterSubject);
        filterSubjects = filterSubjects == null || filterSubjects.isEmpty() ? null : List.copyOf(filterSubjects);
        replayPolicy = replayPolicy == null ? ReplayPolicy.INSTANT : replayPolicy;
        rateLimitBps = number(rateLimitBps);
        sampleFreq = text(sampleFreq);
        deliverSubject = text(deliverSubject);
        maxWaiting = number(maxWaiting);
        if (maxWaiting == null && deliverSubject == null)
            maxWaiting = DEFAULT_MAX_WAITING;
        maxAckPending = number(maxAckPending);
        flowControl = StreamConfig.orNull(flowControl);
        headersOnly = StreamConfig.orNull(headersOnly);
        maxBatch = number(maxBatch);
        maxExpires = number(maxExpires);
        maxBytes = number(maxBytes);
        deliverGroup = text(deliverGroup);
        idleHeartbeat = number(idleHeartbeat);
        inactiveThreshold = number(inactiveThreshold);
        numReplicas = numReplicas == null ? 0 : numReplicas;
        memStorage = StreamConfig.orNull(memStorage);
        direct = StreamConfig.orNull(direct);
        metadata = metadata == null || metadata.isEmpty() ? null : Map.copyOf(metadata);
    }

    private static String text(String value) {
        return value == null || value.isEmpty() ? null : value;
    }

    private static Long number(Long value) {
        return value == null || value == 0 ? null : value;
    }

    private static Integer number(Integer value) {
        return value == null || value == 0 ? null : value;
    }

    /** A configuration without anything set: a pull consumer without acks. */
    public static ConsumerConfig empty() {
        return new ConsumerConfig(null, null, null, null, null, null, null, null, null, null, null, null, null, null,
                null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null);
    }

    /** Returns this configuration with a name, and with the defaults that the stream and the server set. */
    public ConsumerConfig within(StreamConfig.ConsumerLimits limits, ServerLimits server, String ownName) {
        Integer ackPending = maxAckPending != null ? maxAckPending : ackPendingWithin(limits, server);
        Integer batch = maxBatch == null && deliverSubject == null && server.maxRequestBatch() > 0
                ? Integer.valueOf(server.maxRequestBatch()) : maxBatch;
        Long threshold = inactiveThreshold != null ? inactiveThreshold
                : limits.inactiveThreshold() != null ? limits.inactiveThreshold()
                        : durableName == null ? Long.valueOf(DEFAULT_INACTIVE_THRESHOLD) : null;
        return new ConsumerConfig(durableName, ownName, description, deliverPolicy, optStartSeq, optStartTime,
                ackPolicy, ackWait, maxDeliver, backoff, filterSubject, filterSubjects, replayPolicy, rateLimitBps,
                sampleFreq, maxWaiting, ackPending, flowControl, headersOnly, batch, maxExpires, maxBytes,
                deliverSubject, deliverGroup, idleHeartbeat, threshold, numReplicas, memStorage, direct, metadata);
    }

    /**
     * A pull consumer without acks has the limit of its stream too, if only to show it. A push consumer without acks has
     * none, because it is refused with one.
     */
    private Integer ackPendingWithin(StreamConfig.ConsumerLimits limits, ServerLimits server) {
        boolean acks = ackPolicy != AckPolicy.NONE;
        if (limits.maxAckPending() != null && (acks || !isPush()))
            return (int) ServerLimits.atMost(limits.maxAckPending(), server.maxAckPending());
        return acks ? Integer.valueOf((int) ServerLimits.atMost(DEFAULT_MAX_ACK_PENDING, server.maxAckPending())) : null;
    }

    /** Returns the memory that it takes, and the filters made from it. */
    public long memory() {
        long filterChars = filters().stream().mapToLong(filter -> FILTER_BYTES + 4L * filter.length()).sum();
        return filterChars + StreamConfig.memory(metadata) + (backoff == null ? 0 : LONG_BYTES * backoff.size())
                + (description == null ? 0 : 2L * description.length());
    }

    public boolean isPush() {
        return deliverSubject != null;
    }

    public boolean isDirect() {
        return direct != null;
    }

    public boolean hasHeadersOnly() {
        return headersOnly != null;
    }

    public boolean hasFlowControl() {
        return flowControl != null;
    }

    /** Returns the subjects that it selects; empty for all. */
    public List<String> filters() {
        if (filterSubjects != null)
            return filterSubjects.equals(List.of(">")) ? List.of() : filterSubjects;
        return filterSubject == null || filterSubject.equals(">") ? List.of() : List.of(filterSubject);
    }

    /** Returns how many messages may be unacknowledged, {@link Integer#MAX_VALUE} for any number. */
    public int mostPending() {
        return maxAckPending == null || maxAckPending < 0 ? Integer.MAX_VALUE : maxAckPending;
    }

    /** Returns how often a message is delivered, {@link Integer#MAX_VALUE} for any number. */
    public int mostDeliveries() {
        return maxDeliver < 0 ? Integer.MAX_VALUE : maxDeliver;
    }

    /** Returns the nanoseconds after which a message that was delivered so often is delivered again. */
    public long wait(int deliveries) {
        if (backoff == null)
            return ackWait == null ? Long.MAX_VALUE : ackWait;
        return backoff.get(Math.min(deliveries, backoff.size()) - 1);
    }

    /** Returns the percentage of acks that are reported, 0 for none. */
    public int samplePercentage() {
        return sampleFreq == null ? 0 : Math.clamp(Integer.parseInt(sampleFreq.replace("%", "").strip()), 0, 100);
    }
}
