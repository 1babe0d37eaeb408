package io.jnatsd.events;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jnatsd.NatsServer;
import io.jnatsd.client.Client;
import io.jnatsd.client.ManyClients;
import io.jnatsd.config.ConfigException;
import io.jnatsd.config.ServerOptions;
import io.jnatsd.connection.CloseReason;
import io.jnatsd.connection.ServerState;
import io.jnatsd.log.Log;
import io.jnatsd.server.OptionsSource;
import io.jnatsd.server.RawClient;
import io.jnatsd.server.Server;
import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamManagement;
import io.nats.client.JetStreamOptions;
import io.nats.client.Nats;
import io.nats.client.Subscription;
import io.nats.client.api.ConsumerConfiguration;
import io.nats.client.api.DiscardPolicy;
import io.nats.client.api.StorageType;
import io.nats.client.api.StreamConfiguration;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

@Isolated("it records what happens in this JVM")
class FlightRecorderTest {
    private static final JetStreamOptions PATIENT = JetStreamOptions.builder().requestTimeout(Duration.ofSeconds(30)).build();

    @TempDir
    private Path dir;

    private List<RecordedEvent> stop(Recording recording) throws Exception {
        Path file = dir.resolve("recording.jfr");
        recording.stop();
        recording.dump(file);
        recording.close();
        return RecordingFile.readAllEvents(file).stream()
                .filter(e -> e.getEventType().getName().startsWith("jnatsd.")).toList();
    }

    private static RecordedEvent only(List<RecordedEvent> events, String name) {
        List<RecordedEvent> found = events.stream().filter(e -> e.getEventType().getName().equals("jnatsd." + name))
                .toList();
        assertEquals(1, found.size(), name);
        return found.get(0);
    }

    @Test
    void connectionsAreRecorded() throws Exception {
        Recording recording = new Recording();
        for (String name : List.of("ConnectionOpened", "ConnectionClosed", "Reload"))
            recording.enable("jnatsd." + name);
        recording.start();
        ServerOptions options = ServerOptions.defaults().withHost("127.0.0.1").withPort(-1);
        AtomicBoolean broken = new AtomicBoolean();
        OptionsSource source = () -> {
            if (broken.get())
                throw new ConfigException(List.of());
            return new OptionsSource.Loaded(options, List.of(), false);
        };
        try (Server server = Server.start(options, source, Log.silent())) {
            try (RawClient client = RawClient.quiet(server.port())) {
                client.send("CONNECT {\"verbose\":false,\"name\":\"svc\",\"user\":\"joe\",\"pass\":\"hush\"}\r\n");
                client.send("SUB a 1\r\nPUB a 5\r\nhello\r\n").expectText("MSG a 1 5\r\nhello\r\n");
            }
            await().until(() -> server.clients().closed().count(CloseReason.CLIENT_CLOSED) == 1);
            server.reload();
            broken.set(true);
            server.reload();
        }
        List<RecordedEvent> events = stop(recording);
        String label = only(events, "ConnectionOpened").getString("connection");
        assertTrue(label.matches("127\\.0\\.0\\.1:\\d+ - cid:1"), label);
        RecordedEvent closed = only(events, "ConnectionClosed");
        assertEquals(label + " Client Closed svc joe 1 5 1 5", closed.getString("connection") + " "
                + closed.getString("reason") + " " + closed.getString("clientName") + " " + closed.getString("user")
                + " " + closed.getLong("inMessages") + " " + closed.getLong("inBytes") + " "
                + closed.getLong("outMessages") + " " + closed.getLong("outBytes"));
        assertTrue(closed.getDuration("connectedFor").toMillis() >= 0);
        assertEquals(List.of(true, false), events.stream().filter(e -> e.hasField("succeeded"))
                .map(e -> e.getBoolean("succeeded")).toList());
        assertTrue(events.stream().noneMatch(e -> e.toString().contains("hush")));
    }

