package io.jnatsd.monitor;

import java.io.IOException;

/** Answers the requests for one path. Threads: any thread. */
interface Page {
    void answer(Query query, Response answer) throws IOException, BadQuery;
}
