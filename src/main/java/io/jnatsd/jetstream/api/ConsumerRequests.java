package io.jnatsd.jetstream.api;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.jnatsd.jetstream.config.ConsumerConfig;
import io.jnatsd.jetstream.config.ConsumerConfigCheck;
import io.jnatsd.jetstream.config.ErrorCode;
import io.jnatsd.jetstream.config.JetStreamException;
import io.jnatsd.jetstream.config.Retention;
import io.jnatsd.jetstream.config.StreamConfig;
import io.jnatsd.jetstream.config.SubjectSet;
import io.jnatsd.jetstream.consumer.Consumer;
import io.jnatsd.jetstream.consumer.ConsumerUpdate;
import io.jnatsd.jetstream.stream.Stream;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/** The requests about consumers (JetStream: consumer API). Threads: the actor of the API. */
final class ConsumerRequests {
    private static final int PAGE_OF_NAMES = 1024, PAGE_OF_INFOS = 256;
    private static final String CHARS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private static final int NAME_LENGTH = 8;

    private final Streams streams;

    ConsumerRequests(Streams streams) {
        this.streams = streams;
    }

    /** Whether an existing consumer may be meant. */
    enum Action { CREATE, UPDATE }

    record CreateRequest(String streamName, ConsumerConfig config, Action action) {
        CreateRequest {
            config = config == null ? ConsumerConfig.empty() : config;
        }
    }

    /** What a request created: the answer, and whether there is a new consumer. */
    record Created(ConsumerInfo info, boolean isNew) {
    }

    /** {@code CONSUMER.CREATE.S}: an ephemeral consumer. */
    Created createEphemeral(String stream, byte[] body) throws JetStreamException, InterruptedException {
        CreateRequest request = Json.read(body, CreateRequest.class);
        if (request.config.durableName() != null)
            throw new JetStreamException(ErrorCode.EPHEMERAL_WITH_DURABLE_NAME);
        return create(stream, request.config.name(), request);
    }

    /** {@code CONSUMER.DURABLE.CREATE.S.C}. */
    Created createDurable(String stream, String name, byte[] body) throws JetStreamException, InterruptedException {
        CreateRequest request = Json.read(body, CreateRequest.class);
        if (request.config.durableName() == null)
            throw new JetStreamException(ErrorCode.DURABLE_NAME_NOT_SET);
        if (!request.config.durableName().equals(name))
            throw new JetStreamException(ErrorCode.DURABLE_NAME_MISMATCH);
        return create(stream, name, request);
    }

    /**
     * {@code CONSUMER.CREATE.S.C.FILTER}.
     *
     * @param filter what follows the name, null for none
     */
    Created createNamed(String stream, String name, String filter, byte[] body) throws JetStreamException, InterruptedException {
        CreateRequest request = Json.read(body, CreateRequest.class);
        ConsumerConfig config = request.config;
        if (config.durableName() != null && !config.durableName().equals(name))
            throw new JetStreamException(ErrorCode.DURABLE_NAME_MISMATCH);
        if (filter != null && config.filterSubjects() != null)
            throw new JetStreamException(ErrorCode.FILTERS_IN_SUBJECT);
        if (filter != null && !filter.equals(config.filterSubject()))
            throw new JetStreamException(ErrorCode.FILTER_MISMATCH);
        return create(stream, name, request);
    }

    private Created create(String streamName, String name, CreateRequest request) throws JetStreamException, InterruptedException {
        if (!streamName.equals(request.streamName))
            throw new JetStreamException(ErrorCode.STREAM_NAME_MISMATCH);
        if (name != null && (name.indexOf('/') >= 0 || name.indexOf('\\') >= 0))
            throw new JetStreamException(ErrorCode.CONSUMER_NAME_PATH);
        Stream stream = streams.get(streamName);
        if (request.config.numReplicas() > 1)
            throw new JetStreamException(ErrorCode.REPLICAS_NOT_SUPPORTED);
        return stream.call(s -> create(s, name, request));
    }

    private Created create(Stream stream, String name, CreateRequest request) throws JetStreamException {
        Consumer existing = name == null ? null : stream.consumers().get(name);
        if (existing == null && request.action == Action.UPDATE)
            throw new JetStreamException(ErrorCode.CONSUMER_DOES_NOT_EXIST);
        ConsumerConfig config = request.config.within(stream.config().consumerLimits(), streams.limits(),
                name == null ? freeName(stream) : name);
        ConsumerConfigCheck.check(config, stream.config(), streams.limits());
        if (existing != null)
            return new Created(update(stream, existing, config, request), false);
        checkRoom(stream, config);
        return new Created(ConsumerInfo.of(stream.name(), stream.add(config), streams.server()), true);
    }

