package io.jnatsd.auth;

import io.jnatsd.config.ServerOptions.PermissionOptions;
import io.jnatsd.config.ServerOptions.ResponseRules;
import io.jnatsd.config.ServerOptions.SubjectRules;
import io.jnatsd.protocol.Subject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The subjects that a user may publish and subscribe to (protocol.md, section 14). A deny entry takes precedence over
 * an allow entry. Subjects have one char per byte. Threads: immutable.
 */
public final class Permissions {
    /** Everything is allowed. */
    public static final Permissions UNRESTRICTED = new Permissions(new PermissionOptions(null, null, null));

    /** {@code queue} is null if the entry applies to plain subscriptions and all queue groups. */
    private record Entry(byte[] subject, byte[] queue) {
        static Entry of(String text) {
            int blank = text.indexOf(' ');
            return blank < 0 ? new Entry(Subject.bytes(text), null)
                    : new Entry(Subject.bytes(text.substring(0, blank)), Subject.bytes(text.substring(blank + 1).strip()));
        }
    }

    /** Null if everything is allowed. */
    private final List<Entry> publishAllow;
    private final List<Entry> publishDeny;
    private final List<Entry> subscribeAllow;
    private final List<Entry> subscribeDeny;
    private final ResponseRules responses;

    private Permissions(PermissionOptions options) {
        publishAllow = allowed(options.publish());
        publishDeny = denied(options.publish());
        subscribeAllow = allowed(options.subscribe());
        subscribeDeny = denied(options.subscribe());
        responses = options.responses();
    }

    /** Returns the permissions of the options; everything is allowed if the configuration has no options for a user. */
    public static Permissions of(PermissionOptions options) {
        return options == null ? UNRESTRICTED : new Permissions(options);
    }

    private Permissions(Permissions known, Entry denied) {
        publishAllow = known.publishAllow;
        publishDeny = with(denied, known.publishDeny);
        subscribeAllow = known.subscribeAllow;
        subscribeDeny = with(denied, known.subscribeDeny);
        responses = known.responses;
    }

    /** Returns the permissions without the subjects that a pattern covers. */
    static Permissions without(String pattern, Permissions permissions) {
        return new Permissions(permissions, Entry.of(pattern));
    }

    private static List<Entry> with(Entry entry, List<Entry> others) {
        return Stream.concat(Stream.of(entry), others.stream()).toList();
    }

    private static List<Entry> allowed(SubjectRules rules) {
        return rules == null || rules.allow() == null ? null : rules.allow().stream().map(Entry::of).toList();
    }

    private static List<Entry> denied(SubjectRules rules) {
        return rules == null || rules.deny() == null ? List.of() : rules.deny().stream().map(Entry::of).toList();
    }

    /** Returns whether a message may be published; replies may be allowed in addition by {@link #responses}. */
    public boolean mayPublish(byte[] subject) {
        return (publishAllow == null || anyMatches(publishAllow, subject)) && !anyMatches(publishDeny, subject);
    }

    private static boolean anyMatches(List<Entry> entries, byte[] subject) {
        for (Entry entry : entries)
            if (Subject.matches(entry.subject, subject, 0, subject.length))
                return true;
        return false;
    }

    /**
     * Returns whether a pattern may be subscribed to: an allow entry must cover all of it, and no deny entry may cover
     * all of it. If it overlaps with denied subjects, their messages are not delivered, see {@link #denials}.
     *
     * @param queue null for a plain subscription
     */
    public boolean maySubscribe(String pattern, String queue) {
        byte[] subject = bytes(pattern), group = queue == null ? null : bytes(queue);
        return (subscribeAllow == null || anyAllows(subject, group)) && !anyDenies(subject, group);
    }

    /** An entry without a queue allows every queue group, unless another entry with that subject has one. */
    private boolean anyAllows(byte[] subject, byte[] group) {
        boolean plain = false, named = false, listed = false;
        for (Entry entry : subscribeAllow) {
            if (!Subject.covers(entry.subject, subject))
                continue;
            plain |= entry.queue == null;
            named |= entry.queue != null;
            listed |= entry.queue != null && group != null && Subject.matches(entry.queue, group, 0, group.length);
        }
        return group == null ? plain : listed || plain && !named;
    }

    private boolean anyDenies(byte[] subject, byte[] group) {
        for (Entry entry : subscribeDeny) {
            boolean sameQueue = entry.queue == null
                    || group != null && Subject.matches(entry.queue, group, 0, group.length);
            if (sameQueue && Subject.covers(entry.subject, subject))
                return true;
        }
        return false;
    }

    /** Returns the denied patterns that overlap with an allowed subscription; null if there are none. */
    public List<byte[]> denials(String pattern) {
        byte[] subject = bytes(pattern);
        List<byte[]> overlapping = new ArrayList<>();
        for (Entry entry : subscribeDeny)
            if (entry.queue == null && Subject.overlap(entry.subject, subject))
                overlapping.add(entry.subject);
        return overlapping.isEmpty() ? null : overlapping;
    }

    /** Returns the rules of {@code allow_responses}; null if it is not set. */
    public ResponseRules responses() {
        return responses;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
