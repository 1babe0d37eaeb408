package io.jnatsd.subject;

import io.jnatsd.protocol.Subject;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The receivers of a message on one subject: every plain subscription of a client, every other server that has plain
 * subscriptions, and one member of each queue group. A queue group is identified by its name alone: members whose
 * patterns differ but match the same subject belong to one group, whichever server they are connected to.
 *
 * <p>Threads: immutable except {@code dropped}, which is written under the lock of the subject's stripe. A result is
 * valid until a subscription that matches its subject is added or removed: see {@link #isCurrent}.
 */
public final class MatchResult {
    private static final Subscription[] NONE = {};
    private static final Subscription[][] NO_GROUPS = {};
    private static final byte[] RESERVED = {'_', 'S', 'Y', 'S', '.'}, SYSTEM = {'$', 'S', 'Y', 'S', '.'};

    /** Approximate size of the object, the array header of its subject and its slot in the cache. */
    private static final int OWN_BYTES = 128;
    private static final int ARRAY_BYTES = 24, REFERENCE_BYTES = 8;

    private final byte[] subject;
    private final int hash;
    /** Plain subscriptions of this server's own clients. */
    private final Subscription[] plain;
    /**
     * One array for each other server. The server receives the message once, through the first subscription that
     * accepts it.
     */
    private final Subscription[][] routed;
    /** One array of members for each queue group. */
    private final Subscription[][] queues;
    /** Approximate memory of this result, which is large for a long subject or many subscriptions. */
    private final int bytes;
    /**
     * No receiver has two plain subscriptions here, so several messages can be given to one receiver before the next
     * one.
     */
    private final boolean oneEach;
    /** The subject begins with {@code _SYS.}; clients may not publish to it. */
    private final boolean reserved;
    /** The subject begins with {@code $SYS.}, which may be reserved for one user. */
    private final boolean system;

    private final WildcardTree.Branch branch;
    private final long branchGeneration;
    private final WildcardTree.Branch root;
    private final long rootGeneration;
    /** The result was removed from the cache, and is no longer dropped when literal subscriptions change. */
    private volatile boolean dropped;

    /** @param seen the generations of the wildcard branches before the search */
    MatchResult(byte[] subject, int hash, List<Subscription> matches, WildcardTree.View seen) {
        this.subject = subject;
        this.hash = hash;
        // Copied instead of referring to the view, because isCurrent is called for every message.
        this.branch = seen.branch();
        this.branchGeneration = seen.branchGeneration();
        this.root = seen.root();
        this.rootGeneration = seen.rootGeneration();
        this.reserved = isReserved(subject, 0, subject.length);
        this.system = isSystem(subject, 0, subject.length);
        if (matches.size() == 1 && isPlain(matches.getFirst())) {
            // The inbox of a client: most results that are made are for one message.
            this.plain = new Subscription[] {matches.getFirst()};
            this.oneEach = true;
            this.routed = this.queues = NO_GROUPS;
        } else {
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
        }
        this.bytes = OWN_BYTES + subject.length + REFERENCE_BYTES * matches.size()
                + ARRAY_BYTES * (routed.length + queues.length);
    }

    private static boolean isPlain(Subscription sub) {
        return sub.queue == null && sub.receiver.remoteId() == null;
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

    /**
     * Returns whether the result is still valid: no wildcard subscription in its branches has changed, and no literal
     * one.
     */
    boolean isCurrent() {
        return !dropped && branch.generation == branchGeneration && root.generation == rootGeneration;
    }

    /** Returns the number of deliveries that one message causes. */
    public int fanout() {
        return plain.length + routed.length + queues.length;
    }

    public byte[] subject() {
        return subject;
    }

    /** Returns the hash of the subject, spread so that any of its bits can select a slot. */
    public int hash() {
        return hash;
    }

    /** Returns the approximate memory of this result in bytes. */
    public int bytes() {
        return bytes;
    }

    /** Returns the plain subscriptions of this server's own clients. The array must not be changed. */
    public Subscription[] plain() {
        return plain;
    }

    /**
     * Returns one array for each other server, which receives the message once, through the first subscription that
     * accepts it.
     */
    public Subscription[][] routed() {
        return routed;
    }

    /** Returns one array of members for each queue group. */
    public Subscription[][] queues() {
        return queues;
    }

    /**
     * Returns whether no receiver has two of the plain subscriptions, so that several messages can be given to one
     * receiver before the next one.
     */
    public boolean oneEach() {
        return oneEach;
    }

    /** Returns whether the subject is valid and has no wildcards, so that a pedantic client may publish to it. */
    public boolean isLiteral() {
        return Subject.isValidLiteral(subject, 0, subject.length);
    }

    /** Returns whether the subject begins with {@code _SYS.}; clients may not publish to it. */
    public boolean isReserved() {
        return reserved;
    }

    /** Returns whether the subject begins with {@code $SYS.}, which may be reserved for one user. */
    public boolean isSystem() {
        return system;
    }

    /** Returns whether a subject that need not be matched begins with {@code _SYS.}. */
    public static boolean isReserved(byte[] buffer, int start, int length) {
        return Subject.startsWith(buffer, start, length, RESERVED);
    }

    /** Returns whether a subject that need not be matched begins with {@code $SYS.}. */
    public static boolean isSystem(byte[] buffer, int start, int length) {
        return Subject.startsWith(buffer, start, length, SYSTEM);
    }
}
