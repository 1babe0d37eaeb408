package io.jnatsd.jetstream.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jnatsd.server.TestServer;
import io.nats.client.Connection;
import io.nats.client.FetchConsumer;
import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamSubscription;
import io.nats.client.KeyValue;
import io.nats.client.Message;
import io.nats.client.Nats;
import io.nats.client.ObjectStore;
import io.nats.client.PublishOptions;
import io.nats.client.api.ConsumerConfiguration;
import io.nats.client.api.KeyValueConfiguration;
import io.nats.client.api.KeyValueEntry;
import io.nats.client.api.ObjectStoreConfiguration;
import io.nats.client.api.PublishAck;
import io.nats.client.api.StorageType;
import io.nats.client.api.StreamConfiguration;
import io.nats.client.api.StreamInfo;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** JetStream as a program with jnats uses it. */
@Timeout(60)
class JnatsJetStreamTest {
    private TestServer server;
    private Connection nats;

    @BeforeEach
    void connect() throws Exception {
        server = TestServer.start(o -> o.jetStream = true);
        nats = Nats.connect("nats://127.0.0.1:" + server.port());
    }

    @AfterEach
    void close() throws Exception {
        nats.close();
        server.close();
    }

    private StreamInfo stream(String name, String... subjects) throws Exception {
        return nats.jetStreamManagement().addStream(StreamConfiguration.builder().name(name).subjects(subjects)
                .storageType(StorageType.Memory).build());
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void messagesAreStoredAcknowledgedAndPulled() throws Exception {
        stream("orders", "orders.>");
        for (int i = 1; i <= 5; i++) {
            PublishAck ack = nats.jetStream().publish("orders." + i, bytes("m" + i));
            assertEquals(i, ack.getSeqno());
            assertEquals("orders", ack.getStream());
        }
        var consumer = nats.getStreamContext("orders").createOrUpdateConsumer(ConsumerConfiguration.builder().durable("d").build());
        List<String> seen = new ArrayList<>();
        try (FetchConsumer fetch = consumer.fetchMessages(5)) {
            for (Message m; seen.size() < 5 && (m = fetch.nextMessage()) != null; m.ack())
                seen.add(m.getSubject() + " " + new String(m.getData(), StandardCharsets.UTF_8));
        }
        assertEquals(List.of("orders.1 m1", "orders.2 m2", "orders.3 m3", "orders.4 m4", "orders.5 m5"), seen);
        assertEquals(0, consumer.getConsumerInfo().getNumPending());
    }

    @Test
    void aPushConsumerGetsWhatComes() throws Exception {
        stream("s", "s.*");
        JetStreamSubscription sub = nats.jetStream().subscribe("s.*");
        nats.jetStream().publish("s.a", bytes("1"));
        Message m = sub.nextMessage(Duration.ofSeconds(5));
        assertEquals("s.a", m.getSubject());
        m.ackSync(Duration.ofSeconds(5));
        assertEquals(0, sub.getConsumerInfo().getNumAckPending());
    }

    @Test
    void duplicatesAndExpectations() throws Exception {
        stream("s", "s.*");
        PublishOptions id = PublishOptions.builder().messageId("m1").build();
        assertEquals(1, nats.jetStream().publish("s.a", bytes("1"), id).getSeqno());
        PublishAck again = nats.jetStream().publish("s.a", bytes("1"), id);
        assertTrue(again.isDuplicate());
        assertEquals(1, again.getSeqno());
        JetStreamApiException e = assertThrows(JetStreamApiException.class, () -> nats.jetStream().publish("s.a", bytes("2"),
                PublishOptions.builder().expectedLastSequence(7).build()));
        assertEquals(10071, e.getApiErrorCode());
    }

    @Test
    void aKeyValueBucketWorks() throws Exception {
        nats.keyValueManagement().create(KeyValueConfiguration.builder().name("b").maxHistoryPerKey(3).build());
        KeyValue kv = nats.keyValue("b");
        for (int i = 0; i < 5; i++)
            kv.put("k", "v" + i);
        assertEquals("v4", kv.get("k").getValueAsString());
        assertEquals(3, kv.history("k").size());
        kv.create("new", bytes("x"));
        assertThrows(JetStreamApiException.class, () -> kv.create("new", bytes("y")));
        kv.update("new", bytes("y"), kv.get("new").getRevision());
        assertEquals(List.of("k", "new"), kv.keys().stream().sorted().toList());
        kv.delete("k");
        assertNull(kv.get("k"));
        kv.purge("new");
        assertEquals(List.of(), kv.keys());
        List<KeyValueEntry> history = kv.history("new");
        assertEquals(1, history.size());
    }

    @Test
    void anObjectStoreWorks() throws Exception {
        nats.objectStoreManagement().create(ObjectStoreConfiguration.builder("o").build());
        ObjectStore store = nats.objectStore("o");
        byte[] large = new byte[1_000_000];
        for (int i = 0; i < large.length; i++)
            large[i] = (byte) (i * 31);
        store.put("big", new ByteArrayInputStream(large));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        store.get("big", out);
        assertEquals(large.length, out.size());
        assertEquals(1, store.getList().size());
        store.delete("big");
        assertEquals(0, store.getList().size());
    }

    @Test
    void ackWaitDeliversAgain() throws Exception {
        stream("s", "s.*");
        nats.jetStream().publish("s.a", bytes("1"));
        var consumer = nats.getStreamContext("s").createOrUpdateConsumer(ConsumerConfiguration.builder().durable("d")
                .ackWait(Duration.ofMillis(200)).build());
        assertEquals(1, consumer.next(Duration.ofSeconds(5)).metaData().deliveredCount());
        Message again = consumer.next(Duration.ofSeconds(5));
        assertEquals(2, again.metaData().deliveredCount());
        again.nak();
        assertEquals(3, consumer.next(Duration.ofSeconds(5)).metaData().deliveredCount());
    }
}
