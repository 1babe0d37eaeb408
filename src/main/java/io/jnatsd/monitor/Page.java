package io.jnatsd.monitor;

import java.io.IOException;

/** What is to be found at a path. Threads: anybody's. */
interface Page {
    void answer(Query query, Response answer) throws IOException, BadQuery;
}
