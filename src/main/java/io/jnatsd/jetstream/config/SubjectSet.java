package io.jnatsd.jetstream.config;

import java.util.HashMap;
import java.util.Map;

/**
 * Subjects with wildcards, in which those are found that have a literal subject in common with another one, without a
 * comparison of each with each. Threads: one.
 */
public final class SubjectSet {
    /** The tokens that may follow; {@code here} is the subject that ends here, null if none does. */
    private static final class Node {
        private Map<String, Node> next = Map.of();
        private String here;

        Node add(String token) {
            if (next.isEmpty())
                next = new HashMap<>();
            return next.computeIfAbsent(token, t -> new Node());
        }
    }

    private final Node root = new Node();

    /** Adds a valid subject. */
    public void add(String subject) {
        Node at = root;
        for (String token : tokens(subject))
            at = at.add(token);
        at.here = subject;
    }

    /** Removes a subject that was added. */
    public void remove(String subject) {
        remove(root, tokens(subject), 0);
    }

    private static void remove(Node at, String[] tokens, int i) {
        if (i == tokens.length) {
            at.here = null;
            return;
        }
        Node next = at.next.get(tokens[i]);
        if (next == null)
            return;
        remove(next, tokens, i + 1);
        if (next.here == null && next.next.isEmpty())
            at.next.remove(tokens[i]);
    }

    private static String[] tokens(String subject) {
        return subject.split("\\.", -1);
    }

    public boolean overlaps(String subject) {
        return find(subject) != null;
    }

    /** Returns a subject that matches something that the given one matches too, null if there is none. */
    public String find(String subject) {
        return find(root, tokens(subject), 0);
    }

    private static String find(Node at, String[] tokens, int i) {
        if (i == tokens.length)
            return at.here;
        String token = tokens[i];
        if (token.equals(">"))
            return any(at);
        Node rest = at.next.get(">");
        if (rest != null)
            return rest.here;
        if (token.equals("*")) {
            for (Node each : at.next.values()) {
                String found = find(each, tokens, i + 1);
                if (found != null)
                    return found;
            }
            return null;
        }
        Node same = at.next.get(token), star = at.next.get("*");
        String found = same == null ? null : find(same, tokens, i + 1);
        return found != null || star == null ? found : find(star, tokens, i + 1);
    }

    /** Returns a subject below a node: all of them have at least one more token. */
    private static String any(Node at) {
        for (Node each : at.next.values()) {
            String found = each.here != null ? each.here : any(each);
            if (found != null)
                return found;
        }
        return null;
    }
}
