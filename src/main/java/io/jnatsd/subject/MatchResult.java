package io.jnatsd.subject;

import io.jnatsd.protocol.Subject;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Who gets a message on one subject: every plain subscription of a client, every other server with such clients, and
 * one member of each queue group. Groups are told apart by name alone: members whose patterns differ but match the
 * same subject are one group for it, wherever they are.
 *
 * <p>Threads: immutable but for {@code dropped}, which is written under the lock of the subject's stripe. It is valid as
 * long as no subscription that matters to its subject came or went: see {@link #isCurrent}.
 */
public final class MatchResult {
    private static final Subscription[] NONE = {};
    private static final Subscription[][] NO_GROUPS = {};
    private static final byte[] RESERVED = {'_', 'S', 'Y', 'S', '.'}, SYSTEM = {'$', 'S', 'Y', 'S', '.'};

    /** Of the object, its subject's header and its slots in the cache. */
    private static final int OWN_BYTES = 128;
    private static final int ARRAY_BYTES = 24, REFERENCE_BYTES = 8;

    private final byte[] subject;
    private final int hash;
    /** Those of this server's own clients. */
    private final Subscription[] plain;
    /** One array for each other server, which gets the message once, by way of the first that still takes it. */
    private final Subscription[][] routed;
    /** One array of members for each queue group. */
    private final Subscription[][] queues;
    /** About how much memory it takes: a subject may be long, and many may subscribe to it. */
    private final int bytes;
    /** No connection is among them twice: several messages may go to one receiver before the first goes to the next. */
    private final boolean oneEach;
    /** A pedantic client may publish to it. */
    private final boolean literal;
    /** Begins with {@code _SYS.}: clients may not publish to it. */
    private final boolean reserved;
    /** Begins with {@code $SYS.}, which may belong to one user. */
    private final boolean system;

    private final WildcardTree.Branch branch;
    private final long branchGeneration;
    private final WildcardTree.Branch root;
    private final long rootGeneration;
    /** It has left the cache, and so would not hear of literal subscriptions. */
    private volatile boolean dropped;

    /** @param seen the wildcard patterns as they were before the matches were looked for */
    MatchResult(byte[] subject, int hash, List<Subscription> matches, WildcardTree.View seen) {
        this.subject = subject;
        this.hash = hash;
        // Copied, not referred to: every published message asks isCurrent.
        this.branch = seen.branch();
        this.branchGeneration = seen.branchGeneration();
        this.root = seen.root();
        this.rootGeneration = seen.rootGeneration();
        this.literal = Subject.isValidLiteral(subject, 0, subject.length);
        this.reserved = subject.length > 4 && Arrays.equals(subject, 0, 5, RESERVED, 0, 5);
        this.system = subject.length > 4 && Arrays.equals(subject, 0, 5, SYSTEM, 0, 5);
        List<Subscription> single = new ArrayList<>(matches.size());
        Map<String, List<Subscription>> servers = new LinkedHashMap<>(0), groups = new LinkedHashMap<>(0);
        for (Subscription sub : matches) {
            String remote = sub.receiver.remoteId();
            if (sub.queue != null)
                groups.computeIfAbsent(sub.queue, name -> new ArrayList<>()).add(sub);
            else if (remote == null)
                single.add(sub);
            else if (!remote.isEmpty())
                servers.computeIfAbsent(remote, id -> new ArrayList<>()).add(sub);
        }
        this.plain = single.toArray(NONE);
        this.oneEach = single.stream().map(sub -> sub.receiver).distinct().count() == single.size();
        this.routed = arrays(servers);
        this.queues = arrays(groups);
        this.bytes = OWN_BYTES + subject.length + REFERENCE_BYTES * matches.size()
                + ARRAY_BYTES * (routed.length + queues.length);
    }

    private static Subscription[][] arrays(Map<String, List<Subscription>> lists) {
        return lists.isEmpty() ? NO_GROUPS
                : lists.values().stream().map(subs -> subs.toArray(NONE)).toArray(Subscription[][]::new);
    }

    boolean isFor(byte[] buffer, int start, int length) {
        return length == subject.length && Arrays.equals(buffer, start, start + length, subject, 0, length);
    }

    void drop() {
        dropped = true;
    }

    /** No wildcard subscription that could match has come or gone; literal ones drop the result from the cache. */
    boolean isCurrent() {
        return !dropped && branch.generation == branchGeneration && root.generation == rootGeneration;
    }

    /** Deliveries that one message causes. */
    public int fanout() {
        return plain.length + routed.length + queues.length;
    }

    public byte[] subject() {
        return subject;
    }

    /** Well spread, so that any bits of it select a slot. */
    public int hash() {
        return hash;
    }

    /** About how much memory it takes, in bytes. */
    public int bytes() {
        return bytes;
    }

    /** Plain subscriptions of this server's own clients. Not to be changed. */
    public Subscription[] plain() {
        return plain;
    }

    /** One array for each other server, which gets the message once, by way of the first that still takes it. */
    public Subscription[][] routed() {
        return routed;
    }

    /** One array of members for each queue group. */
    public Subscription[][] queues() {
        return queues;
    }

    /** No receiver is among the plain ones twice: several messages may go to one before the first goes to the next. */
    public boolean oneEach() {
        return oneEach;
    }

    /** The subject is valid and has no wildcards: a pedantic client may publish to it. */
    public boolean isLiteral() {
        return literal;
    }

    /** It begins with {@code _SYS.}: clients may not publish to it. */
    public boolean isReserved() {
        return reserved;
    }

    /** It begins with {@code $SYS.}, which may belong to one user. */
    public boolean isSystem() {
        return system;
    }
}
