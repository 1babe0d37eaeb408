package io.jnatsd.jetstream.api;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.jnatsd.NatsServer;
import io.nats.client.Connection;
import io.nats.client.ConsumerContext;
import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamSubscription;
import io.nats.client.Message;
import io.nats.client.Nats;
import io.nats.client.PushSubscribeOptions;
import io.nats.client.Subscription;
import io.nats.client.api.AckPolicy;
import io.nats.client.api.ConsumerConfiguration;
import io.nats.client.api.ConsumerLimits;
import io.nats.client.api.RetentionPolicy;
import io.nats.client.api.StorageType;
import io.nats.client.api.StreamConfiguration;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What retention and consumers do with messages, beyond plain delivery. */
@Timeout(60)
class ConsumerBehaviourTest {
    private static final Duration SOON = Duration.ofSeconds(10), BRIEFLY = Duration.ofMillis(200);

    private NatsServer server;
    private Connection nats;

    @BeforeEach
    void start() throws Exception {
        server = NatsServer.builder().jetStream().start();
        nats = Nats.connect(server.url());
    }

    @AfterEach
    void stop() throws Exception {
        nats.close();
        server.close();
    }

    private void stream(RetentionPolicy retention) throws Exception {
        nats.jetStreamManagement().addStream(StreamConfiguration.builder().name("S").subjects("s.*").retentionPolicy(retention)
                .storageType(StorageType.Memory).build());
    }

    private ConsumerContext consumer(ConsumerConfiguration.Builder config) throws Exception {
        return nats.getStreamContext("S").createOrUpdateConsumer(config.build());
    }

    private void publish(int count, int size) throws Exception {
        for (int i = 0; i < count; i++)
            nats.jetStream().publish("s.a", new byte[size]);
    }

    private long messages() throws Exception {
        return nats.jetStreamManagement().getStreamInfo("S").getStreamState().getMsgCount();
    }

    private static JsonObject json(Message event) {
        return JsonParser.parseString(new String(event.getData(), StandardCharsets.UTF_8)).getAsJsonObject();
    }

    /** As a client does whose connection broke before the answer came. */
    @Test
    void aConsumerCanBeCreatedAgainWithTheSameConfiguration() throws Exception {
        stream(RetentionPolicy.Limits);
        ConsumerConfiguration config = ConsumerConfiguration.builder().name("c").inactiveThreshold(SOON).build();
        nats.jetStreamManagement().createConsumer("S", config);
        assertEquals("c", nats.jetStreamManagement().createConsumer("S", config).getName());
        ConsumerConfiguration other = ConsumerConfiguration.builder(config).description("other").build();
        JetStreamApiException refused = assertThrows(JetStreamApiException.class,
                () -> nats.jetStreamManagement().createConsumer("S", other));
        assertEquals(10148, refused.getApiErrorCode());
    }

    @Test
    void aPullConsumerWithoutAcksHasTheLimitsOfItsStream() throws Exception {
        limitedStream();
        ConsumerConfiguration created = consumer(ConsumerConfiguration.builder().durable("c").ackPolicy(AckPolicy.None))
                .getConsumerInfo().getConsumerConfiguration();
        assertEquals(20, created.getMaxAckPending());
        assertEquals(Duration.ofMinutes(1), created.getInactiveThreshold());
        publish(30, 1);
        for (int i = 1; i <= 30; i++)
            assertEquals(i, nats.getConsumerContext("S", "c").next(SOON).metaData().streamSequence());
    }

    @Test
    void anOrderedPushConsumerMayReadAStreamThatLimitsUnacknowledgedMessages() throws Exception {
        limitedStream();
        publish(30, 1);
        JetStreamSubscription ordered = nats.jetStream().subscribe("s.a",
                PushSubscribeOptions.builder().ordered(true).build());
        for (int i = 1; i <= 30; i++)
            assertEquals(i, ordered.nextMessage(SOON).metaData().streamSequence());
    }

