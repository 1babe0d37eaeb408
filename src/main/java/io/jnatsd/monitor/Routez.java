package io.jnatsd.monitor;

import io.jnatsd.client.ClientView.Traffic;
import io.jnatsd.connection.Times;
import io.jnatsd.log.SteadyClock;
import io.jnatsd.subject.SubscriptionView;
import io.jnatsd.text.GoDuration;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** {@code /routez}: the routes to other servers. Threads: any thread. */
final class Routez implements JsonView {
    private final MonitoredServer watched;

    Routez(MonitoredServer watched) {
        this.watched = watched;
    }

    @Override
    public void write(Query query, GoJson json) throws IOException, BadQuery {
        ConnzQuery.Subs subs = query.choice("subs", ConnzQuery.Subs.BY_NAME, ConnzQuery.Subs.NONE, "1, 0, detail");
        List<RouteView> routes = watched.routes().get();
        Instant now = SteadyClock.systemTime(SteadyClock.millis());
        json.beginObject().put("now", now).put("num_routes", routes.size()).beginArray("routes");
        for (RouteView route : routes)
            write(route, subs, now, json);
        json.endArray().put("server_id", watched.serverId());
        json.put("server_name", watched.state().info.serverName()).endObject();
    }

    private static void write(RouteView route, ConnzQuery.Subs subs, Instant now, GoJson json) throws IOException {
        Traffic t = route.traffic();
        json.beginObject().put("rid", route.id()).put("remote_id", route.remoteId());
        json.put("did_solicit", route.solicited()).put("is_configured", route.configured());
        json.put("ip", route.ip()).put("port", route.port());
        json.put("pending_size", t.pending());
        json.put("in_msgs", t.inMessages()).put("out_msgs", t.outMessages());
        json.put("in_bytes", t.inBytes()).put("out_bytes", t.outBytes());
        json.put("subscriptions", route.subscriptions());
        List<SubscriptionView> list = subs == ConnzQuery.Subs.NONE ? List.of() : route.subscriptionList().get();
        if (subs == ConnzQuery.Subs.SUBJECTS && !list.isEmpty())
            json.put("subscriptions_list", list.stream().map(SubscriptionView::subject).toList());
        json.putUnlessEmpty("remote_name", route.remoteName());
        putTimes(route.times(), now, json);
        if (subs == ConnzQuery.Subs.DETAIL && !list.isEmpty())
            Subsz.putDetails("subscriptions_list_detail", list, json);
        json.endObject();
    }

    private static void putTimes(Times times, Instant now, GoJson json) throws IOException {
        Instant started = SteadyClock.systemTime(times.started());
        Instant active = SteadyClock.systemTime(times.lastActivity());
        json.put("start", started).put("last_activity", active);
        if (times.roundTripNanos() > 0)
            json.put("rtt", GoDuration.format(Duration.ofNanos(times.roundTripNanos())));
        json.put("uptime", GoTime.uptime(Duration.between(started, now)));
        json.put("idle", GoTime.uptime(Duration.between(active, now)));
    }
}
