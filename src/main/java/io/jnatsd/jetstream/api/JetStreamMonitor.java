package io.jnatsd.jetstream.api;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.jnatsd.jetstream.config.JetStreamException;
import io.jnatsd.jetstream.config.StreamConfig.Storage;
import io.jnatsd.jetstream.consumer.Consumer;
import io.jnatsd.jetstream.consumer.DeliveryState;
import io.jnatsd.jetstream.stream.Environment;
import io.jnatsd.jetstream.stream.Stream;
import io.jnatsd.jetstream.stream.StreamFigures;
import io.jnatsd.monitor.JetStreamSource;
import io.jnatsd.protocol.Arguments;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** What the monitor shows of JetStream (JetStream: monitoring). Threads: any thread. */
final class JetStreamMonitor implements JetStreamSource {
    private final Streams streams;
    private final Environment environment;
    private final LongAdder requests = new LongAdder();
    private final LongAdder errors = new LongAdder();

    JetStreamMonitor(Streams streams, Environment environment) {
        this.streams = streams;
        this.environment = environment;
    }

    void countRequest() {
        requests.increment();
    }

    /** A request was answered with an error. */
    void countError() {
        errors.increment();
    }

    @Override
    public JsonObject totals() {
        long count = 0, consumers = 0, messages = 0, bytes = 0;
        for (Stream stream : streams.all()) {
            StreamFigures figures = stream.figures();
            count++;
            consumers += figures.consumers();
            messages += figures.messages();
            bytes += figures.bytes();
        }
        JsonObject totals = usage();
        totals.addProperty("accounts", 1);
        totals.addProperty("ha_assets", 0);
        JsonObject api = new JsonObject();
        api.addProperty("total", requests.sum());
        api.addProperty("errors", errors.sum());
        totals.add("api", api);
        totals.addProperty("streams", count);
        totals.addProperty("consumers", consumers);
        totals.addProperty("messages", messages);
        totals.addProperty("bytes", bytes);
        return totals;
    }

    JsonObject usage() {
        JsonObject usage = new JsonObject();
        usage.addProperty("memory", environment.memory().used());
        usage.addProperty("storage", environment.files().used());
        usage.addProperty("reserved_memory", environment.memory().reserved());
        usage.addProperty("reserved_storage", environment.files().reserved());
        return usage;
    }

    /** Returns what the messages of all streams take, by the storage that the streams ask for. */
    JsonObject account() {
        JsonObject account = new JsonObject();
        for (Storage storage : Storage.values()) {
            String name = storage == Storage.FILE ? "storage" : "memory";
            account.addProperty(name, streams.matching(config -> config.storage() == storage).stream()
                    .mapToLong(stream -> stream.figures().bytes()).sum());
            account.addProperty("reserved_" + name, streams.reserved(storage));
        }
        return account;
    }

    /** A stream with the figure that it is sorted by. The figure is read once, since it changes. */
    private record Sorted(String name, long figure) {
    }

    @Override
    public Files files() {
        StreamFiles files = streams.files();
        if (files == null)
            return null;
        long segments = 0, lost = 0;
        for (Stream stream : streams.all()) {
            segments += stream.figures().segments();
            lost += stream.figures().lost();
        }
        return new Files(environment.files().most(), files.failed(), segments, lost, files.sync().count(), files.sync().seconds());
    }

    @Override
    public List<String> streams(String filter, StreamSort sort) {
        return streams.matching(config -> filter.isEmpty() || contains(config.name(), filter)
                || config.captured().stream().anyMatch(subject -> contains(subject, filter))).stream()
                .map(stream -> new Sorted(Arguments.text(stream.name()), figure(stream.figures(), sort)))
                .sorted(Comparator.comparingLong(Sorted::figure).reversed().thenComparing(Sorted::name)).map(Sorted::name).toList();
    }

    private static boolean contains(String text, String filter) {
        return Arguments.text(text).toLowerCase(Locale.ROOT).contains(filter);
    }

