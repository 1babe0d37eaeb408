package io.jnatsd.monitor;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.time.Instant;

/**
 * {@code /jsz}: JetStream, with its streams and consumers if the parameters ask for them. All is in one account, whose
 * name is {@code $G}. Threads: any thread.
 */
final class Jsz implements JsonView {
    private static final int MOST_STREAMS = 1024;

    private final MonitoredServer watched;

    Jsz(MonitoredServer watched) {
        this.watched = watched;
    }

    @Override
    public void write(Query query, GoJson json) throws IOException, BadQuery {
        JetStreamSource source = watched.jetStream().get();
        json.beginObject().put("server_id", watched.serverId()).put("now", Instant.now());
        if (source == null)
            json.put("disabled", true);
        json.beginObject("config").put("max_memory", source == null ? 0 : watched.options().get().jetStream().maxMemory())
                .put("max_storage", 0).endObject();
        putTotals(json, source == null ? new JsonObject() : source.totals());
        if (source != null)
            putDetails(query, json, source);
        json.endObject();
    }

    private static void putTotals(GoJson json, JsonObject totals) throws IOException {
        for (String figure : new String[] {"memory", "storage", "reserved_memory", "reserved_storage", "accounts", "ha_assets"})
            json.put(figure, number(totals, figure));
        JsonObject api = totals.has("api") ? totals.getAsJsonObject("api") : new JsonObject();
        json.beginObject("api").put("total", number(api, "total")).put("errors", number(api, "errors")).endObject();
        for (String figure : new String[] {"streams", "consumers", "messages", "bytes"})
            json.put(figure, number(totals, figure));
    }

    private static long number(JsonObject from, String name) {
        return from.has(name) ? from.get(name).getAsLong() : 0;
    }

    private void putDetails(Query query, GoJson json, JetStreamSource source) throws IOException, BadQuery {
        boolean consumers = query.flag("consumers"), streams = consumers | query.flag("streams"),
                accounts = streams | query.flag("accounts") | !query.text("acc").isEmpty(), config = query.flag("config");
        if (!accounts)
            return;
        String account = query.text("acc");
        if (!account.isEmpty() && !account.equals(ConnzQuery.ACCOUNT))
            throw new BadQuery("Invalid acc: " + Query.shown(account) + " (allowed: " + ConnzQuery.ACCOUNT + ")");
        int offset = query.number("offset", 0), limit = query.number("limit", MOST_STREAMS);
        JsonObject detail = new JsonObject();
        detail.addProperty("name", ConnzQuery.ACCOUNT);
        detail.addProperty("id", ConnzQuery.ACCOUNT);
        JsonObject totals = source.totals();
        for (String figure : new String[] {"memory", "storage", "reserved_memory", "reserved_storage"})
            detail.addProperty(figure, number(totals, figure));
        detail.add("api", totals.get("api"));
        if (streams)
            detail.add("stream_detail", page(source.streams(consumers, config), offset, limit));
        JsonArray details = new JsonArray();
        details.add(detail);
        json.put("account_details", details);
    }

    private static JsonArray page(JsonArray all, int offset, int limit) {
        JsonArray page = new JsonArray();
        for (int i = Math.max(offset, 0); i < all.size() && page.size() < limit; i++)
            page.add(all.get(i));
        return page;
    }
}
