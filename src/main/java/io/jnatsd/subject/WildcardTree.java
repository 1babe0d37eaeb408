package io.jnatsd.subject;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The wildcard subscriptions, as a trie of tokens. The first token of a pattern selects a branch, which has its own
 * lock and generation. So adding and removing inboxes ({@code _INBOX.x.*}) does not block other subjects and does not
 * invalidate their cached matches. Patterns that begin with a wildcard are in a separate branch, the root, which every
 * match also searches.
 *
 * <p>Threads: any thread; each branch has its own lock.
 */
final class WildcardTree {
    private static final int BRANCHES = 64;

    /** The patterns whose first token hashes to this branch. */
    static final class Branch {
        private final ReentrantLock lock = new ReentrantLock();
        /** Guarded by {@code lock}. */
        private final Level top = new Level();
        /** Number of changes. Written under {@code lock}, read by any thread. */
        volatile long generation;
    }

    /** A node of the trie: all patterns that share the tokens up to here. */
    private static final class Level {
        final Map<String, Level> next = new HashMap<>(4);
        /** Patterns that end at this node. */
        Subscribers here;
        /** Patterns that end with {@code >} after this node, which match one or more further tokens. */
        Subscribers beyond;

        boolean isEmpty() {
            return next.isEmpty() && here == null && beyond == null;
        }
    }

    /** The branches that contain the matches of a subject, with their generations before the search. */
    record View(Branch branch, long branchGeneration, Branch root, long rootGeneration) {
    }

    private final Branch root = new Branch();
    private final Branch[] branches = new Branch[BRANCHES];

    WildcardTree() {
        for (int i = 0; i < BRANCHES; i++)
            branches[i] = new Branch();
    }

    View view(String subject) {
        Branch branch = branch(subject);
        return new View(branch, branch.generation, root, root.generation);
    }

    /** Returns the branch of the patterns that begin with the same token as this subject. */
    private Branch branch(String subject) {
        String first = token(subject, 0);
        int hash = first.hashCode();
        return branches[(hash ^ hash >>> 16) & BRANCHES - 1];
    }

    void insert(Subscription sub) {
        Branch branch = home(sub.subject);
        branch.lock.lock();
        try {
            Level level = branch.top;
            for (int at = 0;;) {
                String token = token(sub.subject, at);
                at += token.length() + 1;
                boolean last = at > sub.subject.length();
                if (last && token.equals(">")) {
                    if (level.beyond == null)
                        level.beyond = new Subscribers();
                    level.beyond.add(sub);
                    break;
                }
                level = level.next.computeIfAbsent(token, t -> new Level());
                if (last) {
                    if (level.here == null)
                        level.here = new Subscribers();
                    level.here.add(sub);
                    break;
                }
            }
            branch.generation++;
        } finally {
            branch.lock.unlock();
        }
    }

    boolean remove(Subscription sub) {
        Branch branch = home(sub.subject);
        branch.lock.lock();
        try {
            if (!remove(branch.top, sub, 0))
                return false;
            branch.generation++;
            return true;
        } finally {
            branch.lock.unlock();
        }
    }

    /** Returns the number of changes so far, each of which has made match results stale. */
    long changes() {
        long changes = root.generation;
        for (Branch branch : branches)
            changes += branch.generation;
        return changes;
    }

    /** Makes the cached matches of this pattern stale. */
    void touch(Subscription sub) {
        Branch branch = home(sub.subject);
        branch.lock.lock();
        try {
            branch.generation++;
        } finally {
            branch.lock.unlock();
        }
    }

    /** Also removes the nodes that have become empty. */
    private static boolean remove(Level level, Subscription sub, int at) {
        String token = token(sub.subject, at);
        int following = at + token.length() + 1;
        boolean last = following > sub.subject.length();
        if (last && token.equals(">")) {
            if (level.beyond == null || !level.beyond.remove(sub))
                return false;
            if (level.beyond.isEmpty())
                level.beyond = null;
            return true;
        }
        Level next = level.next.get(token);
        if (next == null)
            return false;
        if (!last) {
            if (!remove(next, sub, following))
                return false;
        } else {
            if (next.here == null || !next.here.remove(sub))
                return false;
            if (next.here.isEmpty())
                next.here = null;
        }
        if (next.isEmpty())
            level.next.remove(token);
        return true;
    }

    /** Adds the subscriptions whose patterns match a subject. */
    void match(View view, String subject, List<Subscription> matches) {
        match(view.root, subject, matches);
        match(view.branch, subject, matches);
    }

    private static void match(Branch branch, String subject, List<Subscription> matches) {
        branch.lock.lock();
        try {
            match(branch.top, subject, 0, matches);
        } finally {
            branch.lock.unlock();
        }
    }

    private static void match(Level level, String subject, int at, List<Subscription> matches) {
        if (at > subject.length()) {
            if (level.here != null)
                level.here.addTo(matches);
            return;
        }
        if (level.beyond != null)
            level.beyond.addTo(matches);
        if (level.next.isEmpty())
            return;
        String token = token(subject, at);
        int following = at + token.length() + 1;
        Level star = level.next.get("*");
        if (star != null)
            match(star, subject, following, matches);
        Level same = token.equals("*") ? null : level.next.get(token);
        if (same != null)
            match(same, subject, following, matches);
    }

    private Branch home(String pattern) {
        String first = token(pattern, 0);
        return first.equals("*") || first.equals(">") ? root : branch(pattern);
    }

    private static String token(String subject, int at) {
        int dot = subject.indexOf('.', at);
        return subject.substring(at, dot < 0 ? subject.length() : dot);
    }
}