    @Test
    void failedLoginsAndRoutesAreRecorded() throws Exception {
        Recording recording = new Recording();
        for (String name : List.of("AuthFailure", "RouteUp", "RouteDown", "SlowConsumer"))
            recording.enable("jnatsd." + name);
        recording.start();
        ServerOptions options = ServerOptions.defaults().with(o -> {
            o.host = "127.0.0.1";
            o.port = -1;
            o.token = "secret";
        });
        try (Server server = Server.start(options); RawClient client = RawClient.connect(server.port())) {
            client.send("CONNECT {\"user\":\"joe\",\"auth_token\":\"wrong\"}\r\n").readToEnd();
        }
        ServerState state = new ServerState(Log.silent(), ServerOptions.defaults());
        Client any = ManyClients.join(state, 1).get(1);
        RouteUpEvent.commit(any.label(), "PEER", true);
        any.overflowed();
        RouteDownEvent.commit(any.label(), "PEER", any.closeReason().toString());
        state.stopTimer();
        List<RecordedEvent> events = stop(recording);
        RecordedEvent failure = only(events, "AuthFailure");
        assertEquals("joe Authentication Failure", failure.getString("user") + " " + failure.getString("reason"));
        assertEquals("PEER", only(events, "RouteUp").getString("remoteId"));
        assertEquals("Slow Consumer (Pending Bytes)", only(events, "RouteDown").getString("reason"));
        assertEquals("10.0.0.0:1024 - cid:1", only(events, "SlowConsumer").getString("connection"));
    }

    @Test
    void whatHappensToStreamsIsRecorded() throws Exception {
        Recording recording = new Recording();
        for (String name : List.of("StreamChanged", "ConsumerChanged", "PublishRefused", "MemoryLimit", "MaxDeliveries", "JetStreamError"))
            recording.enable("jnatsd." + name);
        recording.start();
        try (NatsServer server = NatsServer.builder().jetStream(600_000).start(); Connection nats = Nats.connect(server.url())) {
            JetStreamManagement management = nats.jetStreamManagement(PATIENT);
            management.addStream(StreamConfiguration.builder().name("S").subjects("s.*").maxMessages(1).discardPolicy(DiscardPolicy.New)
                    .storageType(StorageType.Memory).build());
            management.addOrUpdateConsumer("S", ConsumerConfiguration.builder().durable("C").maxDeliver(1)
                    .ackWait(Duration.ofMillis(10)).build());
            assertThrows(JetStreamApiException.class, () -> nats.jetStream(PATIENT).publish("s.big", new byte[700_000]));
            nats.jetStream(PATIENT).publish("s.a", new byte[1]);
            assertThrows(JetStreamApiException.class, () -> nats.jetStream(PATIENT).publish("s.b", new byte[1]));
            Subscription events = nats.subscribe("$JS.EVENT.ADVISORY.CONSUMER.MAX_DELIVERIES.>");
            nats.getConsumerContext("S", "C", PATIENT).next();
            assertNotNull(events.nextMessage(Duration.ofSeconds(20)));
            assertThrows(JetStreamApiException.class, () -> management.getConsumerInfo("S", "other"));
            management.deleteConsumer("S", "C");
            management.deleteStream("S");
        }
        List<RecordedEvent> events = stop(recording);
        assertEquals(List.of("S created", "S deleted"), texts(events, "StreamChanged", "stream", "action"));
        assertEquals(List.of("S C created", "S C deleted"), texts(events, "ConsumerChanged", "stream", "consumer", "action"));
        assertEquals(List.of("S s.big insufficient resources", "S s.b maximum messages exceeded"), texts(events, "PublishRefused",
                "stream", "subject", "reason"));
        assertEquals(600_000, only(events, "MemoryLimit").getLong("limit"));
        assertEquals(List.of("S C 1 1"), texts(events, "MaxDeliveries", "stream", "consumer", "sequence", "deliveries"));
        assertEquals(List.of("$JS.API.CONSUMER.INFO.S.other 10014 consumer not found"), texts(events, "JetStreamError", "subject",
                "code", "description"));
    }

    /** Returns the fields of all events of a kind in the order of time. */
    private static List<String> texts(List<RecordedEvent> events, String name, String... fields) {
        return events.stream().filter(e -> e.getEventType().getName().equals("jnatsd." + name))
                .sorted(Comparator.comparing(RecordedEvent::getStartTime))
                .map(e -> Arrays.stream(fields).map(field -> String.valueOf((Object) e.getValue(field))).collect(Collectors.joining(" ")))
                .toList();
    }
}
