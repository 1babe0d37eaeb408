package io.jnatsd.jetstream.config;

import java.util.List;
import java.util.Map;

/**
 * The configuration of a stream as it is in requests and answers. A component that is null is not in the JSON. The
 * constructor replaces what is missing or out of range by the default, so that equal configurations are equal objects.
 * Durations are nanoseconds, -1 means no limit. Threads: immutable.
 */
public record StreamConfig(String name, String description, List<String> subjects, Retention retention,
        Integer maxConsumers, Long maxMsgs, Long maxBytes, Long maxAge, Long maxMsgsPerSubject, Integer maxMsgSize,
        Discard discard, Storage storage, Integer numReplicas, Boolean noAck, Long duplicateWindow,
        Placement placement, StreamSource mirror, List<StreamSource> sources, Compression compression, Long firstSeq,
        Transform subjectTransform, Republish republish, Boolean allowDirect, Boolean mirrorDirect,
        Boolean discardNewPerSubject, Boolean sealed, Boolean denyDelete, Boolean denyPurge, Boolean allowRollupHdrs,
        ConsumerLimits consumerLimits, Map<String, String> metadata) {

    /** The memory of a captured subject with its subscription, and of an entry of the metadata, without their characters. */
    private static final int SUBJECT_BYTES = 600, ENTRY_BYTES = 120;
    /** The highest sequence with which a stream or a consumer may begin: those that follow must not overflow. */
    public static final long HIGHEST_FIRST = Long.MAX_VALUE / 2;
    private static final long DEFAULT_WINDOW = 120_000_000_000L;

    /** What happens to a message for which there is no room. */
    public enum Discard {
        /** The oldest messages are removed. */
        OLD,
        /** It is refused. */
        NEW
    }

    /** Where messages are kept. */
    public enum Storage { FILE, MEMORY }

    /** Accepted, and of no effect. */
    public enum Compression { NONE, S2 }

    /** Accepted, and of no effect on a single server. */
    public record Placement(String cluster, List<String> tags, String preferred) {
    }

    /** Another stream whose messages are taken over. */
    public record StreamSource(String name, Long optStartSeq, String optStartTime, String filterSubject,
            List<Transform> subjectTransforms, Map<String, String> external) {
    }

    /** How subjects are changed. */
    public record Transform(String src, String dest) {
    }

    /** What is published again after it was stored. */
    public record Republish(String src, String dest, Boolean headersOnly) {
        public Republish {
            src = src == null || src.isEmpty() ? ">" : src;
            dest = dest == null ? "" : dest;
            headersOnly = orNull(headersOnly);
        }
    }

    /** Defaults and limits of consumers. */
    public record ConsumerLimits(Long inactiveThreshold, Integer maxAckPending) {
        public ConsumerLimits {
            inactiveThreshold = inactiveThreshold == null || inactiveThreshold == 0 ? null : inactiveThreshold;
            maxAckPending = maxAckPending == null || maxAckPending == 0 ? null : maxAckPending;
        }
    }

    public StreamConfig {
        name = name == null ? "" : name;
        description = description == null || description.isEmpty() ? null : description;
        sources = sources == null || sources.isEmpty() ? null : List.copyOf(sources);
        if (subjects == null || subjects.isEmpty())
            subjects = mirror != null || sources != null ? null : List.of(name);
        else
            subjects = List.copyOf(subjects);
        retention = retention == null ? Retention.LIMITS : retention;
        maxConsumers = limit(maxConsumers);
        maxMsgs = limit(maxMsgs);
        maxBytes = limit(maxBytes);
        maxAge = maxAge == null ? 0 : maxAge;
        maxMsgsPerSubject = limit(maxMsgsPerSubject);
        maxMsgSize = limit(maxMsgSize);
        discard = discard == null ? Discard.OLD : discard;
        storage = storage == null ? Storage.FILE : storage;
        numReplicas = numReplicas == null || numReplicas == 0 ? 1 : numReplicas;
        noAck = orNull(noAck);
        compression = compression == null ? Compression.NONE : compression;
        firstSeq = firstSeq == null || firstSeq == 0 ? null : firstSeq;
        allowDirect = is(allowDirect);
        mirrorDirect = is(mirrorDirect);
        discardNewPerSubject = orNull(discardNewPerSubject);
        sealed = is(sealed);
        denyDelete = is(denyDelete) || sealed;
        denyPurge = is(denyPurge) || sealed;
        allowRollupHdrs = is(allowRollupHdrs) && !sealed;
        if (sealed) {
            maxAge = 0L;
            discard = Discard.NEW;
        }
        if (duplicateWindow != null && duplicateWindow == 0)
            duplicateWindow = null;
        if (placement != null && placement.cluster == null && placement.tags == null && placement.preferred == null)
            placement = null;
        consumerLimits = consumerLimits == null ? new ConsumerLimits(null, null) : consumerLimits;
        metadata = metadata == null || metadata.isEmpty() ? null : Map.copyOf(metadata);
    }

    /** Returns this configuration with the defaults that depend on the limits of the server. */
    public StreamConfig within(ServerLimits limits) {
        if (duplicateWindow != null || mirror != null)
            return this;
        long window = ServerLimits.atMost(maxAge > 0 ? Math.min(DEFAULT_WINDOW, maxAge) : DEFAULT_WINDOW, limits.duplicateWindow());
        return new StreamConfig(name, description, subjects, retention, maxConsumers, maxMsgs, maxBytes, maxAge,
                maxMsgsPerSubject, maxMsgSize, discard, storage, numReplicas, noAck, window, placement, mirror, sources,
                compression, firstSeq, subjectTransform, republish, allowDirect, mirrorDirect, discardNewPerSubject, sealed,
                denyDelete, denyPurge, allowRollupHdrs, consumerLimits, metadata);
    }

    private static int limit(Integer value) {
        return value == null || value <= 0 ? -1 : value;
    }

    private static long limit(Long value) {
        return value == null || value <= 0 ? -1 : value;
    }

    static boolean is(Boolean value) {
        return value != null && value;
    }

    static Boolean orNull(Boolean value) {
        return is(value) ? true : null;
    }

    /** Returns the memory that it takes, and the subscriptions made from it. */
    public long memory() {
        return captured().stream().mapToLong(subject -> SUBJECT_BYTES + 4L * subject.length()).sum() + memory(metadata)
                + (description == null ? 0 : 2L * description.length());
    }

    static long memory(Map<String, String> texts) {
        return texts == null ? 0 : texts.entrySet().stream()
                .mapToLong(e -> ENTRY_BYTES + 2L * e.getKey().length() + 2L * e.getValue().length()).sum();
    }

    public boolean acknowledges() {
        return noAck == null;
    }

    /** Returns whether a subject at its limit refuses messages, although others are discarded. */
    public boolean refusesPerSubject() {
        return discardNewPerSubject != null;
    }

    /** Returns the time in which a message id is not accepted again, 0 for none. */
    public long window() {
        return duplicateWindow == null ? 0 : duplicateWindow;
    }

    /** Returns the subjects; none for a mirror. */
    public List<String> captured() {
        return subjects == null ? List.of() : subjects;
    }
}
