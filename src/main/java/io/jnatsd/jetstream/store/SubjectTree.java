package io.jnatsd.jetstream.store;

import java.util.Arrays;
import java.util.function.Consumer;

/**
 * The subjects of the messages of a stream, as a tree of tokens. A subject has the number of its messages and the
 * sequences of its first and its last one. A branch has the number of all messages below it, so that a filter such as
 * {@code orders.>} is counted without a visit of each subject.
 *
 * <p>Threads: the actor of the stream.
 */
final class SubjectTree {
    /** A token and what it follows. */
    abstract static sealed class Entry extends TokenTable.Entry {
        /** Null for the root. */
        final Branch parent;

        Entry(byte[] token, Branch parent) {
            super(token);
            this.parent = parent;
        }
    }

    /** A subject that has messages. */
    static final class StoredSubject extends Entry {
        long first;
        long last;
        int count;

        StoredSubject(byte[] token, Branch parent) {
            super(token, parent);
        }

        /** Returns the number of tokens. */
        int depth() {
            int depth = 1;
            for (Branch branch = parent; branch.parent != null; branch = branch.parent)
                depth++;
            return depth;
        }

        /** Returns the number of bytes of the subject. */
        int length() {
            int length = token.length;
            for (Branch branch = parent; branch.parent != null; branch = branch.parent)
                length += branch.token.length + 1;
            return length;
        }

        /** Writes the subject, which has {@link #length} bytes, before an index. */
        void copyTo(byte[] to, int end) {
            int at = end - token.length;
            System.arraycopy(token, 0, to, at, token.length);
            for (Branch branch = parent; branch.parent != null; branch = branch.parent) {
                to[--at] = '.';
                at -= branch.token.length;
                System.arraycopy(branch.token, 0, to, at, branch.token.length);
            }
        }
    }

    /** The tokens before further tokens. */
    static final class Branch extends Entry {
        final TokenTable<StoredSubject> subjects = new TokenTable<>();
        final TokenTable<Branch> branches = new TokenTable<>();
        /** Messages of all subjects below. */
        long messages;
        /** Messages of the subjects that end one token below. */
        long direct;

        Branch(byte[] token, Branch parent) {
            super(token, parent);
        }

        boolean isEmpty() {
            return subjects.isEmpty() && branches.isEmpty();
        }
    }

    private final Branch root = new Branch(new byte[0], null);
    private int subjects;

    /** Returns the number of subjects that have messages. */
    int subjects() {
        return subjects;
    }

    /** Returns a subject, or null if it has no messages. */
    StoredSubject get(byte[] subject, int start, int length) {
        Branch branch = root;
        for (int at = start, end = start + length;;) {
            int stop = TokenTable.tokenEnd(subject, at, end);
            if (stop == end)
                return branch.subjects.get(subject, at, stop);
            branch = branch.branches.get(subject, at, stop);
            if (branch == null)
                return null;
            at = stop + 1;
        }
    }

    /** Returns the subject that a filter without wildcards selects, or null if it has no messages. */
    StoredSubject get(SubjectFilter literal) {
        Branch branch = root;
        int last = literal.length() - 1;
        for (int depth = 0; branch != null && depth < last; depth++)
            branch = branch.branches.get(literal.token(depth));
        return branch == null ? null : branch.subjects.get(literal.token(last));
    }

    /** Returns a subject, which is added if it has no messages yet. The caller adds a message to it. */
    StoredSubject getOrAdd(byte[] subject, int start, int length) {
        Branch branch = root;
        for (int at = start, end = start + length;;) {
            int stop = TokenTable.tokenEnd(subject, at, end);
            if (stop == end) {
                StoredSubject found = branch.subjects.get(subject, at, stop);
                return found != null ? found : addSubject(branch, Arrays.copyOfRange(subject, at, stop));
            }
            Branch next = branch.branches.get(subject, at, stop);
            if (next == null) {
                next = new Branch(Arrays.copyOfRange(subject, at, stop), branch);
                branch.branches.add(next);
            }
            branch = next;
            at = stop + 1;
        }
    }

    private StoredSubject addSubject(Branch branch, byte[] token) {
        StoredSubject added = new StoredSubject(token, branch);
        branch.subjects.add(added);
        subjects++;
        return added;
    }

    /** Changes the number of messages of a subject by 1 or -1. A subject without messages is removed. */
    void count(StoredSubject subject, int change) {
        subject.count += change;
        subject.parent.direct += change;
        for (Branch branch = subject.parent; branch != null; branch = branch.parent)
            branch.messages += change;
        if (subject.count == 0)
            remove(subject);
    }

    private void remove(StoredSubject subject) {
        subjects--;
        Branch branch = subject.parent;
        branch.subjects.remove(subject);
        while (branch.isEmpty() && branch.parent != null) {
            branch.parent.branches.remove(branch);
            branch = branch.parent;
        }
    }

    /** Returns the number of messages that a filter selects. */
    long count(SubjectFilter filter) {
        return count(root, filter, 0);
    }

    private static long count(Branch branch, SubjectFilter filter, int depth) {
        if (filter.isRest(depth))
            return branch.messages;
        boolean any = filter.isAny(depth);
        byte[] token = filter.token(depth);
        if (depth == filter.length() - 1) {
            if (any)
                return branch.direct;
            StoredSubject subject = branch.subjects.get(token);
            return subject == null ? 0 : subject.count;
        }
        if (!any) {
            Branch next = branch.branches.get(token);
            return next == null ? 0 : count(next, filter, depth + 1);
        }
        long[] sum = {0};
        branch.branches.forEach(next -> sum[0] += count(next, filter, depth + 1));
        return sum[0];
    }

    /** Visits the subjects that a filter selects, in no particular order. The visitor must not change the tree. */
    void forEach(SubjectFilter filter, Consumer<StoredSubject> visitor) {
        visit(root, filter, 0, visitor);
    }

    private static void visit(Branch branch, SubjectFilter filter, int depth, Consumer<StoredSubject> visitor) {
        boolean rest = filter.isRest(depth), all = rest || filter.isAny(depth);
        byte[] token = filter.token(depth);
        if (rest || depth == filter.length() - 1) {
            if (all)
                branch.subjects.forEach(visitor);
            else if (branch.subjects.get(token) instanceof StoredSubject subject)
                visitor.accept(subject);
        }
        if (!rest && depth == filter.length() - 1)
            return;
        int below = rest ? depth : depth + 1;
        if (all)
            branch.branches.forEach(next -> visit(next, filter, below, visitor));
        else if (branch.branches.get(token) instanceof Branch next)
            visit(next, filter, below, visitor);
    }
}
