package io.jnatsd.monitor;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** How often each of gnatsd's endpoints has been asked: {@code http_req_stats}. Threads: anybody's. */
final class VisitCounts {
    private final Map<String, LongAdder> counts = new LinkedHashMap<>();

    VisitCounts() {
        // gnatsd: these and no others, in the order of its JSON.
        for (String path : new String[] {"/", "/connz", "/routez", "/subsz", "/varz"})
            counts.put(path, new LongAdder());
    }

    /** Does nothing for a path that is not counted. */
    void add(String path, int visits) {
        LongAdder count = counts.get(path);
        if (count != null)
            count.add(visits);
    }

    Map<String, LongAdder> all() {
        return counts;
    }
}
