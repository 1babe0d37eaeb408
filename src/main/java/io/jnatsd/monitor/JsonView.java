package io.jnatsd.monitor;

import java.io.IOException;

/** Writes the JSON of one endpoint. Threads: any thread. */
interface JsonView {
    /** Writes the response. Parameters are checked before anything is written. */
    void write(Query query, GoJson json) throws IOException, BadQuery;
}
