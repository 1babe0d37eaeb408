package io.jnatsd.clients;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.jnatsd.config.OptionsBuilder;
import io.jnatsd.config.ServerOptions.Compat;
import io.nats.client.Connection;
import io.nats.client.ConnectionListener.Events;
import io.nats.client.ErrorListener;
import io.nats.client.JetStreamStatusException;
import io.nats.client.Message;
import io.nats.client.Nats;
import io.nats.client.Options;
import io.nats.client.Subscription;
import io.nats.client.impl.Headers;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the official Java client makes of what gnatsd 1.0 did not have: headers, no responders, lame ducks. */
@Timeout(60)
class ModernJnatsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    /** Nobody waits for so long: what comes to an end before did not run into it. */
    private static final Duration FOREVER = Duration.ofMinutes(10);
    private static final byte[] NOTHING = {};

    private final List<ServerUnderTest> servers = new ArrayList<>();
    private final List<Connection> connections = new ArrayList<>();
    private final Queue<String> errors = new ConcurrentLinkedQueue<>();
    private final Queue<Events> events = new ConcurrentLinkedQueue<>();

    private ServerUnderTest own(ServerUnderTest server) {
        servers.add(server);
        return server;
    }

    private Connection connect() throws IOException, InterruptedException {
        return connect(o -> o);
    }

    private Connection connect(UnaryOperator<Options.Builder> change) throws IOException, InterruptedException {
        if (servers.isEmpty())
            own(ServerUnderTest.start());
        Options.Builder options = Options.builder().server(servers.getFirst().url()).noReconnect()
                .connectionTimeout(PATIENCE).connectionListener((connection, event) -> events.add(event))
                .errorListener(new ErrorListener() {
                    @Override
                    public void errorOccurred(Connection connection, String error) {
                        errors.add(error);
                    }
                });
        Connection connection = Nats.connect(change.apply(options).build());
        connections.add(connection);
        return connection;
    }

    @AfterEach
    void stop() throws InterruptedException {
        for (Connection connection : connections)
            connection.close();
        servers.forEach(ServerUnderTest::close);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    private static String text(Message message) {
        return new String(message.getData(), UTF_8);
    }

    private static Message next(Subscription sub) throws InterruptedException {
        Message message = sub.nextMessage(PATIENCE);
        assertNotNull(message, "no message for " + sub.getSubject());
        return message;
    }

    @Test
    void headersArriveWithTheirMessage() throws Exception {
        Connection publisher = connect(), subscriber = connect();
        assertTrue(publisher.getServerInfo().isHeadersSupported());
        Subscription sub = subscriber.subscribe("news");
        subscriber.flush(PATIENCE);
        Headers headers = new Headers().add("Key", "one", "two").add("Other", "").add("Last", "with: colon");
        publisher.publish("news", headers, bytes("one"));
        publisher.publish("news", "re.ply", headers, NOTHING);
        publisher.publish("news", bytes("two"));

        Message first = next(sub), second = next(sub), third = next(sub);
        assertEquals("one", text(first));
        assertEquals(List.of("one", "two"), first.getHeaders().get("Key"));
        assertEquals("", first.getHeaders().getFirst("Other"));
        assertEquals("with: colon", first.getHeaders().getFirst("Last"));
        assertEquals("re.ply", second.getReplyTo());
        assertEquals(headers, second.getHeaders());
        assertEquals(0, second.getData().length);
        assertFalse(third.hasHeaders());
        assertEquals("two", text(third));
    }

    @Test
    void aClientWithoutHeadersGetsTheRest() throws Exception {
        Connection publisher = connect(), old = connect(o -> o.noHeaders().noNoResponders());
        Subscription sub = old.subscribe("news");
        old.flush(PATIENCE);
        publisher.publish("news", new Headers().add("Key", "value"), bytes("text"));
        Message message = next(sub);
        assertEquals("text", text(message));
        assertFalse(message.hasHeaders());
    }

    @Test
    void manyMessagesWithHeadersOfAllSizesArriveInOrder() throws Exception {
        Connection publisher = connect(), subscriber = connect();
        Subscription sub = subscriber.subscribe("numbers");
        sub.setPendingLimits(-1, -1);
        subscriber.flush(PATIENCE);
        int count = 20_000;
        for (int i = 0; i < count; i++)
            publisher.publish("numbers", i % 3 == 0 ? null : new Headers().add("N", "x".repeat(i % 200)),
                    bytes("message " + i));
        publisher.flush(PATIENCE);
        for (int i = 0; i < count; i++) {
            Message message = next(sub);
            assertEquals("message " + i, text(message));
            assertEquals(i % 3 == 0 ? null : "x".repeat(i % 200),
                    message.hasHeaders() ? message.getHeaders().getFirst("N") : null);
        }
    }

    @Test
    void aServerWithoutHeadersSaysSoAndTheClientHeedsIt() throws Exception {
        ServerUnderTest old = own(ServerUnderTest.start(o -> o.compat = Compat.GNATSD_1_0));
        assumeTrue(old.isJnatsd(), "other servers cannot be as old as that");
        Connection nats = connect();
        assertFalse(nats.getServerInfo().isHeadersSupported());
        Headers headers = new Headers().add("key", "value");
        assertThrows(IllegalArgumentException.class, () -> nats.publish("news", headers, bytes("x")));
        Subscription sub = nats.subscribe("news");
        nats.publish("news", bytes("without"));
        Message message = next(sub);
        assertEquals("without", text(message));
        assertFalse(message.hasHeaders());
        assertNull(message.getStatus());
    }

    @Test
    void aRequestThatNobodyCanAnswerFailsAtOnce() throws Exception {
        Connection nats = connect();
        assertNull(nats.request("nobody", NOTHING, FOREVER));
        assertThrows(CancellationException.class, () -> nats.request("nobody", NOTHING).get(10, TimeUnit.SECONDS));
        Connection reporting = connect(Options.Builder::reportNoResponders);
        ExecutionException told = assertThrows(ExecutionException.class,
                () -> reporting.request("nobody", NOTHING).get(10, TimeUnit.SECONDS));
        assertEquals(503, assertInstanceOf(JetStreamStatusException.class, told.getCause()).getStatus().getCode());
        Connection old = connect(Options.Builder::oldRequestStyle);
        assertNull(old.request("nobody", NOTHING, FOREVER));
    }

    @Test
    void aRequestGetsThroughAsSoonAsSomebodyIsThere() throws Exception {
        Connection asking = connect(), answering = connect();
        assertNull(asking.request("service", NOTHING, FOREVER));
        answering.createDispatcher(m -> answering.publish(m.getReplyTo(),
                new Headers().add("Echo", m.getHeaders().getFirst("Call")), m.getData())).subscribe("service", "group");
        answering.flush(PATIENCE);
        for (int i = 0; i < 100; i++) {
            Message reply = asking.request("service", new Headers().add("Call", "hey " + i), bytes("q" + i), PATIENCE);
            assertEquals("q" + i, text(reply));
            assertEquals("hey " + i, reply.getHeaders().getFirst("Echo"));
        }
    }

    @Test
    void oneRequestMayHaveManyAnswers() throws Exception {
        Connection asking = connect();
        for (int i = 0; i < 3; i++) {
            Connection answering = connect();
            String name = "instance " + i;
            answering.createDispatcher(m -> answering.publish(m.getReplyTo(), bytes(name))).subscribe("who");
            answering.flush(PATIENCE);
        }
        String inbox = asking.createInbox();
        Subscription replies = asking.subscribe(inbox);
        asking.publish("who", inbox, NOTHING);
        List<String> answers = new ArrayList<>();
        for (int i = 0; i < 3; i++)
            answers.add(text(next(replies)));
        answers.sort(null);
        assertEquals(List.of("instance 0", "instance 1", "instance 2"), answers);

        asking.publish("nobody", inbox, NOTHING);
        Message none = next(replies);
        assertTrue(none.isStatusMessage());
        assertEquals(503, none.getStatus().getCode());
    }

    @Test
    void aLameDuckIsAnnouncedAndItsClientsMoveOn() throws Exception {
        ServerUnderTest leaving = own(ServerUnderTest.start(o -> o.lameDuckGracePeriod = Duration.ofMillis(200)));
        ServerUnderTest staying = own(ServerUnderTest.start());
        Connection nats = connect(o -> o.servers(new String[] {leaving.url(), staying.url()}).noRandomize()
                .maxReconnects(-1).reconnectWait(Duration.ofMillis(20)).reconnectJitter(Duration.ofMillis(1)));
        Subscription sub = nats.subscribe("news");
        nats.flush(PATIENCE);
        leaving.lameDuck();
        await().atMost(PATIENCE).until(() -> events.contains(Events.LAME_DUCK));
        await().atMost(PATIENCE).until(() -> events.contains(Events.RESUBSCRIBED));
        assertEquals(staying.url(), nats.getConnectedUrl());
        nats.publish("news", bytes("from the other server"));
        assertEquals("from the other server", text(next(sub)));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aClientThatKnewOfOneServerMovesToAnotherOfItsCluster(boolean lameDuck) throws Exception {
        Consumer<OptionsBuilder> quick = o -> o.lameDuckGracePeriod = Duration.ofMillis(200);
        ServerUnderTest first = own(ServerUnderTest.start(ServerUnderTest.inCluster().andThen(quick)));
        Connection nats = connect(o -> o.maxReconnects(-1).reconnectWait(Duration.ofMillis(20))
                .reconnectJitter(Duration.ofMillis(1)));
        ServerUnderTest second = own(first.startAnother(quick));
        await("connect_urls").atMost(PATIENCE).until(() -> nats.getServers().size() == 2);
        Subscription sub = nats.subscribe("news");
        nats.flush(PATIENCE);
        if (lameDuck)
            first.lameDuck();
        else
            first.stop();
        await().atMost(PATIENCE).until(() -> events.contains(Events.RESUBSCRIBED));
        assertEquals(second.url(), nats.getConnectedUrl());
        assertEquals(lameDuck, events.contains(Events.LAME_DUCK));
        nats.publish("news", bytes("from the other server"));
        assertEquals("from the other server", text(next(sub)));
    }

    @Test
    void whatIsNotPermittedIsReportedAndTheRestWorks() throws Exception {
        own(ServerUnderTest.startRestricted());
        Connection nats = connect(o -> o.userInfo("joe", "secret"));
        Subscription refused = nats.subscribe("private.news"), sub = nats.subscribe("public.news");
        nats.subscribe("private.jobs", "workers");
        nats.publish("private.news", bytes("x"));
        nats.publish("private.news", new Headers().add("Key", "value"), bytes("x"));
        nats.publish("public.news", bytes("y"));
        assertEquals("y", text(next(sub)));
        nats.flush(PATIENCE);
        await().atMost(PATIENCE).until(() -> errors.size() >= 4);
        assertEquals(List.of("Permissions Violation for Subscription to \"private.news\"",
                "Permissions Violation for Subscription to \"private.jobs\" using queue \"workers\"",
                "Permissions Violation for Publish to \"private.news\"",
                "Permissions Violation for Publish to \"private.news\""), List.copyOf(errors));
        assertEquals(0, refused.getPendingMessageCount());
        assertEquals(Connection.Status.CONNECTED, nats.getStatus());
    }

    @Test
    void aWrongPasswordIsReported() throws Exception {
        own(ServerUnderTest.startRestricted());
        // It waits for so long, whatever the server says.
        assertThrows(IOException.class,
                () -> connect(o -> o.userInfo("joe", "wrong").connectionTimeout(Duration.ofSeconds(1))));
        await().atMost(PATIENCE).until(() -> errors.contains("Authorization Violation"));
    }
}