    private void limitedStream() throws Exception {
        nats.jetStreamManagement().addStream(StreamConfiguration.builder().name("S").subjects("s.*")
                .storageType(StorageType.Memory)
                .consumerLimits(ConsumerLimits.builder().maxAckPending(20).inactiveThreshold(Duration.ofMinutes(1)).build())
                .build());
    }

    @Test
    void anAckRemovesAMessageFromAWorkQueue() throws Exception {
        stream(RetentionPolicy.WorkQueue);
        publish(2, 1);
        ConsumerContext consumer = consumer(ConsumerConfiguration.builder().durable("c"));
        consumer.next(SOON).ackSync(SOON);
        assertEquals(1, messages());
        Message second = consumer.next(SOON);
        assertEquals(2, second.metaData().streamSequence());
        second.term();
        await("removal").until(() -> messages() == 0);
    }

    @Test
    void anInterestStreamKeepsAMessageUntilEveryConsumerHasAcknowledgedIt() throws Exception {
        stream(RetentionPolicy.Interest);
        publish(1, 1);
        assertEquals(0, messages(), "nobody wanted it");
        ConsumerContext one = consumer(ConsumerConfiguration.builder().durable("one"));
        ConsumerContext two = consumer(ConsumerConfiguration.builder().durable("two"));
        publish(2, 1);
        one.next(SOON).ackSync(SOON);
        assertEquals(2, messages());
        two.next(SOON).ackSync(SOON);
        assertEquals(1, messages());
        nats.jetStreamManagement().deleteConsumer("S", "two");
        one.next(SOON).ackSync(SOON);
        assertEquals(0, messages());
    }

    @Test
    void headersOnlyLeavesThePayloadOutAndSaysItsSize() throws Exception {
        stream(RetentionPolicy.Limits);
        publish(1, 42);
        Message m = consumer(ConsumerConfiguration.builder().durable("c").headersOnly(true)).next(SOON);
        assertEquals(0, m.getData().length);
        assertEquals("42", m.getHeaders().getFirst("Nats-Msg-Size"));
    }

    @Test
    void theLastDeliveryIsAnEvent() throws Exception {
        stream(RetentionPolicy.Limits);
        publish(1, 1);
        Subscription events = nats.subscribe("$JS.EVENT.ADVISORY.CONSUMER.>");
        nats.flush(SOON);
        ConsumerContext consumer = consumer(ConsumerConfiguration.builder().durable("c").maxDeliver(2)
                .backoff(Duration.ofMillis(50), Duration.ofMillis(100)));
        assertEquals("create", json(events.nextMessage(SOON)).get("action").getAsString());
        assertNotNull(consumer.next(SOON));
        assertEquals(2, consumer.next(SOON).metaData().deliveredCount());
        JsonObject event = json(events.nextMessage(SOON));
        assertEquals("io.nats.jetstream.advisory.v1.max_deliver", event.get("type").getAsString());
        assertEquals("1 2", event.get("stream_seq") + " " + event.get("deliveries"));
        assertNull(consumer.next(Duration.ofMillis(1100)));
        assertEquals(0, consumer.getConsumerInfo().getNumAckPending());
    }

    @Test
    void nakTermAndSampledAcksAreEvents() throws Exception {
        stream(RetentionPolicy.Limits);
        publish(2, 1);
        ConsumerContext consumer = consumer(ConsumerConfiguration.builder().durable("c").sampleFrequency("100%"));
        Subscription events = nats.subscribe("$JS.EVENT.>");
        nats.flush(SOON);
        consumer.next(SOON).nak();
        assertEquals("io.nats.jetstream.advisory.v1.nak", json(nextOf(events, "CONSUMER")).get("type").getAsString());
        consumer.next(SOON).ack();
        assertEquals(2, json(nextOf(events, "METRIC")).get("deliveries").getAsInt());
        consumer.next(SOON).term();
        assertEquals("$JS.EVENT.ADVISORY.CONSUMER.MSG_TERMINATED.S.c", nextOf(events, "CONSUMER").getSubject());
    }

