package io.jnatsd.config;

import java.util.List;
import java.util.stream.Collectors;

/**
 * A configuration cannot be used. Checked, because the caller must decide how to continue: a reload keeps
 * the options it has.
 */
public class ConfigException extends Exception {
    private final List<Problem> problems;

    public ConfigException(List<Problem> problems) {
        super(problems.stream().map(Problem::toString).collect(Collectors.joining("\n")));
        this.problems = List.copyOf(problems);
    }

    /** All that was found, in the order of the file; the message has one line for each. */
    public List<Problem> problems() {
        return problems;
    }
}
