package io.jnatsd.jetstream.store;

import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Values by filters, which are found by the subjects that the filters select. The time of a search depends on the
 * tokens of the subject and not on the number of filters. Threads: the actor of the stream.
 *
 * @param <T> what belongs to a filter
 */
public final class FilterIndex<T> {
    private static final byte[] NO_TOKEN = {};

    /** What follows the tokens before. */
    private static final class Node<T> extends TokenTable.Entry {
        final TokenTable<Node<T>> literals = new TokenTable<>();
        /** What follows {@code *}; null for nothing. */
        Node<T> any;
        /** The value of the filter that has {@code >} here; null for none. */
        T rest;
        /** The value of the filter that ends here; null for none. */
        T value;

        Node(byte[] token) {
            super(token);
        }

        boolean isEmpty() {
            return value == null && rest == null && any == null && literals.isEmpty();
        }

        Node<T> child(SubjectFilter filter, int depth) {
            return filter.isAny(depth) ? any : literals.get(filter.token(depth));
        }

        void drop(Node<T> child) {
            if (child == any)
                any = null;
            else
                literals.remove(child);
        }
    }

    private final Node<T> root = new Node<>(NO_TOKEN);

    /** Returns the value of a filter, which is made if it has none. */
    public T getOrAdd(SubjectFilter filter, Supplier<T> maker) {
        Node<T> node = root;
        for (int depth = 0; depth < filter.length(); depth++) {
            if (filter.isRest(depth)) {
                if (node.rest == null)
                    node.rest = maker.get();
                return node.rest;
            }
            Node<T> child = node.child(filter, depth);
            if (child == null) {
                child = new Node<>(filter.token(depth));
                if (filter.isAny(depth))
                    node.any = child;
                else
                    node.literals.add(child);
            }
            node = child;
        }
        if (node.value == null)
            node.value = maker.get();
        return node.value;
    }

    /** Removes the value of a filter. */
    public void remove(SubjectFilter filter) {
        remove(root, filter, 0);
    }

    private static <T> void remove(Node<T> node, SubjectFilter filter, int depth) {
        if (depth == filter.length()) {
            node.value = null;
        } else if (filter.isRest(depth)) {
            node.rest = null;
        } else {
            Node<T> child = node.child(filter, depth);
            if (child == null)
                return;
            remove(child, filter, depth + 1);
            if (child.isEmpty())
                node.drop(child);
        }
    }

    /** Visits the values of all filters that select a subject. The visitor must not change the index. */
    public void forEach(byte[] subject, int start, int length, Consumer<? super T> visitor) {
        visit(root, subject, start, start + length, visitor);
    }

    private static <T> void visit(Node<T> node, byte[] subject, int at, int end, Consumer<? super T> visitor) {
        if (node.rest != null)
            visitor.accept(node.rest);
        if (node.any == null && node.literals.isEmpty())
            return;
        int stop = TokenTable.tokenEnd(subject, at, end);
        if (!node.literals.isEmpty())
            below(node.literals.get(subject, at, stop), subject, stop, end, visitor);
        below(node.any, subject, stop, end, visitor);
    }

    private static <T> void below(Node<T> node, byte[] subject, int stop, int end, Consumer<? super T> visitor) {
        if (node == null)
            return;
        if (stop < end)
            visit(node, subject, stop + 1, end, visitor);
        else if (node.value != null)
            visitor.accept(node.value);
    }
}