    /** Skips the audit of requests. */
    private static Message nextOf(Subscription events, String part) throws InterruptedException {
        Message event;
        do {
            event = events.nextMessage(SOON);
        } while (!event.getSubject().contains(part));
        return event;
    }

    @Test
    void flowControlWaitsForAnAnswer() throws Exception {
        stream(RetentionPolicy.Limits);
        publish(60, 65_000);
        Subscription deliveries = nats.subscribe("deliver");
        nats.flush(SOON);
        JsonObject created = json(nats.request("$JS.API.CONSUMER.CREATE.S", ("{\"stream_name\":\"S\",\"config\":{\"deliver_subject\":"
                + "\"deliver\",\"flow_control\":true,\"idle_heartbeat\":200000000}}").getBytes(StandardCharsets.UTF_8), SOON));
        assertTrue(created.has("name"), created.toString());
        int before = 0, beforeRequest = 0;
        String request = "";
        for (Message m; !(m = deliveries.nextMessage(SOON)).isStatusMessage() || !m.getStatus().isHeartbeat();) {
            if (m.isStatusMessage()) {
                request = m.getReplyTo();
                beforeRequest = before;
            } else {
                before++;
            }
        }
        assertEquals("17 33", beforeRequest + " " + before);
        nats.publish(request, new byte[0]);
        assertEquals("s.a", nextOf(deliveries, "s.a").getSubject());
    }

    @Test
    void aRateLimitSpreadsMessages() throws Exception {
        stream(RetentionPolicy.Limits);
        publish(6, 1000);
        Subscription deliveries = nats.subscribe("deliver");
        nats.flush(SOON);
        nats.request("$JS.API.CONSUMER.CREATE.S", "{\"stream_name\":\"S\",\"config\":{\"deliver_subject\":\"deliver\",\"rate_limit_bps\":80000}}"
                .getBytes(StandardCharsets.UTF_8), SOON);
        deliveries.nextMessage(SOON);
        long start = System.nanoTime();
        for (int i = 0; i < 5; i++)
            assertNotNull(deliveries.nextMessage(SOON));
        // Five messages of a little more than 1,000 bytes, at 10,000 bytes a second.
        assertTrue(System.nanoTime() - start > 400_000_000, () -> "after " + (System.nanoTime() - start));
    }

    @Test
    void originalReplayKeepsThePauses() throws Exception {
        stream(RetentionPolicy.Limits);
        publish(1, 1);
        long first = System.nanoTime();
        assertNull(nats.subscribe("nothing").nextMessage(BRIEFLY));
        publish(1, 1);
        long pause = System.nanoTime() - first;
        Subscription deliveries = nats.subscribe("deliver");
        nats.flush(SOON);
        nats.request("$JS.API.CONSUMER.CREATE.S", "{\"stream_name\":\"S\",\"config\":{\"deliver_subject\":\"deliver\",\"replay_policy\":\"original\"}}"
                .getBytes(StandardCharsets.UTF_8), SOON);
        deliveries.nextMessage(SOON);
        long start = System.nanoTime();
        assertNotNull(deliveries.nextMessage(SOON));
        assertTrue(System.nanoTime() - start > BRIEFLY.toNanos() / 2, "pause of " + pause);
    }

    @Test
    void anAckThatNoConsumerTakesHasNoResponders() throws Exception {
        stream(RetentionPolicy.Limits);
        publish(1, 1);
        Message m = consumer(ConsumerConfiguration.builder().durable("none").ackPolicy(AckPolicy.None)).next(SOON);
        Subscription answers = nats.subscribe("answers");
        for (String ack : List.of(m.getReplyTo(), m.getReplyTo().replace(".none.", ".unknown."))) {
            nats.publish(ack, "answers", "+ACK".getBytes(StandardCharsets.UTF_8));
            assertEquals(503, answers.nextMessage(SOON).getStatus().getCode(), ack);
        }
    }
}
