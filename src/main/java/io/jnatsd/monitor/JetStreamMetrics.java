package io.jnatsd.monitor;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.jnatsd.monitor.JetStreamSource.Detail;
import io.jnatsd.monitor.JetStreamSource.StreamSort;
import io.jnatsd.monitor.PrometheusText.Kind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The metrics of streams and consumers. Those with {@code jetstream_} have the names and labels of the official exporter,
 * so that existing dashboards work; a label that would be empty is left out. At most {@link #MOST} streams and as many
 * consumers have samples of their own, the first by name; the others are summed. Threads: the thread of the response.
 */
final class JetStreamMetrics {
    static final int MOST = 1000;
    /** In place of a name: the sum over the others. */
    private static final String OTHERS = "(others)";

    private final MonitoredServer watched;
    private final JetStreamSource source;
    private final Map<String, Long> states = new LinkedHashMap<>();
    private final Samples streams = new Samples("jetstream_stream_", "total_messages", "messages", "total_bytes", "bytes",
            "first_seq", "first_seq", "last_seq", "last_seq", "consumer_count", "consumer_count");
    private final Samples consumers = new Samples("jetstream_consumer_", "delivered_consumer_seq", "delivered.consumer_seq",
            "delivered_stream_seq", "delivered.stream_seq", "ack_floor_consumer_seq", "ack_floor.consumer_seq",
            "ack_floor_stream_seq", "ack_floor.stream_seq", "num_ack_pending", "num_ack_pending", "num_redelivered",
            "num_redelivered", "num_waiting", "num_waiting", "num_pending", "num_pending");

    private JetStreamMetrics(MonitoredServer watched, JetStreamSource source) {
        this.watched = watched;
        this.source = source;
    }

    /** Writes nothing if there is no JetStream. */
    static void put(MonitoredServer watched, PrometheusText text) {
        JetStreamSource source = watched.jetStream().get();
        if (source != null)
            new JetStreamMetrics(watched, source).put(text);
    }

    private void put(PrometheusText text) {
        putServer(text);
        for (String state : source.deliveryStates())
            states.put(state, 0L);
        JsonObject otherStreams = new JsonObject(), otherConsumers = new JsonObject();
        for (String name : source.streams("", StreamSort.NAME)) {
            JsonObject stream = source.stream(name, new Detail(true, true, 0, MOST - consumers.count()));
            if (stream != null)
                take(stream, otherStreams, otherConsumers);
        }
        if (!otherStreams.isEmpty())
            streams.add(otherStreams, "server_name", serverName(), "account", ConnzQuery.ACCOUNT, "stream_name", OTHERS);
        if (!otherConsumers.isEmpty())
            consumers.add(otherConsumers, "server_name", serverName(), "account", ConnzQuery.ACCOUNT, "stream_name", OTHERS,
                    "consumer_name", OTHERS);
        streams.put(text);
        consumers.put(text);
        text.metric("jnatsd_jetstream_consumers", Kind.GAUGE, "Consumers by what they do or wait for");
        states.forEach((state, count) -> text.sample(count, "state", state));
    }

    private void putServer(PrometheusText text) {
        JsonObject totals = source.totals(), api = totals.getAsJsonObject("api");
        server(text, "jetstream_disabled", "1 if JetStream is off", 0);
        server(text, "max_memory", "Limit of the memory of all streams", watched.options().get().jetStream().maxMemory());
        JetStreamSource.Files files = source.files();
        server(text, "max_storage", "Limit of the files of all streams", files == null ? 0 : files.most());
        server(text, "total_streams", "Streams", number(totals, "streams"));
        server(text, "total_consumers", "Consumers", number(totals, "consumers"));
        server(text, "total_messages", "Messages in all streams", number(totals, "messages"));
        server(text, "total_message_bytes", "Bytes in all streams", number(totals, "bytes"));
        text.metric("jnatsd_jetstream_memory_bytes", Kind.GAUGE, "Memory of all streams").sample(number(totals, "memory"));
        text.metric("jnatsd_jetstream_reserved_memory_bytes", Kind.GAUGE, "Memory reserved by streams with max_bytes").sample(
                number(totals, "reserved_memory"));
        if (files != null)
            put(text, files, number(totals, "storage"));
        text.metric("jnatsd_jetstream_api_requests_total", Kind.COUNTER, "Requests to the API of JetStream").sample(
                number(api, "total"));
        text.metric("jnatsd_jetstream_api_errors_total", Kind.COUNTER, "Requests answered with an error").sample(
                number(api, "errors"));
    }

    private static void put(PrometheusText text, JetStreamSource.Files files, long bytes) {
        text.metric("jnatsd_jetstream_file_bytes", Kind.GAUGE, "Bytes of the files of all streams").sample(bytes);
        text.metric("jnatsd_jetstream_segments", Kind.GAUGE, "Files with messages").sample(files.segments());
        text.metric("jnatsd_jetstream_failed_streams", Kind.GAUGE, "Streams that could not be opened").sample(files.failed().size());
        text.metric("jnatsd_jetstream_lost_messages_total", Kind.COUNTER, "Messages that were damaged").sample(files.lost());
        text.metric("jnatsd_jetstream_forced_total", Kind.COUNTER, "How often the files of a stream were forced to the disk").sample(
                files.forced());
        text.metric("jnatsd_jetstream_forced_seconds_total", Kind.COUNTER, "Time that this took").sample(files.forcedSeconds());
    }

    private void server(PrometheusText text, String name, String help, long value) {
        text.metric("jetstream_server_" + name, Kind.GAUGE, help).sample(value, "server_name", serverName(), "is_meta_leader",
                "true");
    }

    private String serverName() {
        return watched.state().info.serverName();
    }

    private void take(JsonObject stream, JsonObject otherStreams, JsonObject otherConsumers) {
        List<String> labels = List.of("server_name", serverName(), "is_meta_leader", "true", "account", ConnzQuery.ACCOUNT,
                "account_id", ConnzQuery.ACCOUNT, "stream_name", stream.get("name").getAsString(), "stream_leader", serverName(),
                "is_stream_leader", "true");
        JsonObject state = stream.getAsJsonObject("state");
        if (streams.count() < MOST)
            streams.add(state, labels.toArray(String[]::new));
        else
            sum(state, List.of("messages", "bytes", "consumer_count"), otherStreams);
        if (!stream.has("consumer_detail"))
            return;
        for (JsonElement each : stream.getAsJsonArray("consumer_detail"))
            take(each.getAsJsonObject(), labels);
        if (stream.has("other_consumers"))
            sum(stream.getAsJsonObject("other_consumers"), List.of("num_ack_pending", "num_redelivered", "num_waiting",
                    "num_pending"), otherConsumers);
        for (Map.Entry<String, JsonElement> count : stream.getAsJsonObject("consumer_states").entrySet())
            states.merge(count.getKey(), count.getValue().getAsLong(), Long::sum);
    }

    private void take(JsonObject consumer, List<String> streamLabels) {
        List<String> labels = new ArrayList<>(streamLabels);
        labels.addAll(List.of("consumer_name", consumer.get("name").getAsString(), "consumer_leader", serverName(),
                "is_consumer_leader", "true"));
        if (consumer.getAsJsonObject("config").has("description"))
            labels.addAll(List.of("consumer_desc", consumer.getAsJsonObject("config").get("description").getAsString()));
        consumers.add(consumer, labels.toArray(String[]::new));
    }

    private static void sum(JsonObject from, List<String> figures, JsonObject to) {
        for (String figure : figures)
            to.addProperty(figure, number(to, figure) + number(from, figure));
    }

    private static long number(JsonObject from, String name) {
        return from.has(name) ? from.get(name).getAsLong() : 0;
    }

    /** The samples of several metrics, which have the same labels and which the format wants metric by metric. */
    private static final class Samples {
        private final String prefix;
        private final String[] metrics;
        private final List<String[]> labels = new ArrayList<>();
        /** For each sample the values of all metrics; NaN for one that does not exist. */
        private final List<double[]> values = new ArrayList<>();

        /** @param metrics the name of each metric, and where its value is in JSON */
        Samples(String prefix, String... metrics) {
            this.prefix = prefix;
            this.metrics = metrics;
        }

        int count() {
            return labels.size();
        }

        void add(JsonObject from, String... sampleLabels) {
            double[] all = new double[metrics.length / 2];
            for (int i = 0; i < all.length; i++) {
                String path = metrics[2 * i + 1];
                int dot = path.indexOf('.');
                JsonObject at = dot < 0 ? from : from.getAsJsonObject(path.substring(0, dot));
                JsonElement value = at == null ? null : at.get(path.substring(dot + 1));
                all[i] = value == null ? Double.NaN : value.getAsDouble();
            }
            labels.add(sampleLabels);
            values.add(all);
        }

        void put(PrometheusText text) {
            for (int i = 0; i < metrics.length / 2; i++) {
                text.metric(prefix + metrics[2 * i], Kind.GAUGE, metrics[2 * i].replace('_', ' '));
                for (int at = 0; at < labels.size(); at++)
                    if (!Double.isNaN(values.get(at)[i]))
                        text.sample(values.get(at)[i], labels.get(at));
            }
        }
    }
}
