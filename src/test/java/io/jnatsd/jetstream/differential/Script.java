package io.jnatsd.jetstream.differential;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Reads files of cases. A line {@code == name} begins a case, or {@code == name @timed} one whose answers depend on how
 * soon steps follow each other. Each other line is a step, {@code #} begins a line that is a comment. What the steps are
 * is described at {@link Player}. Threads: stateless.
 */
final class Script {
    private static final String TIMED = " @timed";

    private Script() {
    }

    /**
     * What is played on an empty server.
     *
     * @param timed whether a busy machine can make it fail
     */
    record Case(String name, boolean timed, List<Step> steps) {
        @Override
        public String toString() {
            return name;
        }
    }

    /**
     * One line.
     *
     * @param place file and line
     * @param verb its first word
     * @param rest what follows the first word
     */
    record Step(String place, String verb, String rest) {
        @Override
        public String toString() {
            return place + ": " + verb + " " + rest;
        }
    }

    /** Reads all files of a folder. */
    static List<Case> readAll(Path folder) throws IOException {
        List<Path> files;
        try (var all = Files.list(folder)) {
            files = all.filter(path -> path.toString().endsWith(".txt")).sorted().toList();
        }
        List<Case> cases = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (Path file : files)
            for (Case each : read(file)) {
                if (!names.add(each.name))
                    throw new IOException(file + ": two cases are named " + each.name);
                cases.add(each);
            }
        return cases;
    }

    private static List<Case> read(Path file) throws IOException {
        List<Case> cases = new ArrayList<>();
        int number = 0;
        for (String line : Files.readAllLines(file)) {
            number++;
            String place = file.getFileName() + ":" + number;
            if (line.isBlank() || line.startsWith("#"))
                continue;
            if (line.startsWith("== ")) {
                boolean timed = line.endsWith(TIMED);
                cases.add(new Case(line.substring(3, line.length() - (timed ? TIMED.length() : 0)).strip(), timed, new ArrayList<>()));
                continue;
            }
            if (cases.isEmpty())
                throw new IOException(place + ": a step before the first case");
            cases.getLast().steps.add(step(place, line));
        }
        return cases;
    }

    static Step step(String place, String line) {
        String[] parts = line.split(" ", 2);
        return new Step(place, parts[0], parts.length < 2 ? "" : parts[1]);
    }
}
