package io.jnatsd.config;

import java.util.ArrayList;
import java.util.List;

/**
 * Collects what is wrong while a configuration is parsed and read, so that one run shows several mistakes. Threads:
 * one.
 */
final class Problems {
    /** More would only scroll the first, most telling ones away. */
    static final int MAX_ERRORS = 20;
    private static final int MAX_WARNINGS = 100;

    private final List<Problem> errors = new ArrayList<>();
    private final List<Problem> warnings = new ArrayList<>();

    void error(Problem problem) {
        if (!full())
            errors.add(problem);
    }

    void error(Place at, String text) {
        if (!full())
            error(at.problem(text));
    }

    void warn(Place at, String text) {
        if (wantsWarnings())
            warnings.add(at.problem(text));
    }

    /** Whether one more would be kept. */
    boolean wantsWarnings() {
        return warnings.size() < MAX_WARNINGS;
    }

    boolean full() {
        return errors.size() >= MAX_ERRORS;
    }

    boolean isEmpty() {
        return errors.isEmpty();
    }

    Problem first() {
        return errors.getFirst();
    }

    List<Problem> warnings() {
        return List.copyOf(warnings);
    }

    void throwIfAny() throws ConfigException {
        if (!errors.isEmpty())
            throw new ConfigException(errors);
    }
}
