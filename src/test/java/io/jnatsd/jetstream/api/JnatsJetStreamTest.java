package io.jnatsd.jetstream.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jnatsd.server.TestServer;
import io.nats.client.Connection;
import io.nats.client.ConsumeOptions;
import io.nats.client.FetchConsumer;
import io.nats.client.IterableConsumer;
import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamSubscription;
import io.nats.client.KeyValue;
import io.nats.client.Message;
import io.nats.client.MessageConsumer;
import io.nats.client.Nats;
import io.nats.client.ObjectStore;
import io.nats.client.PublishOptions;
import io.nats.client.api.ConsumerConfiguration;
import io.nats.client.api.KeyValueConfiguration;
import io.nats.client.api.KeyValueEntry;
import io.nats.client.api.KeyValuePurgeOptions;
import io.nats.client.api.KeyValueWatchOption;
import io.nats.client.api.KeyValueWatcher;
import io.nats.client.api.ObjectInfo;
import io.nats.client.api.ObjectStoreConfiguration;
import io.nats.client.api.ObjectStoreWatcher;
import io.nats.client.api.OrderedConsumerConfiguration;
import io.nats.client.api.PublishAck;
import io.nats.client.api.StorageType;
import io.nats.client.api.StreamConfiguration;
import io.nats.client.api.StreamInfo;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** JetStream as a program with jnats uses it. */
@Timeout(60)
class JnatsJetStreamTest {
    private TestServer server;
    private Connection nats;

    /** Returns where streams are kept. */
    StorageType storage() {
        return StorageType.Memory;
    }

    /** Returns the folder of streams, null for none. */
    Path folder() {
        return null;
    }

    @BeforeEach
    void connect() throws Exception {
        server = TestServer.start(o -> {
            o.jetStream = true;
            o.storeDir = folder();
        });
        nats = Nats.connect("nats://127.0.0.1:" + server.port());
    }

    @AfterEach
    void close() throws Exception {
        nats.close();
        server.close();
    }

    private StreamInfo stream(String name, String... subjects) throws Exception {
        return nats.jetStreamManagement().addStream(StreamConfiguration.builder().name(name).subjects(subjects)
                .storageType(storage()).build());
    }

