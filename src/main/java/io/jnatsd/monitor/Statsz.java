package io.jnatsd.monitor;

import io.jnatsd.connection.ServerState;
import io.jnatsd.delivery.Traffic;
import java.io.IOException;
import java.util.List;

/**
 * The response to {@code $SYS.REQ.SERVER.PING}: a short summary, in the form of newer servers. There is no endpoint for
 * it. Threads: any thread.
 */
final class Statsz implements JsonView {
    private final MonitoredServer watched;
    private final ProcessUsage usage;

    Statsz(MonitoredServer watched, ProcessUsage usage) {
        this.watched = watched;
        this.usage = usage;
    }

    @Override
    public void write(Query query, GoJson json) throws IOException {
        ServerState state = watched.state();
        Traffic.Totals totals = state.traffic.totals();
        List<RouteView> routes = watched.routes().get();
        json.beginObject().put("start", watched.start());
        json.put("mem", usage.residentBytes()).put("cores", Runtime.getRuntime().availableProcessors());
        json.put("cpu", usage.processorPercent());
        json.put("connections", watched.clients().count()).put("total_connections", watched.clients().totalAccepted());
        json.put("active_accounts", 1).put("subscriptions", state.subjects.index().count());
        putMessages("sent", totals.outMessages(), totals.outBytes(), json);
        putMessages("received", totals.inMessages(), totals.inBytes(), json);
        json.put("slow_consumers", state.slowConsumers());
        if (!routes.isEmpty())
            putRoutes(routes, json);
        json.put("active_servers", 1 + routes.stream().map(RouteView::remoteId).distinct().count()).endObject();
    }

    private static void putRoutes(List<RouteView> routes, GoJson json) throws IOException {
        json.beginArray("routes");
        for (RouteView route : routes) {
            json.beginObject().put("rid", route.id()).putUnlessEmpty("name", route.remoteName());
            putMessages("sent", route.traffic().outMessages(), route.traffic().outBytes(), json);
            putMessages("received", route.traffic().inMessages(), route.traffic().inBytes(), json);
            json.put("pending", route.traffic().pending()).endObject();
        }
        json.endArray();
    }

    private static void putMessages(String name, long messages, long bytes, GoJson json) throws IOException {
        json.beginObject(name).put("msgs", messages).put("bytes", bytes).endObject();
    }
}
