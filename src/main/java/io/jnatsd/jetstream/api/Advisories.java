package io.jnatsd.jetstream.api;

import com.google.gson.JsonObject;
import io.jnatsd.jetstream.consumer.ConsumerEvent;
import io.jnatsd.jetstream.stream.Environment;
import io.jnatsd.jetstream.stream.Times;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.function.BiConsumer;

/** The events that JetStream publishes, as JSON (JetStream: advisories and metrics). Threads: any thread. */
final class Advisories implements Environment.Events {
    private static final String ADVISORY = "$JS.EVENT.ADVISORY.", METRIC = "$JS.EVENT.METRIC.";
    private static final String CHARS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private static final int ID_LENGTH = 22;

    private final SecureRandom random = new SecureRandom();
    /** Told of a consumer that has expired: stream and consumer. */
    private final BiConsumer<String, String> expired;
    private final String domain;

    Advisories(String domain, BiConsumer<String, String> expired) {
        this.domain = domain;
        this.expired = expired;
    }

    @Override
    public String subject(String stream, ConsumerEvent event) {
        String at = "." + stream + "." + event.consumer();
        return switch (event) {
            case ConsumerEvent.MaxDeliveries e -> ADVISORY + "CONSUMER.MAX_DELIVERIES" + at;
            case ConsumerEvent.Naked e -> ADVISORY + "CONSUMER.MSG_NAKED" + at;
            case ConsumerEvent.Terminated e -> ADVISORY + "CONSUMER.MSG_TERMINATED" + at;
            case ConsumerEvent.Acked e -> METRIC + "CONSUMER.ACK" + at;
        };
    }

    @Override
    public byte[] json(String stream, ConsumerEvent event) {
        JsonObject json = switch (event) {
            case ConsumerEvent.MaxDeliveries e -> {
                JsonObject o = begin("advisory.v1.max_deliver", stream, e.consumer());
                o.addProperty("stream_seq", e.streamSequence());
                o.addProperty("deliveries", e.deliveries());
                yield o;
            }
            case ConsumerEvent.Naked e -> message(begin("advisory.v1.nak", stream, e.consumer()), e.consumerSequence(),
                    e.streamSequence(), e.deliveries());
            case ConsumerEvent.Terminated e -> {
                JsonObject o = message(begin("advisory.v1.terminated", stream, e.consumer()), e.consumerSequence(),
                        e.streamSequence(), e.deliveries());
                if (e.reason() != null)
                    o.addProperty("reason", e.reason());
                yield o;
            }
            case ConsumerEvent.Acked e -> {
                JsonObject o = message(begin("metric.v1.consumer_ack", stream, e.consumer()), e.consumerSequence(),
                        e.streamSequence(), e.deliveries());
                o.addProperty("ack_time", e.ackNanos());
                yield o;
            }
        };
        return bytes(json);
    }

    private byte[] bytes(JsonObject json) {
        if (!domain.isEmpty())
            json.addProperty("domain", domain);
        return Json.bytes(json);
    }

    private JsonObject begin(String type, String stream, String consumer) {
        JsonObject json = begin(type);
        json.addProperty("stream", stream);
        if (consumer != null)
            json.addProperty("consumer", consumer);
        return json;
    }

    private JsonObject begin(String type) {
        JsonObject json = new JsonObject();
        json.addProperty("type", "io.nats.jetstream." + type);
        StringBuilder id = new StringBuilder();
        for (int i = 0; i < ID_LENGTH; i++)
            id.append(CHARS.charAt(random.nextInt(CHARS.length())));
        json.addProperty("id", id.toString());
        json.addProperty("timestamp", Times.text(Instant.now()));
        return json;
    }

    private static JsonObject message(JsonObject json, long consumerSequence, long streamSequence, int deliveries) {
        json.addProperty("consumer_seq", consumerSequence);
        json.addProperty("stream_seq", streamSequence);
        json.addProperty("deliveries", deliveries);
        return json;
    }

    @Override
    public void expired(String stream, String consumer) {
        expired.accept(stream, consumer);
    }

    /** Something was done to a stream or a consumer. */
    record Action(String subject, byte[] json) {
    }

    /** @param action {@code create}, {@code modify} or {@code delete} */
    Action stream(String stream, String action) {
        JsonObject json = begin("advisory.v1.stream_action", stream, null);
        json.addProperty("action", action);
        return new Action(ADVISORY + "STREAM." + done(action) + "." + stream, bytes(json));
    }

    /** @param action {@code create} or {@code delete} */
    Action consumer(String stream, String consumer, String action) {
        JsonObject json = begin("advisory.v1.consumer_action", stream, consumer);
        json.addProperty("action", action);
        return new Action(ADVISORY + "CONSUMER." + done(action) + "." + stream + "." + consumer, bytes(json));
    }

    private static String done(String action) {
        return switch (action) {
            case "create" -> "CREATED";
            case "delete" -> "DELETED";
            default -> "UPDATED";
        };
    }

    static String limitSubject() {
        return ADVISORY + "API.LIMIT_REACHED";
    }

    /** Requests were refused, since too many were waiting. */
    byte[] limitReached(String server, long dropped) {
        JsonObject json = begin("advisory.v1.api_limit_reached");
        json.addProperty("server", server);
        json.addProperty("dropped", dropped);
        return bytes(json);
    }

    static String auditSubject() {
        return ADVISORY + "API";
    }

    /** A request was answered. */
    byte[] audit(String server, String subject, String request, String response) {
        JsonObject json = begin("advisory.v1.api_audit");
        json.addProperty("server", server);
        JsonObject client = new JsonObject();
        client.addProperty("acc", "$G");
        json.add("client", client);
        json.addProperty("subject", subject);
        if (!request.isEmpty())
            json.addProperty("request", request);
        json.addProperty("response", response);
        return bytes(json);
    }
}