    private static String text(Message m) {
        return new String(m.getData(), StandardCharsets.UTF_8);
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
                seen.add(m.getSubject() + " " + text(m));
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

    @Test
    void messagesAreIteratedAndConsumed() throws Exception {
        stream("s", "s.*");
        var context = nats.getStreamContext("s");
        var iterated = context.createOrUpdateConsumer(ConsumerConfiguration.builder().durable("i").build());
        var consumed = context.createOrUpdateConsumer(ConsumerConfiguration.builder().durable("c").build());
        BlockingQueue<String> called = new LinkedBlockingQueue<>();
        List<String> expected = new ArrayList<>(), seen = new ArrayList<>();
        try (MessageConsumer ignored = consumed.consume(m -> {
            called.add(text(m));
            m.ack();
        });
                IterableConsumer messages = iterated.iterate()) {
            for (int i = 0; i < 300; i++) {
                nats.jetStream().publishAsync("s.a", bytes("m" + i));
                expected.add("m" + i);
            }
            for (Message m; seen.size() < 300 && (m = messages.nextMessage(Duration.ofSeconds(20))) != null; m.ack())
                seen.add(text(m));
            assertEquals(expected, seen);
            seen.clear();
            while (seen.size() < 300)
                seen.add(called.poll(20, TimeUnit.SECONDS));
            assertEquals(expected, seen);
        }
    }

    @Test
    void anOrderedConsumerGoesOnOverAReconnect() throws Exception {
        stream("s", "s.*");
        for (int i = 0; i < 100; i++)
            nats.jetStream().publishAsync("s." + i % 2, bytes("m" + i));
        var ordered = nats.getStreamContext("s")
                .createOrderedConsumer(new OrderedConsumerConfiguration().filterSubject("s.1"));
        ConsumeOptions options = ConsumeOptions.builder().batchSize(10).expiresIn(2000).build();
        try (IterableConsumer messages = ordered.iterate(options)) {
            for (int i = 1; i < 100; i += 2) {
                Message m = messages.nextMessage(Duration.ofSeconds(20));
                // jnats may return null when a pull request ends, before that time.
                while (m == null)
                    m = messages.nextMessage(Duration.ofSeconds(20));
                assertEquals("m" + i, text(m));
                if (i == 31)
                    nats.forceReconnect();
            }
        }
    }

    @Test
    void aNewClientGoesOnWithTheDurableOfOneThatClosed() throws Exception {
        stream("s", "s.*");
        for (int i = 0; i < 100; i++)
            nats.jetStream().publishAsync("s.a", bytes("m" + i));
        nats.getStreamContext("s").createOrUpdateConsumer(ConsumerConfiguration.builder().durable("d")
                .ackWait(Duration.ofSeconds(2)).build());
        Set<String> acknowledged = new TreeSet<>(), rest = new TreeSet<>();
        try (Connection first = Nats.connect("nats://127.0.0.1:" + server.port());
                IterableConsumer messages = first.getConsumerContext("s", "d").iterate()) {
            while (acknowledged.size() < 40) {
                Message m = messages.nextMessage(Duration.ofSeconds(20));
                if (m.metaData().streamSequence() % 5 == 0)
                    continue;
                m.ackSync(Duration.ofSeconds(20));
                acknowledged.add(text(m));
            }
        }
        try (Connection second = Nats.connect("nats://127.0.0.1:" + server.port());
                IterableConsumer messages = second.getConsumerContext("s", "d").iterate()) {
            while (rest.size() < 60) {
                Message m = messages.nextMessage(Duration.ofSeconds(20));
                assertFalse(acknowledged.contains(text(m)), text(m));
                m.ackSync(Duration.ofSeconds(20));
                rest.add(text(m));
            }
        }
        var info = nats.getConsumerContext("s", "d").getConsumerInfo();
        assertEquals(List.of(0L, 0L, 100L),
                List.of(info.getNumPending(), info.getNumAckPending(), info.getAckFloor().getStreamSequence()));
    }

    private static final class Watching implements KeyValueWatcher {
        private final BlockingQueue<String> seen = new LinkedBlockingQueue<>();

        @Override
        public void watch(KeyValueEntry e) {
            seen.add(e.getOperation() + " " + e.getKey() + " " + (e.getValue() == null ? "" : e.getValueAsString()));
        }

        @Override
        public void endOfData() {
            seen.add("end");
        }

        List<String> next(int count) throws InterruptedException {
            List<String> next = new ArrayList<>();
            while (next.size() < count)
                next.add(String.valueOf(seen.poll(20, TimeUnit.SECONDS)));
            return next;
        }
    }

    @Test
    void aWatchSeesWhatIsThereAndWhatChanges() throws Exception {
        nats.keyValueManagement().create(KeyValueConfiguration.builder().name("b").maxHistoryPerKey(5).build());
        KeyValue kv = nats.keyValue("b");
        kv.put("a.x", "1");
        kv.put("a.x", "2");
        kv.put("b", "3");
        Watching all = new Watching(), history = new Watching(), updates = new Watching(), present = new Watching();
        try (AutoCloseable a = kv.watchAll(all);
                AutoCloseable h = kv.watch("a.*", history, KeyValueWatchOption.INCLUDE_HISTORY);
                AutoCloseable u = kv.watchAll(updates, KeyValueWatchOption.UPDATES_ONLY);
                AutoCloseable p = kv.watchAll(present, KeyValueWatchOption.IGNORE_DELETE)) {
            assertEquals(List.of("PUT a.x 2", "PUT b 3", "end"), all.next(3));
            assertEquals(List.of("PUT a.x 1", "PUT a.x 2", "end"), history.next(3));
            try (Connection other = Nats.connect("nats://127.0.0.1:" + server.port())) {
                other.keyValue("b").delete("a.x");
                other.keyValue("b").purge("b");
                other.keyValue("b").put("a.x", "4");
            }
            assertEquals(List.of("DELETE a.x ", "PURGE b ", "PUT a.x 4"), all.next(3));
            assertEquals(List.of("DELETE a.x ", "PUT a.x 4"), history.next(2));
            assertEquals(List.of("end", "DELETE a.x ", "PURGE b ", "PUT a.x 4"), updates.next(4));
            assertEquals(List.of("PUT a.x 2", "PUT b 3", "end", "PUT a.x 4"), present.next(4));
        }
        kv.purgeDeletes(KeyValuePurgeOptions.builder().deleteMarkersNoThreshold().build());
        assertEquals(List.of("a.x"), kv.keys());
        assertEquals(0, kv.history("b").size());
    }

    @Test
    void objectsOutliveTheClientThatPutThem() throws Exception {
        try (Connection first = Nats.connect("nats://127.0.0.1:" + server.port())) {
            first.objectStoreManagement().create(ObjectStoreConfiguration.builder("o").build());
            first.objectStore("o").put("text", bytes("first"));
        }
        ObjectStore store = nats.objectStore("o");
        BlockingQueue<String> seen = new LinkedBlockingQueue<>();
        try (AutoCloseable watch = store.watch(new ObjectStoreWatcher() {
            @Override
            public void watch(ObjectInfo info) {
                seen.add(info.getObjectName() + " " + (info.isDeleted() ? "deleted" : info.getSize()));
            }

            @Override
            public void endOfData() {
                seen.add("end");
            }
        })) {
            store.put("text", bytes("longer text"));
            store.addLink("link", store.getInfo("text"));
            store.delete("text");
            List<String> expected = List.of("text 5", "end", "text 11", "link 0", "text deleted");
            List<String> found = new ArrayList<>();
            while (found.size() < expected.size())
                found.add(seen.poll(20, TimeUnit.SECONDS));
            assertEquals(expected, found);
        }
        store.seal();
        assertThrows(JetStreamApiException.class, () -> store.put("more", bytes("x")));
    }
}
