package io.jnatsd.config;

import java.util.List;

/** A reload cannot change an option, because it is fixed while the server runs. */
public final class FixedOptionException extends ConfigException {
    private static final long serialVersionUID = 1;

    private final String option;

    /**
     * @param option the name of the option
     * @param values the old and the new value, for the message
     */
    public FixedOptionException(String option, String values) {
        super(List.of(new Problem("", 0, 0, "Config reload not supported for " + option + ": " + values)));
        this.option = option;
    }

    /** Returns the name of the option, {@code Port}. */
    public String option() {
        return option;
    }
}
