package io.jnatsd.monitor;

import io.jnatsd.client.Client;
import io.jnatsd.client.ClientView;
import io.jnatsd.client.ClientView.Identity;
import io.jnatsd.client.ClientView.Traffic;
import io.jnatsd.log.SteadyClock;
import io.jnatsd.subject.SubscriptionView;
import io.jnatsd.text.GoDuration;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** {@code /connz}: the clients. Threads: any thread. */
final class Connz implements JsonView {
    private final MonitoredServer watched;

    Connz(MonitoredServer watched) {
        this.watched = watched;
    }

    @Override
    public void write(Query query, GoJson json) throws IOException, BadQuery {
        ConnzQuery selection = ConnzQuery.of(query);
        Instant now = SteadyClock.systemTime(SteadyClock.millis());
        ConnPage page = new ConnPage(selection.offset(), selection.limit());
        if (selection.state().open())
            offerOpen(selection, page);
        if (selection.state().closed())
            offerClosed(selection, page);
        List<ConnPage.Entry> entries = page.entries();
        json.beginObject().put("now", now);
        json.put("num_connections", entries.size()).put("total", page.total());
        json.put("offset", selection.offset()).put("limit", selection.limit());
        json.beginArray("connections");
        for (ConnPage.Entry entry : entries)
            write(entry, selection, now, json);
        json.endArray().put("server_id", watched.serverId()).endObject();
    }

    private void offerOpen(ConnzQuery selection, ConnPage page) {
        ConnSort sort = selection.sort();
        if (selection.cid() > 0) {
            Client client = watched.clients().get(selection.cid());
            if (client != null && selection.selects(client))
                page.offer(0, client.id(), client);
            return;
        }
        Yielding breath = new Yielding();
        for (Client client : watched.clients().all()) {
            if (selection.selects(client))
                page.offer(sort.descending() ? -sort.of(client) : sort.of(client), client.id(), client);
            breath.step();
        }
    }

    private void offerClosed(ConnzQuery selection, ConnPage page) {
        ConnSort sort = selection.sort();
        for (ClientView client : watched.clients().closed().latest())
            if ((selection.cid() == 0 || selection.cid() == client.id()) && selection.selects(client))
                page.offer(sort.descending() ? -sort.of(client) : sort.of(client), client.id(), client);
    }

    private void write(ConnPage.Entry entry, ConnzQuery selection, Instant now, GoJson json) throws IOException {
        if (entry.client() instanceof Client client) {
            if (selection.measure())
                client.stats().measureRoundTrip();
            ConnSort sort = selection.sort();
            long value = sort.descending() ? -entry.key() : entry.key();
            ClientView view = selection.cid() > 0 ? client.stats().view() : sort.frozen(client.stats().view(), value);
            List<SubscriptionView> subs = selection.subs() == ConnzQuery.Subs.NONE ? List.of()
                    : client.stats().subscriptionList(selection.subsLimit());
            write(view, subs, selection, now, json);
        } else {
            write((ClientView) entry.client(), List.of(), selection, now, json);
        }
    }

    private void write(ClientView c, List<SubscriptionView> subs, ConnzQuery selection, Instant now, GoJson json)
            throws IOException {
        Identity who = c.identity();
        Instant until = c.end() == null ? now : SteadyClock.systemTime(c.end().stopped());
        json.beginObject().put("cid", c.id());
        putAddress(c.address(), json);
        Instant started = SteadyClock.systemTime(c.times().started());
        Instant active = SteadyClock.systemTime(c.times().lastActivity());
        json.put("start", started).put("last_activity", active);
        if (c.end() != null)
            json.put("stop", until).put("reason", c.end().reason().toString());
        json.put("uptime", GoTime.uptime(Duration.between(started, until)));
        json.put("idle", GoTime.uptime(Duration.between(active, until)));
        putTraffic(c, json);
        json.put("subscriptions", c.subscriptions());
        json.putUnlessEmpty("name", who.name()).putUnlessEmpty("lang", who.lang());
        json.putUnlessEmpty("version", who.version());
        if (c.tls() != null)
            json.put("tls_version", c.tls().version()).put("tls_cipher_suite", c.tls().cipherSuite());
        if (selection.auth() && watched.showsUsers())
            json.putUnlessEmpty("authorized_user", who.user());
        if (selection.subs() == ConnzQuery.Subs.SUBJECTS && !subs.isEmpty())
            json.put("subscriptions_list", subs.stream().map(SubscriptionView::subject).toList());
        json.put("kind", "Client").put("type", c.webSocket() ? "websocket" : "nats");
        if (c.times().roundTripNanos() > 0)
            json.put("rtt", GoDuration.format(Duration.ofNanos(c.times().roundTripNanos())));
        if (selection.subs() == ConnzQuery.Subs.DETAIL && !subs.isEmpty())
            Subsz.putDetails("subscriptions_list_detail", subs, json);
        json.endObject();
    }

    /** Writes IPv6 addresses without brackets; empty and 0 if the socket is closed. */
    private static void putAddress(InetSocketAddress address, GoJson json) throws IOException {
        json.put("ip", address == null ? "" : address.getAddress().getHostAddress());
        json.put("port", address == null ? 0 : address.getPort());
    }

    private static void putTraffic(ClientView c, GoJson json) throws IOException {
        Traffic t = c.traffic();
        boolean slow = c.end() != null && c.end().backlog() != null;
        json.put("pending_bytes", slow ? c.end().backlog().pending() : t.pending());
        if (slow)
            json.putUnlessEmpty("slow_subject", c.end().backlog().subject());
        json.put("in_msgs", t.inMessages()).put("out_msgs", t.outMessages());
        json.put("in_bytes", t.inBytes()).put("out_bytes", t.outBytes());
    }
}
