package io.jnatsd.jetstream.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jnatsd.server.TestServer;
import io.nats.client.Connection;
import io.nats.client.FetchConsumeOptions;
import io.nats.client.JetStreamApiException;
import io.nats.client.KeyValue;
import io.nats.client.Message;
import io.nats.client.Nats;
import io.nats.client.PublishOptions;
import io.nats.client.api.ConsumerConfiguration;
import io.nats.client.api.ConsumerInfo;
import io.nats.client.api.DeliverPolicy;
import io.nats.client.api.KeyValueConfiguration;
import io.nats.client.api.RetentionPolicy;
import io.nats.client.api.StorageType;
import io.nats.client.api.StreamConfiguration;
import io.nats.client.api.StreamInfo;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Streams in files, and what is there again after a restart of the server. */
@Timeout(60)
class FileStreamsTest {
    @TempDir
    Path folder;
    private TestServer server;
    private Connection nats;

    @BeforeEach
    void start() throws Exception {
        server = TestServer.start(o -> {
            o.jetStream = true;
            o.storeDir = folder;
            o.httpPort = -1;
        });
        nats = Nats.connect("nats://127.0.0.1:" + server.port());
    }

    @AfterEach
    void stop() throws Exception {
        nats.close();
        server.close();
    }

    private void restart() throws Exception {
        stop();
        start();
    }

    private void create(StreamConfiguration.Builder stream) throws Exception {
        nats.jetStreamManagement().addStream(stream.name("S").subjects("s.>").storageType(StorageType.File).build());
    }

    private void publish(int from, int to) throws Exception {
        for (int i = from; i <= to; i++)
            assertEquals(i, nats.jetStream().publish("s." + i % 3, ("body " + i).getBytes(StandardCharsets.US_ASCII)).getSeqno());
    }

    private List<String> fetch(String consumer, int count) throws Exception {
        List<String> bodies = new ArrayList<>();
        try (var fetched = nats.getStreamContext("S").getConsumerContext(consumer)
                .fetch(FetchConsumeOptions.builder().maxMessages(count).expiresIn(2000).noWait().build())) {
            for (Message m; (m = fetched.nextMessage()) != null;) {
                bodies.add(new String(m.getData(), StandardCharsets.US_ASCII));
                m.ackSync(Duration.ofSeconds(5));
            }
        }
        return bodies;
    }

    private ConsumerInfo consumer(ConsumerConfiguration.Builder consumer) throws Exception {
        return nats.jetStreamManagement().addOrUpdateConsumer("S", consumer.build());
    }

    private StreamInfo info() throws Exception {
        return nats.jetStreamManagement().getStreamInfo("S");
    }

    @Test
    void messagesAreThereAgainAfterARestart() throws Exception {
        create(StreamConfiguration.builder());
        publish(1, 100);
        nats.jetStreamManagement().deleteMessage("S", 7);
        StreamInfo before = info();
        restart();
        StreamInfo after = info();
        assertEquals(99, after.getStreamState().getMsgCount());
        assertEquals(before.getStreamState().getByteCount(), after.getStreamState().getByteCount());
        assertEquals(before.getCreateTime(), after.getCreateTime());
        assertEquals("body 50", new String(nats.jetStreamManagement().getMessage("S", 50).getData(), StandardCharsets.US_ASCII));
        assertThrows(JetStreamApiException.class, () -> nats.jetStreamManagement().getMessage("S", 7));
        publish(101, 110);
        restart();
        assertEquals(109, info().getStreamState().getMsgCount());
        publish(111, 111);
    }

    @Test
    void aConsumerGoesOnWhereItWas() throws Exception {
        create(StreamConfiguration.builder());
        publish(1, 20);
        consumer(ConsumerConfiguration.builder().durable("c").filterSubject("s.1").ackWait(Duration.ofSeconds(30)));
        assertEquals(List.of("body 1", "body 4", "body 7"), fetch("c", 3));
        Message unacknowledged = nats.getStreamContext("S").getConsumerContext("c").next();
        assertEquals(10, unacknowledged.metaData().streamSequence());
        ConsumerInfo before = nats.jetStreamManagement().getConsumerInfo("S", "c");
        restart();
        ConsumerInfo after = nats.jetStreamManagement().getConsumerInfo("S", "c");
        assertEquals(before.getDelivered().getStreamSequence(), after.getDelivered().getStreamSequence());
        assertEquals(before.getDelivered().getConsumerSequence(), after.getDelivered().getConsumerSequence());
        assertEquals(before.getAckFloor().getStreamSequence(), after.getAckFloor().getStreamSequence());
        assertEquals(before.getNumPending(), after.getNumPending());
        assertEquals(1, after.getNumAckPending());
        assertEquals(List.of("body 13", "body 16", "body 19"), fetch("c", 10));
    }

