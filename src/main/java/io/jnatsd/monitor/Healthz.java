package io.jnatsd.monitor;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;

/**
 * {@code /healthz}: the health of the server, for probes. The parameters of newer servers for JetStream are accepted
 * and ignored. Threads: any thread.
 */
final class Healthz implements Page, JsonView {
    private final MonitoredServer watched;

    Healthz(MonitoredServer watched) {
        this.watched = watched;
    }

    @Override
    public void answer(Query query, Response answer) throws IOException, BadQuery {
        boolean well = watched.healthProblem().get().isEmpty();
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
        String problem = watched.healthProblem().get();
        json.beginObject().put("status", problem.isEmpty() ? "ok" : "unavailable");
        json.putUnlessEmpty("error", problem).endObject();
    }
}
