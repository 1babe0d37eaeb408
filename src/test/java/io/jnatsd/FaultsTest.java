package io.jnatsd;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jnatsd.log.Threads;
import io.jnatsd.server.RawClient;
import io.jnatsd.tls.TestCerts;
import io.nats.client.AuthenticationException;
import io.nats.client.Connection;
import io.nats.client.ErrorListener;
import io.nats.client.Nats;
import io.nats.client.Options;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Connections that fail on purpose, as clients see them. */
@Timeout(60)
class FaultsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(10), ENDLESS = Duration.ofHours(1);
    /** More than the buffers of a connection on the loopback interface hold. */
    private static final int FLOOD = 32 * 1024 * 1024;

    @AutoClose
    private final NatsServer plain = NatsServer.builder().configText("websocket { port: -1, no_tls: true }")
            .maxPending(1024 * 1024).start();
    /** Null until a test needs it. */
    private NatsServer secured;

    @AfterEach
    void close() {
        if (secured != null)
            secured.close();
    }

    private static RawClient named(NatsServer server, String name) throws IOException {
        RawClient client = RawClient.connect(server.port());
        client.send("CONNECT {\"verbose\":false,\"pedantic\":false,\"name\":\"" + name + "\"}\r\n").roundTrip();
        return client;
    }

    private static Options.Builder options(String url, String name) {
        return Options.builder().server(url).connectionName(name).maxReconnects(-1)
                .reconnectWait(Duration.ofMillis(10)).connectionTimeout(PATIENCE).errorListener(new ErrorListener() { });
    }

    /** Connects by TCP, TLS or WebSocket. */
    private Connection connect(String scheme, String name) throws Exception {
        return Nats.connect(switch (scheme) {
            case "tls" -> options(server("tls").url(), name).sslContext(TestCerts.client("ca.pem")).build();
            case "ws" -> options(plain.webSocketUrl(), name).build();
            default -> options(plain.url(), name).build();
        });
    }

    private NatsServer server(String scheme) {
        if (!scheme.equals("tls"))
            return plain;
        if (secured == null)
            secured = NatsServer.builder().maxPending(1024 * 1024).configText("tls { cert_file: \"" + TestCerts.folder()
                    + "/server-cert.pem\", key_file: \"" + TestCerts.folder() + "/server-key.pem\" }").start();
        return secured;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static void assertReset(RawClient client) throws IOException {
        client.socket().setSoTimeout((int) PATIENCE.toMillis());
        assertThrows(SocketException.class, () -> client.socket().getInputStream().readAllBytes());
    }

    // ---- the end of a connection -----------------------------------------------------------------------------

    @Test
    void aClientThatIsDisconnectedGetsWhatWaitsAndTheEndOfTheStream() throws IOException {
        try (RawClient client = named(plain, "orders"); RawClient other = named(plain, "other")) {
            client.send("SUB a 1\r\n").roundTrip();
            other.send("PUB a 2\r\nhi\r\n").roundTrip();
            assertEquals(1, plain.faults().client("orders").disconnect());
            client.socket().setSoTimeout((int) PATIENCE.toMillis());
            client.expectEnd("MSG a 1 2\r\nhi\r\n");
            other.roundTrip();
            assertEquals(0, plain.faults().client("orders").disconnect());
        }
    }

    @Test
    void aClientThatIsResetGetsAnError() throws IOException {
        try (RawClient client = named(plain, "orders"); RawClient other = named(plain, "other")) {
            assertEquals(1, plain.faults().clients(c -> c.name().equals("orders")).reset());
            assertReset(client);
            other.roundTrip();
        }
    }

    @Test
    void clientsThatAreClosedInOrderGetNoReset() throws IOException {
        try (RawClient client = named(plain, "orders")) {
            plain.faults().allClients().disconnect();
            client.socket().setSoTimeout((int) PATIENCE.toMillis());
            assertEquals(-1, client.socket().getInputStream().read());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"nats", "tls", "ws"})
    void aClientConnectsAgainAfterAReset(String scheme) throws Exception {
        try (Connection nats = connect(scheme, "orders")) {
            var subscription = nats.subscribe("a");
            nats.flush(PATIENCE);
            assertEquals(1, server(scheme).faults().client("orders").reset());
            await("reconnect").until(() -> nats.getStatistics().getReconnects() == 1
                    && nats.getStatus() == Connection.Status.CONNECTED);
            nats.publish("a", bytes("again"));
            assertEquals("again", new String(subscription.nextMessage(PATIENCE).getData(), StandardCharsets.UTF_8));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"nats", "tls", "ws"})
    void aClientConnectsAgainAfterADisconnection(String scheme) throws Exception {
        try (Connection nats = connect(scheme, "orders")) {
            assertEquals(1, server(scheme).faults().allClients().disconnect());
            await("reconnect").until(() -> nats.getStatistics().getReconnects() == 1
                    && nats.getStatus() == Connection.Status.CONNECTED);
        }
    }

    // ---- errors ----------------------------------------------------------------------------------------------

    @Test
    void anErrorIsSentAndTheConnectionStaysOpen() throws IOException {
        try (RawClient client = named(plain, "orders")) {
            assertEquals(1, plain.faults().client("orders").error("Permissions Violation for Publish to \"a\""));
            client.expectText("-ERR 'Permissions Violation for Publish to \"a\"'\r\n").roundTrip();
        }
    }

    @Test
    void aClientIsDisconnectedWithAnError() throws Exception {
        List<String> errors = new CopyOnWriteArrayList<>();
        try (RawClient client = named(plain, "raw");
                Connection nats = Nats.connect(options(plain.url(), "orders").errorListener(new ErrorListener() {
                    @Override
                    public void errorOccurred(Connection connection, String error) {
                        errors.add(error);
                    }
                }).build())) {
            assertEquals(2, plain.faults().allClients().disconnect("Stale Connection"));
            client.expectEnd("-ERR 'Stale Connection'\r\n");
            await("error").until(() -> errors.contains("Stale Connection"));
            await("reconnect").until(() -> nats.getStatus() == Connection.Status.CONNECTED
                    && nats.getStatistics().getReconnects() > 0);
        }
    }

    // ---- new connections -------------------------------------------------------------------------------------

    @Test
    void newClientsAreRefusedUntilTheFaultIsClosed() throws Exception {
        try (RawClient before = named(plain, "before"); Fault refusal = plain.faults().refuseConnections()) {
            try (RawClient client = RawClient.open(plain.port())) {
                client.expectClosed();
            }
            assertEquals(1, refusal.count());
            assertThrows(IOException.class, () -> connect("nats", "jnats").close());
            before.roundTrip();
            assertTrue(refusal.count() > 1);
            refusal.close();
            connect("nats", "jnats").close();
        }
    }

    @Test
    void newClientsAreRefusedWithAnError() throws Exception {
        try (Fault refusal = plain.faults().refuseConnections("Authorization Violation")) {
            try (RawClient client = RawClient.connect(plain.port())) {
                client.send("CONNECT {}\r\nPING\r\n").expectEnd("-ERR 'Authorization Violation'\r\n");
            }
            // jnats throws only when its connection timeout is over.
            Options options = options(plain.url(), "jnats").connectionTimeout(Duration.ofMillis(500)).build();
            assertThrows(AuthenticationException.class, () -> Nats.connect(options).close());
            assertEquals(2, refusal.count());
        }
        connect("nats", "jnats").close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"nats", "tls", "ws"})
    void aSlowHandshakeEndsWithTheFault(String scheme) throws Exception {
        Fault slow = server(scheme).faults().slowHandshakes(ENDLESS);
        CompletableFuture<Connection> connecting = CompletableFuture.supplyAsync(() -> {
            try {
                return connect(scheme, "late");
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        await("client").until(() -> slow.count() == 1);
        assertFalse(connecting.isDone());
        slow.close();
        connecting.get(PATIENCE.toSeconds(), TimeUnit.SECONDS).close();
    }

    @Test
    void noThreadOfAClosedServerIsHeldByAFault() throws Exception {
        Threads threads = plain.running().state().threads;
        try (RawClient deaf = named(plain, "deaf");
                RawClient mute = named(plain, "mute");
                RawClient late = named(plain, "late")) {
            Fault reading = plain.faults().client("deaf").pauseReading(), writing = plain.faults().client("mute").pauseWriting(),
                    delay = plain.faults().client("late").delay(ENDLESS), opening = plain.faults().slowHandshakes(ENDLESS);
            try (RawClient opened = RawClient.open(plain.port())) {
                deaf.send("PING\r\n");
                mute.send("PING\r\n");
                late.send("PING\r\n");
                for (Fault fault : List.of(reading, writing, delay, opening))
                    fault.awaitCount(1);
                plain.close();
                opened.expectClosed();
                mute.expectEnd("PONG\r\n");
            }
        }
        await("the end of all threads").until(() -> threads.virtual().isEmpty());
    }

    @Test
    void aCountThatIsAwaitedInVainIsReported() {
        Fault refusal = plain.faults().refuseConnections();
        NatsServerException e = assertThrows(NatsServerException.class, () -> refusal.awaitCount(2, Duration.ZERO));
        assertEquals("expected a fault to take effect 2 times within 0s, but it has taken effect 0 times", e.getMessage());
        assertEquals(NatsServerException.Reason.TIMEOUT, e.reason());
    }

    // ---- pauses ----------------------------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(strings = {"nats", "tls", "ws"})
    void aClientThatIsNotReadGetsNoAnswersUntilTheFaultIsClosed(String scheme) throws Exception {
        try (Connection nats = connect(scheme, "orders"); Connection other = connect(scheme, "other")) {
            var subscription = other.subscribe("a");
            other.flush(PATIENCE);
            try (Fault pause = server(scheme).faults().client("orders").pauseReading()) {
                nats.publish("a", bytes("late"));
                assertThrows(TimeoutException.class, () -> nats.flush(Duration.ofMillis(100)));
                other.flush(PATIENCE);
                assertEquals(1, pause.count());
                assertEquals(0, subscription.getPendingMessageCount());
            }
            assertNotNull(subscription.nextMessage(PATIENCE));
            nats.flush(PATIENCE);
        }
    }

    @Test
    void aClientThatIsNotReadCanSendOnlyWhatTheBuffersHold() throws Exception {
        try (SocketChannel client = SocketChannel.open(new InetSocketAddress("127.0.0.1", plain.port()));
                Fault pause = plain.faults().allClients().pauseReading()) {
            client.configureBlocking(false);
            ByteBuffer flood = ByteBuffer.allocate(FLOOD);
            for (int i = 0; i + 6 <= FLOOD; i += 6)
                flood.put(bytes("PONG\r\n"));
            flood.flip();
            await("full buffers").until(() -> client.write(flood) == 0 && pause.count() == 1);
            assertTrue(flood.hasRemaining());
            pause.close();
            await("all is read").until(() -> {
                client.write(flood);
                return !flood.hasRemaining();
            });
        }
    }

    @Test
    void aDisconnectionEndsThePauses() throws IOException {
        plain.faults().allClients().pauseReading();
        plain.faults().allClients().pauseWriting();
        try (RawClient client = RawClient.connect(plain.port())) {
            client.send("SUB a 1\r\nPUB a 1\r\nx\r\nPING\r\n").expectNothing();
            assertEquals(1, plain.faults().allClients().disconnect());
            client.expectClosed();
        }
    }

    @Test
    void aServerThatClosesWritesWhatItHasHeld() throws IOException {
        try (RawClient client = named(plain, "orders"); RawClient other = named(plain, "other")) {
            client.send("SUB a 1\r\n").roundTrip();
            plain.faults().client("orders").pauseWriting();
            other.send("PUB a 2\r\nhi\r\n").roundTrip();
            client.expectNothing();
            plain.close();
            client.expectEnd("MSG a 1 2\r\nhi\r\n");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"nats", "tls", "ws"})
    void whatIsNotWrittenComesInOrderWhenTheFaultIsClosed(String scheme) throws Exception {
        try (Connection nats = connect(scheme, "orders"); Connection other = connect(scheme, "other")) {
            var subscription = nats.subscribe("a");
            nats.flush(PATIENCE);
            Fault pause = server(scheme).faults().client("orders").pauseWriting();
            for (int i = 0; i < 100; i++)
                other.publish("a", bytes("" + i));
            other.flush(PATIENCE);
            await("writer").until(() -> pause.count() == 1);
            assertEquals(0, subscription.getPendingMessageCount());
            pause.close();
            for (int i = 0; i < 100; i++)
                assertEquals("" + i, new String(subscription.nextMessage(PATIENCE).getData(), StandardCharsets.UTF_8));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"nats", "tls", "ws"})
    void aClientThatIsNotWrittenToBecomesASlowConsumer(String scheme) throws Exception {
        try (Connection nats = connect(scheme, "orders"); Connection other = connect(scheme, "other")) {
            nats.subscribe("a");
            nats.flush(PATIENCE);
            try (Fault pause = server(scheme).faults().client("orders").pauseWriting()) {
                await("slow consumer").until(() -> {
                    other.publish("a", new byte[100_000]);
                    return server(scheme).running().state().slowConsumers() == 1;
                });
                assertTrue(pause.count() > 0);
            }
            other.flush(PATIENCE);
            await("reconnect").until(() -> nats.getStatistics().getReconnects() > 0);
        }
    }

    @Test
    void aWriteThatIsHeldLongerThanTheWriteDeadlineEndsTheConnection() throws Exception {
        plain.reload(settings -> settings.writeDeadline(Duration.ofMillis(50)));
        try (RawClient client = named(plain, "orders")) {
            plain.faults().client("orders").pauseWriting();
            client.send("PING\r\n").expectClosed();
            assertEquals(1, plain.running().state().slowConsumers());
        }
    }

    @Test
    void delaysHoldBothDirections() throws Exception {
        try (RawClient client = named(plain, "orders")) {
            try (Fault delay = plain.faults().client("orders").delay(ENDLESS)) {
                client.send("PING\r\n").expectNothing();
                assertEquals(1, delay.count());
            }
            client.expectText("PONG\r\n");
            try (Fault delay = plain.faults().client("orders").delay(Duration.ofMillis(1))) {
                client.roundTrip().roundTrip();
                assertTrue(delay.count() >= 4, () -> "delays: " + delay.count());
            }
        }
    }

    // ---- which connections -----------------------------------------------------------------------------------

    @Test
    void aFaultConcernsClientsThatConnectLaterButOnlyTheSelectedOnes() throws Exception {
        try (Fault pause = plain.faults().client("late").pauseReading();
                RawClient late = RawClient.connect(plain.port());
                RawClient other = named(plain, "other")) {
            late.send("CONNECT {\"verbose\":false,\"name\":\"late\"}\r\nPING\r\n").expectNothing();
            other.roundTrip();
            assertEquals(1, pause.count());
            pause.close();
            late.expectText("PONG\r\n");
        }
    }

    @Test
    void clientsAreSelectedByUser() throws Exception {
        try (NatsServer users = NatsServer.builder().user("joe", "x").user("ann", "y").start();
                Connection joe = Nats.connect(options(users.url("joe", "x"), "").build());
                Connection ann = Nats.connect(options(users.url("ann", "y"), "").build())) {
            assertEquals(1, users.faults().clients(client -> client.user().equals("joe")).reset());
            await("reconnect").until(() -> joe.getStatistics().getReconnects() == 1);
            assertEquals(0, ann.getStatistics().getReconnects());
        }
    }

    @Test
    void faultsStayWhenTheServerIsRestarted() throws Exception {
        Fault refusal = plain.faults().refuseConnections(), pause = plain.faults().client("orders").pauseReading();
        plain.restart();
        try (RawClient client = RawClient.open(plain.port())) {
            client.expectClosed();
        }
        refusal.close();
        try (RawClient client = RawClient.connect(plain.port())) {
            client.send("CONNECT {\"verbose\":false,\"name\":\"orders\"}\r\nPING\r\n").expectNothing();
            pause.close();
            client.expectText("PONG\r\n");
        }
    }

    @Test
    void aRestartEndsWhatConnectionsWaitFor() throws Exception {
        try (RawClient client = named(plain, "orders"); RawClient other = named(plain, "other")) {
            client.send("SUB a 1\r\n").roundTrip();
            plain.faults().client("orders").pauseReading();
            Fault writing = plain.faults().client("orders").pauseWriting();
            other.send("PUB a 2\r\nhi\r\n").roundTrip();
            writing.awaitCount(1);
            plain.restart();
            client.expectEnd("MSG a 1 2\r\nhi\r\n");
        }
        plain.faults().clear();
        named(plain, "orders").close();
    }

    @Test
    void allFaultsEndTogether() throws Exception {
        plain.faults().refuseConnections();
        plain.faults().slowHandshakes(ENDLESS);
        plain.faults().allClients().pauseReading();
        plain.faults().allClients().drop(">");
        plain.faults().clear();
        try (RawClient client = named(plain, "orders")) {
            client.send("SUB a 1\r\nPUB a 2\r\nhi\r\n").expectText("MSG a 1 2\r\nhi\r\n");
        }
    }

    @Test
    void aServerThatIsClosedTakesNoFaults() {
        Faults faults = plain.faults();
        Fault refusal = faults.refuseConnections();
        plain.close();
        refusal.close();
        assertEquals(0, refusal.count());
        for (IllegalStateException e : List.of(assertThrows(IllegalStateException.class, faults::refuseConnections),
                assertThrows(IllegalStateException.class, faults::cutRoutes),
                assertThrows(IllegalStateException.class, () -> faults.allClients().disconnect())))
            assertEquals("this NATS server is closed", e.getMessage());
    }

    @Test
    void wrongArgumentsAreRefusedAtOnce() {
        ClientFaults all = plain.faults().allClients();
        assertEquals("a subject must be like orders.new, orders.* or orders.>, but is \"a..b\"",
                assertThrows(IllegalArgumentException.class, () -> all.drop("a..b")).getMessage());
        assertEquals("a delay must be longer than zero, but is PT0S",
                assertThrows(IllegalArgumentException.class, () -> all.delay(Duration.ZERO)).getMessage());
        assertEquals("the number of messages must be 1 or more, but is 0",
                assertThrows(IllegalArgumentException.class, () -> all.disconnectAfter(0)).getMessage());
        assertThrows(IllegalArgumentException.class, () -> all.messages("a b"));
        assertThrows(IllegalArgumentException.class, () -> all.messages("a").next(-1));
        assertThrows(IllegalArgumentException.class, () -> all.error("it's"));
        assertThrows(IllegalArgumentException.class, () -> all.disconnect("a\r\nb"));
        assertThrows(IllegalArgumentException.class, () -> plain.faults().slowHandshakes(Duration.ofMillis(-1)));
    }

    @Test
    void aTestOfClientsThatFailsIsLoggedAndSelectsNothing() throws Exception {
        List<String> log = new CopyOnWriteArrayList<>();
        try (NatsServer logged = NatsServer.builder().logTo(log::add).start()) {
            logged.faults().clients(client -> {
                throw new IllegalStateException("no test");
            }).pauseReading();
            named(logged, "orders").close();
            await("log").until(() -> log.stream().anyMatch(line -> line.contains("no test")));
        }
    }
}