    @Test
    void aMessageThatWasNotAcknowledgedIsDeliveredAgain() throws Exception {
        create(StreamConfiguration.builder());
        publish(1, 3);
        consumer(ConsumerConfiguration.builder().durable("c").ackWait(Duration.ofSeconds(2)));
        nats.getStreamContext("S").getConsumerContext("c").next();
        restart();
        List<Long> twice = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            Message m = nats.getStreamContext("S").getConsumerContext("c").next(5000);
            if (m.metaData().deliveredCount() == 2)
                twice.add(m.metaData().streamSequence());
            m.ackSync(Duration.ofSeconds(5));
        }
        assertEquals(List.of(1L), twice);
    }

    @Test
    void aWorkQueueKeepsOnlyWhatIsNotDone() throws Exception {
        create(StreamConfiguration.builder().retentionPolicy(RetentionPolicy.WorkQueue));
        publish(1, 10);
        consumer(ConsumerConfiguration.builder().durable("c"));
        fetch("c", 4);
        restart();
        assertEquals(6, info().getStreamState().getMsgCount());
        assertEquals(List.of("body 5", "body 6"), fetch("c", 2));
        publish(11, 11);
    }

    @Test
    void aConsumerOfTheLastMessagesOfSubjectsGoesOn() throws Exception {
        create(StreamConfiguration.builder());
        publish(1, 9);
        consumer(ConsumerConfiguration.builder().durable("c").deliverPolicy(DeliverPolicy.LastPerSubject).filterSubject("s.>"));
        assertEquals(List.of("body 7"), fetch("c", 1));
        restart();
        publish(10, 10);
        assertEquals(List.of("body 8", "body 9", "body 10"), fetch("c", 10));
    }

    @Test
    void aMessageIdIsRememberedOverARestart() throws Exception {
        create(StreamConfiguration.builder());
        PublishOptions id = PublishOptions.builder().messageId("one").build();
        nats.jetStream().publish("s.1", new byte[1], id);
        restart();
        assertTrue(nats.jetStream().publish("s.1", new byte[1], id).isDuplicate());
        assertEquals(1, info().getStreamState().getMsgCount());
    }

    @Test
    void aBucketKeepsTheLastValues() throws Exception {
        nats.keyValueManagement().create(KeyValueConfiguration.builder().name("b").maxHistoryPerKey(1).build());
        KeyValue bucket = nats.keyValue("b");
        for (int i = 0; i < 50; i++)
            bucket.put("k" + i % 5, "v" + i);
        bucket.delete("k1");
        restart();
        bucket = nats.keyValue("b");
        assertEquals("v49", bucket.get("k4").getValueAsString());
        assertNull(bucket.get("k1"));
        assertEquals(4, bucket.keys().size());
    }

    @Test
    void changesOfAConfigurationAndDeletionsStay() throws Exception {
        create(StreamConfiguration.builder());
        publish(1, 5);
        consumer(ConsumerConfiguration.builder().durable("gone"));
        consumer(ConsumerConfiguration.builder().durable("stays").description("before"));
        consumer(ConsumerConfiguration.builder().durable("stays").description("after"));
        nats.jetStreamManagement().deleteConsumer("S", "gone");
        nats.jetStreamManagement().updateStream(StreamConfiguration.builder(info().getConfiguration()).maxMessages(3).build());
        nats.jetStreamManagement().addStream(StreamConfiguration.builder().name("T").subjects("t").build());
        nats.jetStreamManagement().deleteStream("T");
        restart();
        assertEquals(List.of("S"), nats.jetStreamManagement().getStreamNames());
        assertEquals(List.of("stays"), nats.jetStreamManagement().getConsumerNames("S"));
        assertEquals("after", nats.jetStreamManagement().getConsumerInfo("S", "stays").getConsumerConfiguration().getDescription());
        assertEquals(3, info().getConfiguration().getMaxMsgs());
        assertEquals(3, info().getStreamState().getFirstSequence());
    }

    @Test
    void aMemoryStreamIsGoneAfterARestart() throws Exception {
        nats.jetStreamManagement().addStream(StreamConfiguration.builder().name("M").subjects("m").storageType(StorageType.Memory).build());
        restart();
        assertEquals(List.of(), nats.jetStreamManagement().getStreamNames());
    }

    @Test
    void anotherServerCannotUseTheFolder() {
        UncheckedIOException refused = assertThrows(UncheckedIOException.class, () -> TestServer.start(o -> {
            o.jetStream = true;
            o.storeDir = folder;
        }));
        assertTrue(refused.getMessage().contains("another server uses"), refused.getMessage());
    }

    @Test
    void aStreamThatCannotBeOpenedDoesNotKeepOthersFromIt() throws Exception {
        create(StreamConfiguration.builder());
        publish(1, 3);
        nats.jetStreamManagement().addStream(StreamConfiguration.builder().name("T").subjects("t").storageType(StorageType.File).build());
        stop();
        Path config = folder.resolve("jetstream/streams/T/stream.json");
        Files.writeString(config, Files.readString(config).replace("\"t\"", "\"u\""));
        start();
        assertEquals(List.of("S"), nats.jetStreamManagement().getStreamNames());
        assertTrue(health().contains(" T' could not be recovered"), health());
        assertTrue(Files.exists(config));
        JetStreamApiException refused = assertThrows(JetStreamApiException.class, () -> nats.jetStreamManagement().addStream(
                StreamConfiguration.builder().name("T").subjects("t").storageType(StorageType.File).build()));
        assertTrue(refused.getMessage().contains("cannot be read"), refused.getMessage());
    }

    private String health() throws Exception {
        return get("/healthz");
    }

    private String get(String path) throws Exception {
        return HttpClient.newHttpClient().send(HttpRequest.newBuilder(URI.create(server.server().monitorUrl() + path)).build(),
                HttpResponse.BodyHandlers.ofString()).body();
    }

    @Test
    void aDamagedMessageIsShownInTheStateOfTheStream() throws Exception {
        create(StreamConfiguration.builder());
        publish(1, 20);
        consumer(ConsumerConfiguration.builder().durable("c"));
        stop();
        flip("jetstream/streams/S", "body 6");
        start();
        assertEquals("body 7", new String(nats.jetStreamManagement().getMessage("S", 7).getData(), StandardCharsets.US_ASCII));
        assertThrows(JetStreamApiException.class, () -> nats.jetStreamManagement().getMessage("S", 6));
        assertEquals(19, info().getStreamState().getMsgCount());
        String state = new String(nats.request("$JS.API.STREAM.INFO.S", null, Duration.ofSeconds(5)).getData(), StandardCharsets.UTF_8);
        assertTrue(state.contains("\"lost\":{\"msgs\":[6]"), state);
        assertFalse(fetch("c", 20).contains("body 6"));
    }

    @Test
    void theMonitorShowsFiles() throws Exception {
        create(StreamConfiguration.builder());
        publish(1, 20);
        String metrics = get("/metrics");
        assertTrue(metrics.matches("(?s).*\njnatsd_jetstream_segments\\{[^}]*} 1\n.*"), metrics);
        assertTrue(metrics.matches("(?s).*\njnatsd_jetstream_lost_messages_total\\{[^}]*} 0\n.*"), metrics);
        String varz = get("/varz");
        assertTrue(varz.contains("\"store_dir\": \"" + folder.resolve("jetstream")), varz);
        assertTrue(varz.contains("\"sync_interval\": 1000000000"), varz);
    }

    private void flip(String stream, String text) throws IOException {
        try (var files = Files.list(folder.resolve(stream))) {
            for (Path log : files.filter(path -> path.toString().endsWith(".log")).toList()) {
                byte[] bytes = Files.readAllBytes(log);
                int at = new String(bytes, StandardCharsets.ISO_8859_1).indexOf(text);
                if (at >= 0)
                    bytes[at] ^= 8;
                Files.write(log, bytes);
            }
        }
    }
}
