package io.jnatsd.monitor;

import io.jnatsd.client.Client;
import io.jnatsd.delivery.TopSubjects;
import io.jnatsd.protocol.Subject;
import io.jnatsd.subject.SubscriptionIndex;
import io.jnatsd.subject.SubscriptionView;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code /subsz}: the subscriptions, the statistics of the match cache, and the subjects with most traffic. Threads:
 * any thread.
 */
final class Subsz implements JsonView {
    private static final int DEFAULT_LIMIT = 1024;
    private static final int MOST_TOP = 256;

    private final MonitoredServer watched;

    Subsz(MonitoredServer watched) {
        this.watched = watched;
    }

    @Override
    public void write(Query query, GoJson json) throws IOException, BadQuery {
        boolean listed = query.flag("subs");
        String test = testSubject(query.text("test"));
        int limit = query.number("limit", DEFAULT_LIMIT), offset = Math.max(query.number("offset", 0), 0);
        int top = Math.clamp(query.number("top", 0), 0, MOST_TOP);
        if (limit <= 0)
            limit = DEFAULT_LIMIT;
        json.beginObject();
        putStats(json);
        json.put("server_id", watched.serverId()).put("now", Instant.now());
        if (!test.isEmpty())
            putPage(watched.state().subjects.index().matching(test), offset, limit, json);
        else if (listed)
            putAll(offset, limit, json);
        if (top > 0)
            putTop(top, json);
        json.endObject();
    }

    private static String testSubject(String subject) throws BadQuery {
        byte[] bytes = Subject.bytes(subject);
        if (subject.isEmpty() || Subject.isValidLiteral(bytes, 0, bytes.length))
            return subject;
        throw new BadQuery("Invalid test: " + Query.shown(subject) + " (allowed: a subject without wildcards)");
    }

    private void putStats(GoJson json) throws IOException {
        long matches = watched.state().traffic.totals().matches();
        SubscriptionIndex.Stats stats = watched.state().subjects.index().stats();
        // Lookups are counted at the end of a batch, misses at once.
        long lookups = Math.max(matches, stats.misses());
        json.put("num_subscriptions", stats.count()).put("num_cache", stats.cached());
        json.put("num_inserts", stats.inserts()).put("num_removes", stats.removes());
        json.put("num_matches", matches);
        json.put("cache_hit_rate", lookups == 0 ? 0.0 : (lookups - stats.misses()) / (double) lookups);
        json.put("max_fanout", stats.maxFanout()).put("avg_fanout", stats.averageFanout());
    }

    /** The order is arbitrary, but the same for all pages as long as no client connects or disconnects. */
    private void putAll(int offset, int limit, GoJson json) throws IOException {
        List<SubscriptionView> page = new ArrayList<>();
        long total = 0, from = offset, to = from + limit;
        for (Client client : watched.clients().all()) {
            int count = client.stats().subscriptions();
            if (total + count > from && total < to) {
                List<SubscriptionView> subs = client.stats().subscriptionList((int) Math.min(to - total, Integer.MAX_VALUE));
                page.addAll(subs.subList((int) Math.clamp(from - total, 0, subs.size()), subs.size()));
            }
            total += count;
        }
        putPage(page, total, offset, limit, json);
    }

    private static void putPage(List<SubscriptionView> all, int offset, int limit, GoJson json) throws IOException {
        int from = Math.min(offset, all.size()), to = (int) Math.min((long) from + limit, all.size());
        putPage(all.subList(from, to), all.size(), offset, limit, json);
    }

    private static void putPage(List<SubscriptionView> page, long total, int offset, int limit, GoJson json)
            throws IOException {
        json.put("total", total).put("offset", offset).put("limit", limit);
        putDetails("subscriptions_list", page, json);
    }

    static void putDetails(String name, List<SubscriptionView> subs, GoJson json) throws IOException {
        json.beginArray(name);
        for (SubscriptionView sub : subs) {
            json.beginObject().put("account", ConnzQuery.ACCOUNT).put("subject", sub.subject());
            json.putUnlessEmpty("qgroup", sub.queue()).put("sid", sub.sid()).put("msgs", sub.delivered());
            if (sub.max() > 0)
                json.put("max", sub.max());
            json.put("cid", sub.owner()).endObject();
        }
        json.endArray();
    }

    /** Writes null if the server does not measure them. */
    private void putTop(int most, GoJson json) throws IOException {
        TopSubjects top = watched.state().traffic.topSubjects();
        if (top == null) {
            json.putNull("top_subjects");
            return;
        }
        json.beginArray("top_subjects");
        for (TopSubjects.Rate rate : top.busiest(most)) {
            json.beginObject().put("subject", rate.subject());
            json.put("msgs_per_sec", tenths(rate.messages())).put("bytes_per_sec", tenths(rate.bytes())).endObject();
        }
        json.endArray();
    }

    private static double tenths(double value) {
        return Math.round(value * 10) / 10.0;
    }
}
