package io.jnatsd.monitor;

import com.google.gson.JsonObject;
import io.jnatsd.config.ServerOptions.JetStreamLimits;
import io.jnatsd.config.ServerOptions.JetStreamOptions;
import io.jnatsd.monitor.JetStreamSource.Detail;
import io.jnatsd.monitor.JetStreamSource.StreamSort;
import java.io.IOException;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * {@code /jsz}: JetStream, with its streams and consumers if the parameters ask for them. All is in one account, whose
 * name is {@code $G}. As in nats-server, {@code offset} and {@code limit} count accounts; those for streams and consumers
 * are of jnatsd. Threads: any thread.
 */
final class Jsz implements JsonView {
    private static final Map<String, StreamSort> SORTS = sorts();
    /** The figures of JetStream as a whole, in the order of nats-server. */
    private static final List<String> USAGE = List.of("memory", "storage", "reserved_memory", "reserved_storage");

    private final MonitoredServer watched;

    Jsz(MonitoredServer watched) {
        this.watched = watched;
    }

    private static Map<String, StreamSort> sorts() {
        Map<String, StreamSort> names = new LinkedHashMap<>();
        Arrays.stream(StreamSort.values()).forEach(sort -> names.put(sort.name().toLowerCase(Locale.ROOT), sort));
        return names;
    }

    /**
     * The parameters.
     *
     * @param stream the name of the only stream to show, empty for all
     */
    private record Selection(boolean account, boolean streams, String stream, String filter, StreamSort sort, int offset,
            int limit, Detail detail) {
        static Selection of(Query query) throws BadQuery {
            query.flag("leader-only");
            query.flag("raft");
            String stream = query.text("stream");
            boolean consumers = query.flag("consumers");
            boolean streams = consumers | query.flag("streams") | !stream.isEmpty();
            String account = query.text("acc");
            boolean shown = account.isEmpty() ? (streams | query.flag("accounts")) && isFirstPage(query)
                    : account.equals(ConnzQuery.ACCOUNT);
            return new Selection(shown, streams, stream, query.text("filter").toLowerCase(Locale.ROOT),
                    query.choice("sort", SORTS, StreamSort.NAME, String.join(", ", SORTS.keySet())),
                    Math.max(query.number("stream_offset", 0), 0), limit(query, "stream_limit"),
                    new Detail(query.flag("config"), consumers, Math.max(query.number("consumer_offset", 0), 0),
                            limit(query, "consumer_limit")));
        }

        /** Returns whether a page of accounts has the first one, which is the only one. */
        private static boolean isFirstPage(Query query) throws BadQuery {
            query.number("limit", 0);
            return query.number("offset", 0) <= 0;
        }

        private static int limit(Query query, String name) throws BadQuery {
            int limit = query.number(name, 0);
            return limit > 0 ? limit : Integer.MAX_VALUE;
        }
    }

    @Override
    public void write(Query query, GoJson json) throws IOException, BadQuery {
        Selection selection = Selection.of(query);
        JetStreamSource source = watched.jetStream().get();
        json.beginObject().put("server_id", watched.serverId()).put("now", Instant.now());
        if (source == null)
            json.put("disabled", true);
        putConfig(json, watched.options().get().jetStream(), source);
        JsonObject totals = source == null ? new JsonObject() : source.totals();
        putUsage(json, totals, number(totals, "accounts"));
        for (String figure : List.of("streams", "consumers", "messages", "bytes"))
            json.put(figure, number(totals, figure));
        if (source != null)
            putLimits(json, watched.options().get().jetStream().limits());
        if (source != null && selection.account) {
            json.beginArray("account_details").beginObject();
            json.put("name", ConnzQuery.ACCOUNT).put("id", ConnzQuery.ACCOUNT);
            putUsage(json, totals, 0);
            if (selection.streams)
                putStreams(json, source, selection);
            json.endObject().endArray();
        }
        json.endObject();
    }

    /** Writes what is configured. */
    static void putConfig(GoJson json, JetStreamOptions o, JetStreamSource source) throws IOException {
        JetStreamSource.Files files = source == null ? null : source.files();
        json.beginObject("config").put("max_memory", o.enabled() ? o.maxMemory() : 0).put("max_storage", files == null ? 0 : files.most());
        if (files != null)
            json.put("store_dir", o.files().storeDir().resolve("jetstream").toString())
                    .put("sync_interval", o.files().syncInterval().toNanos());
        if (!o.domain().isEmpty())
            json.put("domain", o.domain());
        json.endObject();
    }

    /** Writes the limits for streams and consumers, if there are any. */
    static void putLimits(GoJson json, JetStreamLimits limits) throws IOException {
        if (limits.maxAckPending() == 0 && limits.maxRequestBatch() == 0 && limits.duplicateWindow().isZero())
            return;
        json.beginObject("limits").put("max_ack_pending", limits.maxAckPending()).put("max_request_batch", limits.maxRequestBatch())
                .put("duplicate_window", limits.duplicateWindow().toNanos()).endObject();
    }

    private static void putUsage(GoJson json, JsonObject totals, long accounts) throws IOException {
        for (String figure : USAGE)
            json.put(figure, number(totals, figure));
        json.put("accounts", accounts).put("ha_assets", 0);
        JsonObject api = totals.has("api") ? totals.getAsJsonObject("api") : new JsonObject();
        json.beginObject("api").put("total", number(api, "total")).put("errors", number(api, "errors")).endObject();
    }

    private static long number(JsonObject from, String name) {
        return from.has(name) ? from.get(name).getAsLong() : 0;
    }

    /** Writes one stream after the other, so that the memory for a response does not grow with their number. */
    private static void putStreams(GoJson json, JetStreamSource source, Selection selection) throws IOException {
        List<String> names = selection.stream.isEmpty() ? source.streams(selection.filter, selection.sort)
                : List.of(selection.stream);
        int from = Math.min(selection.offset, names.size()), to = from + Math.min(selection.limit, names.size() - from);
        int total = names.size();
        boolean any = false;
        for (String name : names.subList(from, to)) {
            JsonObject stream = source.stream(name, selection.detail);
            if (stream == null) {
                total--;
                continue;
            }
            if (!any)
                json.beginArray("stream_detail");
            any = true;
            json.add(stream);
        }
        if (any)
            json.endArray();
        json.put("stream_total", total);
    }
}
