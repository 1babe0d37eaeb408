package io.jnatsd.monitor;

import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** The JSON views of the server, for the monitoring port and for the system user. Threads: any thread. */
public final class Views {
    private final MonitoredServer watched;
    private final RequestCounts requestCounts = new RequestCounts();
    private final ProcessUsage usage = new ProcessUsage();
    private final Map<String, JsonView> byName = new LinkedHashMap<>();

    public Views(MonitoredServer watched) {
        this.watched = watched;
        byName.put("varz", new Varz(watched, usage, requestCounts));
        byName.put("connz", new Connz(watched));
        byName.put("routez", new Routez(watched));
        byName.put("subsz", new Subsz(watched));
        byName.put("healthz", new Healthz(watched));
        byName.put("jsz", new Jsz(watched));
        byName.putAll(new EmptyViews(watched).byName());
    }

    /** Returns the names: {@code varz}, {@code connz} and so on. */
    public Set<String> names() {
        return byName.keySet();
    }

    /**
     * Returns one view, without line breaks.
     *
     * @param parameters as in a request to the monitoring port; unknown ones are ignored
     */
    public String json(String name, Map<String, String> parameters) throws BadQuery {
        return text(byName.get(name), Query.of(parameters));
    }

    /** Returns the short summary that newer servers publish. */
    public String statistics() {
        try {
            return text(new Statsz(watched, usage), Query.of(Map.of()));
        } catch (BadQuery e) {
            throw new AssertionError(e);
        }
    }

    private static String text(JsonView view, Query query) throws BadQuery {
        StringWriter text = new StringWriter(1024);
        try {
            GoJson json = GoJson.compact(text);
            view.write(query, json);
            json.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    JsonView get(String name) {
        return byName.get(name);
    }

    MonitoredServer watched() {
        return watched;
    }

    RequestCounts requestCounts() {
        return requestCounts;
    }
}
