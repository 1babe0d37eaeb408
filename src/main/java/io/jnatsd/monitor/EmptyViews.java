package io.jnatsd.monitor;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * The endpoints of newer servers for features that this server does not have. The responses are empty, in the form that
 * tools expect. Threads: any thread.
 */
final class EmptyViews {
    private final MonitoredServer watched;

    EmptyViews(MonitoredServer watched) {
        this.watched = watched;
    }

    Map<String, JsonView> byName() {
        return Map.of("leafz", this::leafz, "gatewayz", this::gatewayz, "accountz", this::accountz);
    }

    private GoJson begin(GoJson json) throws IOException {
        return json.beginObject().put("server_id", watched.serverId()).put("now", Instant.now());
    }

    private void leafz(Query query, GoJson json) throws IOException {
        begin(json).put("leafnodes", 0).put("leafs", List.of()).endObject();
    }

    private void gatewayz(Query query, GoJson json) throws IOException {
        begin(json).beginObject("outbound_gateways").endObject().beginObject("inbound_gateways").endObject();
        json.endObject();
    }

    /** All clients are in one account, whose name is {@code $G}. */
    private void accountz(Query query, GoJson json) throws IOException, BadQuery {
        String account = query.text("acc");
        if (!account.isEmpty() && !account.equals(ConnzQuery.ACCOUNT))
            throw new BadQuery("Invalid acc: " + Query.shown(account) + " (allowed: " + ConnzQuery.ACCOUNT + ")");
        begin(json);
        if (account.isEmpty()) {
            json.put("accounts", List.of(ConnzQuery.ACCOUNT));
        } else {
            json.beginObject("account_detail").put("account_name", account);
            json.put("expired", false).put("complete", true).put("jetstream_enabled", watched.jetStream().get() != null);
            json.put("leafnode_connections", 0).put("client_connections", watched.clients().count());
            json.put("subscriptions", watched.state().subjects.index().count()).endObject();
        }
        json.endObject();
    }
}
