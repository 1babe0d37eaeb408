package io.jnatsd.monitor;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;

/**
 * {@code /healthz}: for probes. What newer servers let them ask about JetStream is accepted and makes no difference.
 * Threads: anybody's.
 */
final class Healthz implements Page, JsonView {
    private final MonitoredServer watched;

    Healthz(MonitoredServer watched) {
        this.watched = watched;
    }

    @Override
    public void answer(Query query, Response answer) throws IOException, BadQuery {
        boolean well = watched.ailment().get().isEmpty();
        StringWriter text = new StringWriter();
        GoJson json = GoJson.compact(text);
        write(query, json);
        json.flush();
        answer.send(well ? 200 : 503, Response.JSON,
                out -> out.write(text.toString().getBytes(StandardCharsets.UTF_8)));
    }

    @Override
    public void write(Query query, GoJson json) throws IOException, BadQuery {
        for (String name : new String[] {"js-enabled-only", "js-enabled", "js-server-only"})
            query.flag(name);
        String ailment = watched.ailment().get();
        json.beginObject().put("status", ailment.isEmpty() ? "ok" : "unavailable");
        json.putUnlessEmpty("error", ailment).endObject();
    }
}
