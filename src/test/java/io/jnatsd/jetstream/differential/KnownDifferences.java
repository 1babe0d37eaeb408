package io.jnatsd.jetstream.differential;

import io.jnatsd.jetstream.differential.Answers.Difference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/**
 * The differences that have a reason. Each line of their file is {@code case | field | nats-server's value | our value |
 * reason}; in all but the reason {@code *} stands for any text. Threads: any thread.
 */
final class KnownDifferences {
    private static final int PARTS = 5;

    /** One line. */
    record Known(String place, List<Pattern> patterns, String reason) {
        boolean allows(String caseName, Difference found) {
            String[] values = {caseName, found.path(), found.theirs(), found.ours()};
            for (int i = 0; i < values.length; i++)
                if (!patterns.get(i).matcher(values[i]).matches())
                    return false;
            return true;
        }

        @Override
        public String toString() {
            return place + ": " + reason;
        }
    }

    private final List<Known> all = new ArrayList<>();
    private final Set<Known> used = ConcurrentHashMap.newKeySet();

    KnownDifferences(Path file) throws IOException {
        int number = 0;
        for (String line : Files.readAllLines(file)) {
            String place = file.getFileName() + ":" + ++number;
            if (line.isBlank() || line.startsWith("#"))
                continue;
            String[] parts = line.split(" \\| ");
            if (parts.length != PARTS)
                throw new IOException(place + ": expected case | field | nats-server's value | our value | reason");
            List<Pattern> patterns = new ArrayList<>();
            for (String part : List.of(parts).subList(0, PARTS - 1))
                patterns.add(Pattern.compile(("\\Q" + part.strip() + "\\E").replace("*", "\\E.*\\Q"), Pattern.DOTALL));
            all.add(new Known(place, patterns, parts[PARTS - 1].strip()));
        }
    }

    /** Returns whether a difference has a reason. */
    boolean allow(String caseName, Difference found) {
        boolean allowed = false;
        for (Known each : all)
            if (each.allows(caseName, found)) {
                used.add(each);
                allowed = true;
            }
        return allowed;
    }

    /** Returns the lines that have allowed nothing yet. */
    List<Known> unused() {
        return all.stream().filter(each -> !used.contains(each)).toList();
    }
}