    private ConsumerInfo update(Stream stream, Consumer existing, ConsumerConfig config, CreateRequest request)
            throws JetStreamException {
        boolean same = existing.config().equals(config);
        // A client that missed the answer asks again for the same consumer. As in other servers, a consumer whose
        // inactive_threshold comes from the server is never the same.
        boolean isDefaultThreshold = config.durableName() == null && request.config.inactiveThreshold() == null;
        if (request.action == Action.CREATE && (!same || isDefaultThreshold))
            throw new JetStreamException(ErrorCode.CONSUMER_EXISTS);
        if (!same) {
            ConsumerUpdate.check(existing.config(), config, existing.isBound());
            checkWorkqueue(stream, config, existing);
            stream.update(existing, config);
        }
        return ConsumerInfo.of(stream.name(), existing, streams.server());
    }

    private static String freeName(Stream stream) {
        while (true) {
            StringBuilder name = new StringBuilder();
            for (int i = 0; i < NAME_LENGTH; i++)
                name.append(CHARS.charAt(ThreadLocalRandom.current().nextInt(CHARS.length())));
            if (stream.consumers().get(name.toString()) == null)
                return name.toString();
        }
    }

    private static void checkRoom(Stream stream, ConsumerConfig config) throws JetStreamException {
        StreamConfig s = stream.config();
        if (s.maxConsumers() >= 0 && !config.isDirect() && stream.consumers().counted() >= s.maxConsumers())
            throw new JetStreamException(ErrorCode.MAX_CONSUMERS);
        if (!stream.admits(config))
            throw new JetStreamException(ErrorCode.INSUFFICIENT_RESOURCES);
        checkWorkqueue(stream, config, null);
    }

    /** The filters of the consumers of a work queue must not overlap. */
    private static void checkWorkqueue(Stream stream, ConsumerConfig config, Consumer self) throws JetStreamException {
        if (stream.config().retention() != Retention.WORKQUEUE)
            return;
        SubjectSet selected = new SubjectSet();
        config.filters().forEach(selected::add);
        for (Consumer other : stream.consumers().all()) {
            if (other == self)
                continue;
            List<String> own = config.filters(), others = other.config().filters();
            if (own.isEmpty())
                throw new JetStreamException(ErrorCode.WORKQUEUE_NO_FILTER);
            if (others.isEmpty() || others.stream().anyMatch(selected::overlaps))
                throw new JetStreamException(ErrorCode.WORKQUEUE_SAME_FILTER);
        }
    }

    JsonObject info(String stream, String name, byte[] body) throws JetStreamException, InterruptedException {
        StreamRequests.requireEmpty(body);
        return Json.object(streams.get(stream).call(s -> ConsumerInfo.of(s.name(), find(s, name), streams.server())));
    }

    private static Consumer find(Stream stream, String name) throws JetStreamException {
        Consumer found = stream.consumers().get(name);
        if (found == null)
            throw new JetStreamException(ErrorCode.CONSUMER_NOT_FOUND);
        return found;
    }

    JsonObject names(String stream, byte[] body) throws JetStreamException, InterruptedException {
        StreamRequests.Page page = Json.readOptional(body, StreamRequests.Page.class, new StreamRequests.Page(0, null));
        return streams.get(stream).call(s -> {
            List<Consumer> all = s.consumers().listed();
            long offset = Math.clamp(page.offset(), 0, all.size());
            JsonObject answer = StreamRequests.paging(all.size(), offset, PAGE_OF_NAMES);
            answer.add("consumers", Json.tree(all.stream().skip(offset).limit(PAGE_OF_NAMES).map(c -> c.config().name()).toList()));
            return answer;
        });
    }

    JsonObject list(String stream, byte[] body) throws JetStreamException, InterruptedException {
        StreamRequests.Page page = Json.readOptional(body, StreamRequests.Page.class, new StreamRequests.Page(0, null));
        return streams.get(stream).call(s -> {
            List<Consumer> all = s.consumers().listed();
            long offset = Math.clamp(page.offset(), 0, all.size());
            JsonObject answer = StreamRequests.paging(all.size(), offset, PAGE_OF_INFOS);
            JsonArray infos = new JsonArray();
            all.stream().skip(offset).limit(PAGE_OF_INFOS)
                    .forEach(consumer -> infos.add(Json.object(ConsumerInfo.of(s.name(), consumer, streams.server()))));
            answer.add("consumers", infos);
            return answer;
        });
    }

    JsonObject delete(String stream, String name, byte[] body) throws JetStreamException, InterruptedException {
        StreamRequests.requireEmpty(body);
        streams.get(stream).call(s -> {
            s.remove(find(s, name));
            return null;
        });
        return StreamRequests.success();
    }
}
