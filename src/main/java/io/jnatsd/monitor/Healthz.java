package io.jnatsd.monitor;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * {@code /healthz}: for probes. What newer servers let them ask about JetStream is accepted and makes no difference.
 * Threads: anybody's.
 */
final class Healthz implements Page {
    private static final String WELL = "{\"status\":\"ok\"}";

    private final Watched watched;

    Healthz(Watched watched) {
        this.watched = watched;
    }

    @Override
    public void answer(Query query, Answer answer) throws IOException, BadQuery {
        for (String name : new String[] {"js-enabled-only", "js-enabled", "js-server-only"})
            query.flag(name);
        String ailment = watched.ailment().get();
        String text = ailment.isEmpty() ? WELL : "{\"status\":\"unavailable\",\"error\":\"" + ailment + "\"}";
        answer.send(ailment.isEmpty() ? 200 : 503, Answer.JSON,
                out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
    }
}
