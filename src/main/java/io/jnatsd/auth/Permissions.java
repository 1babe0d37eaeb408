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
 * What a user may publish and subscribe to (protocol reference, 12.4 and 19.9). A denial wins over an allowance.
 * Subjects keep one char per byte. Threads: immutable.
 */
public final class Permissions {
    /** Everything is allowed. */
    public static final Permissions UNRESTRICTED = new Permissions(new PermissionOptions(null, null, null));

    /** {@code queue} is null where an entry speaks of every queue group, and of none. */
    private record Entry(byte[] subject, byte[] queue) {
        static Entry of(String text) {
            int blank = text.indexOf(' ');
            return blank < 0 ? new Entry(Subject.bytes(text), null)
                    : new Entry(Subject.bytes(text.substring(0, blank)), Subject.bytes(text.substring(blank + 1).strip()));
        }
    }

    /** Null: everything is allowed. */
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

    /** What the options allow; everything if the configuration has no options for a user. */
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

    /** The same without what a pattern covers. */
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

    /** Whether a message may be published; what replies are allowed beyond this is {@link #responses}. */
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
     * Whether a pattern may be subscribed to: some allowed entry covers all of it, and no denied one does. What it
     * covers of denied subjects is kept from it at delivery, see {@link #denials}.
     *
     * @param queue null for a plain subscription
     */
    public boolean maySubscribe(String pattern, String queue) {
        byte[] subject = bytes(pattern), group = queue == null ? null : bytes(queue);
        return (subscribeAllow == null || anyAllows(subject, group)) && !anyDenies(subject, group);
    }

    /** A plain subject allows every queue group, unless another entry with that subject names queues. */
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

    /** The denied patterns that a subscription, itself allowed, overlaps with; null if there are none. */
    public List<byte[]> denials(String pattern) {
        byte[] subject = bytes(pattern);
        List<byte[]> overlapping = new ArrayList<>();
        for (Entry entry : subscribeDeny)
            if (entry.queue == null && Subject.overlap(entry.subject, subject))
                overlapping.add(entry.subject);
        return overlapping.isEmpty() ? null : overlapping;
    }

    /** {@code allow_responses}; null if it is not given. */
    public ResponseRules responses() {
        return responses;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
