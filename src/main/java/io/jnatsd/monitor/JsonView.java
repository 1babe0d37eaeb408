package io.jnatsd.monitor;

import java.io.IOException;

/** One of the JSON endpoints. Threads: anybody's. */
interface JsonView {
    /** Writes the answer; parameters are looked at before anything is written. */
    void write(Query query, GoJson json) throws IOException, BadQuery;
}
