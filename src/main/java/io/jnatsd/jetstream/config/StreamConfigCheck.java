package io.jnatsd.jetstream.config;

import io.jnatsd.jetstream.config.StreamConfig.Discard;
import io.jnatsd.protocol.Subject;
import io.jnatsd.text.GoDuration;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The rules for the configuration of a stream, in the order in which they are reported. Threads: stateless. */
public final class StreamConfigCheck {
    static final int LONGEST_NAME = 255, LONGEST_DESCRIPTION = 4096, LARGEST_METADATA = 128 * 1024;
    private static final int MOST_REPLICAS = 5;
    private static final long LEAST_TIME = 100_000_000;
    private static final String NAME = "stream name is required and can not contain '.', '*', '>', '\\', '/'";
    private static final List<String> API = List.of("$JS.>", "$JSC.>", "$NRG.>");

    private StreamConfigCheck() {
    }

    /** Returns whether a stream or a consumer may have this name. */
    public static boolean isName(String name) {
        return !name.isEmpty() && name.chars().noneMatch(c -> ".*>/\\ \t\r\n".indexOf(c) >= 0);
    }

    /** @throws JetStreamException with the first rule that the configuration breaks */
    public static void check(StreamConfig c, ServerLimits limits) throws JetStreamException {
        require(isName(c.name()), NAME);
        require(c.name().length() <= LONGEST_NAME, "stream name is too long, maximum allowed is " + LONGEST_NAME);
        require(c.description() == null || c.description().length() <= LONGEST_DESCRIPTION,
                "stream description is too long, maximum allowed is " + LONGEST_DESCRIPTION);
        require(size(c.metadata()) <= LARGEST_METADATA,
                "stream metadata exceeds maximum size of " + LARGEST_METADATA + " bytes");
        require(c.numReplicas() <= MOST_REPLICAS, "maximum replicas is " + MOST_REPLICAS);
        if (c.numReplicas() < 0)
            throw new JetStreamException(ErrorCode.REPLICAS_NEGATIVE);
        times(c, limits);
        require(!c.allowRollupHdrs() || !c.denyPurge(), "roll-ups require the purge permission");
        if (c.refusesPerSubject()) {
            require(c.discard() == Discard.NEW, "discard new per subject requires discard new policy to be set");
            require(c.maxMsgsPerSubject() > 0, "discard new per subject requires max msgs per subject > 0");
        }
        require(c.firstSeq() == null || c.firstSeq() > 0 && c.firstSeq() <= StreamConfig.HIGHEST_FIRST,
                "first sequence is too high, maximum allowed is " + StreamConfig.HIGHEST_FIRST);
        require(c.mirror() == null && c.sources() == null, "mirrors and sources are not supported by this server");
        subjects(c);
        transform(c.subjectTransform());
        republish(c);
        require(c.placement() == null || c.placement().preferred() == null, "preferred server not permitted in placement");
    }

    /** @throws JetStreamException with the first rule for a new stream that the configuration breaks */
    public static void checkNew(StreamConfig c, ServerLimits limits) throws JetStreamException {
        require(!c.sealed(), "stream configuration for create can not be sealed");
        require(!c.mirrorDirect() || c.mirror() != null, "stream has no mirror but does have mirror direct");
        check(c, limits);
    }

    private static void require(boolean holds, String text) throws JetStreamException {
        if (!holds)
            throw new JetStreamException(ErrorCode.STREAM_INVALID_CONFIG, text);
    }

    static int size(Map<String, String> metadata) {
        return metadata == null ? 0
                : metadata.entrySet().stream().mapToInt(e -> e.getKey().length() + e.getValue().length()).sum();
    }

    private static void times(StreamConfig c, ServerLimits limits) throws JetStreamException {
        require(c.maxAge() >= 0, "max age can not be negative");
        require(c.maxAge() == 0 || c.maxAge() >= LEAST_TIME, "max age needs to be >= 100ms");
        require(c.window() >= 0, "duplicates window can not be negative");
        require(c.maxAge() == 0 || c.window() <= c.maxAge(), "duplicates window can not be larger then max age");
        require(limits.duplicateWindow() == 0 || c.window() <= limits.duplicateWindow(),
                "duplicates window can not be larger then server limit of " + GoDuration.format(Duration.ofNanos(limits.duplicateWindow())));
        require(c.window() == 0 || c.window() >= LEAST_TIME, "duplicates window needs to be >= 100ms");
    }

    private static void subjects(StreamConfig c) throws JetStreamException {
        List<String> subjects = c.captured();
        Set<String> before = new HashSet<>();
        SubjectSet captured = new SubjectSet();
        for (String subject : subjects) {
            require(Subject.isValidPattern(subject) && subject.chars().noneMatch(ch -> ch <= ' '), "invalid subject");
            require(before.add(subject), "duplicate subjects detected");
            require(!subject.equals(">") || !c.acknowledges(), "capturing all subjects requires no-ack to be true");
            boolean api = API.stream().anyMatch(reserved -> overlap(subject, reserved));
            require(!api || covers("$JS.EVENT.>", subject) || !c.acknowledges(),
                    "subjects that overlap with jetstream api require no-ack to be true");
            require(!overlap(subject, "$SYS.>") || covers("$SYS.ACCOUNT.>", subject) || !c.acknowledges(),
                    "subjects that overlap with system api require no-ack to be true");
            String other = captured.find(subject);
            require(other == null, "subject \"" + other + "\" overlaps with \"" + subject + "\"");
            captured.add(subject);
        }
        require(!subjects.isEmpty(), "stream needs at least one configured subject or be a source/mirror");
    }

    /** Returns whether a subject exists that both match. */
    public static boolean overlap(String a, String b) {
        return Subject.overlap(Subject.bytes(a), Subject.bytes(b));
    }

    static boolean covers(String wide, String narrow) {
        return Subject.covers(Subject.bytes(wide), Subject.bytes(narrow));
    }

    private static void transform(StreamConfig.Transform transform) throws JetStreamException {
        if (transform != null)
            SubjectTransform.of(transform);
    }

    private static void republish(StreamConfig c) throws JetStreamException {
        StreamConfig.Republish republish = c.republish();
        if (republish == null)
            return;
        for (String subject : c.captured())
            require(!overlap(SubjectTransform.widest(republish.dest()), subject),
                    "stream configuration for republish destination forms a cycle");
        try {
            SubjectTransform.of(new StreamConfig.Transform(republish.src(), republish.dest()));
        } catch (JetStreamException e) {
            throw new JetStreamException(ErrorCode.STREAM_INVALID_CONFIG, "stream configuration for republish with transform from '"
                    + republish.src() + "' to '" + republish.dest() + "' not valid");
        }
    }
}