    private static long figure(StreamFigures figures, StreamSort sort) {
        return switch (sort) {
            case NAME -> 0;
            case MESSAGES -> figures.messages();
            case BYTES -> figures.bytes();
            case CONSUMERS -> figures.consumers();
            case LAST_SEQ -> figures.lastSequence();
        };
    }

    @Override
    public JsonObject stream(String name, Detail detail) {
        JsonObject json = call(name, stream -> json(stream, detail));
        return json == null ? null : Json.text(json);
    }

    @Override
    public boolean has(String stream, String consumer) {
        return Boolean.TRUE.equals(call(stream, s -> consumer.isEmpty() || s.consumers().get(Arguments.chars(consumer)) != null));
    }

    /** Returns what the actor of a stream returns; null if there is no such stream, or the thread was interrupted. */
    private <T> T call(String name, Stream.Task<T> task) {
        Stream stream = streams.find(Arguments.chars(name));
        try {
            return stream == null ? null : stream.call(task);
        } catch (JetStreamException e) {
            // The stream has just been deleted.
            return null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        }
    }

    @Override
    public List<String> deliveryStates() {
        return Arrays.stream(DeliveryState.Kind.values()).map(DeliveryState.Kind::toString).toList();
    }

    /** Called by the actor of the stream. */
    private JsonObject json(Stream stream, Detail detail) {
        JsonObject info = Json.object(StreamInfo.of(stream, streams.server(), null, false)), json = new JsonObject();
        json.addProperty("name", stream.name());
        json.add("created", info.get("created"));
        json.add("cluster", info.get("cluster"));
        if (detail.config())
            json.add("config", info.get("config"));
        json.add("state", info.get("state"));
        if (detail.consumers() && !stream.consumers().all().isEmpty())
            putConsumers(stream, detail, json);
        return json;
    }

    private void putConsumers(Stream stream, Detail detail, JsonObject json) {
        List<Consumer> all = new ArrayList<>(stream.consumers().all());
        all.removeIf(consumer -> consumer.config().isDirect());
        all.sort(Comparator.comparing(consumer -> consumer.config().name()));
        Map<DeliveryState.Kind, Integer> states = new EnumMap<>(DeliveryState.Kind.class);
        JsonArray details = new JsonArray();
        Others others = new Others();
        for (int i = 0; i < all.size(); i++) {
            Consumer consumer = all.get(i);
            DeliveryState state = consumer.deliveryState();
            states.merge(state.kind(), 1, Integer::sum);
            if (i >= detail.offset() && i - detail.offset() < detail.limit())
                details.add(json(stream, consumer, state, detail.config()));
            else
                others.add(consumer);
        }
        json.add("consumer_detail", details);
        JsonObject counts = new JsonObject();
        states.forEach((kind, count) -> counts.addProperty(kind.toString(), count));
        json.add("consumer_states", counts);
        if (others.count > 0)
            json.add("other_consumers", others.json());
    }

    private JsonObject json(Stream stream, Consumer consumer, DeliveryState state, boolean config) {
        JsonObject json = Json.object(ConsumerInfo.of(stream.name(), consumer, streams.server()));
        if (!config)
            json.remove("config");
        json.addProperty("delivery_state", state.kind().toString());
        if (state.nanos() > 0)
            json.addProperty("delivery_resumes_in", state.nanos());
        return json;
    }

    /** The sums over the consumers that are not shown. */
    private static final class Others {
        private int count;
        private long unacknowledged;
        private long redelivered;
        private long pulls;
        private long undelivered;

        void add(Consumer consumer) {
            count++;
            unacknowledged += consumer.unacknowledged();
            redelivered += consumer.redelivered();
            pulls += consumer.waitingPulls();
            undelivered += consumer.undelivered();
        }

        JsonObject json() {
            JsonObject json = new JsonObject();
            json.addProperty("count", count);
            json.addProperty("num_ack_pending", unacknowledged);
            json.addProperty("num_redelivered", redelivered);
            json.addProperty("num_waiting", pulls);
            json.addProperty("num_pending", undelivered);
            return json;
        }
    }
}
