package io.jnatsd.monitor;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** The number of requests for each of gnatsd's endpoints: {@code http_req_stats}. Threads: any thread. */
final class RequestCounts {
    private final Map<String, LongAdder> counts = new LinkedHashMap<>();

    RequestCounts() {
        // gnatsd 1.0 counts these endpoints only, in this order; so does this server.
        for (String path : new String[] {"/", "/connz", "/routez", "/subsz", "/varz"})
            counts.put(path, new LongAdder());
    }

    /** Does nothing for a path that is not counted. */
    void add(String path, int requests) {
        LongAdder count = counts.get(path);
        if (count != null)
            count.add(requests);
    }

    Map<String, LongAdder> all() {
        return counts;
    }
}
