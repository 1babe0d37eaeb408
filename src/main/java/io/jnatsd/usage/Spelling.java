package io.jnatsd.usage;

import java.util.Collection;

/** Finds the name that was probably meant when an unknown name is given. Threads: stateless. */
public final class Spelling {
    /** Shorter names are too similar to each other. */
    private static final int SHORTEST = 3;
    private static final int MOST_CHANGES = 3;

    private Spelling() {
    }

    /**
     * Returns the known name that is nearest to an unknown one: a name that differs in case only, or else the first of
     * those with the smallest edit distance. The distance may be at most about a third of the length.
     *
     * @return null if no name is near enough
     */
    public static String nearest(String name, Collection<String> known) {
        for (String candidate : known)
            if (candidate.equalsIgnoreCase(name))
                return candidate;
        if (name.length() < SHORTEST)
            return null;
        String nearest = null;
        int smallest = 1 + Math.min(MOST_CHANGES, (name.length() + 1) / 3);
        for (String candidate : known) {
            if (Math.abs(candidate.length() - name.length()) >= smallest)
                continue;
            int distance = distance(name, candidate);
            if (distance < smallest) {
                smallest = distance;
                nearest = candidate;
            }
        }
        return nearest;
    }

    /** Returns the edit distance of two words: letters inserted, removed, replaced or swapped with the next one. */
    private static int distance(String a, String b) {
        int[] beforePrevious = new int[b.length() + 1];
        int[] previous = new int[b.length() + 1], current = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++)
            previous[j] = j;
        for (int i = 1; i <= a.length(); i++) {
            current[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                current[j] = Math.min(replaced, 1 + Math.min(previous[j], current[j - 1]));
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1))
                    current[j] = Math.min(current[j], beforePrevious[j - 2] + 1);
            }
            int[] oldest = beforePrevious;
            beforePrevious = previous;
            previous = current;
            current = oldest;
        }
        return previous[b.length()];
    }
}
