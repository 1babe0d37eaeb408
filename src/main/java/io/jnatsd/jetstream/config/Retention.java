package io.jnatsd.jetstream.config;

/** When a stream gives up its messages. In JSON, the name in lower case. */
public enum Retention {
    /** Only limits remove messages. */
    LIMITS,
    /** Also removes what every consumer that selects it has acknowledged. */
    INTEREST,
    /** Also removes what was acknowledged. */
    WORKQUEUE
}
