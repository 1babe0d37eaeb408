package io.jnatsd.clients;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jnatsd.client.Client;
import io.jnatsd.delivery.Traffic.Totals;
import io.nats.client.Connection;
import io.nats.client.ConnectionListener.Events;
import io.nats.client.Dispatcher;
import io.nats.client.ErrorListener;
import io.nats.client.Message;
import io.nats.client.Nats;
import io.nats.client.Options;
import io.nats.client.Options.SubjectValidationType;
import io.nats.client.Subscription;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the official Java client makes of the server. */
@Timeout(60)
class JnatsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final byte[] NOTHING = {};

    private ServerUnderTest server;
    private final List<Connection> connections = new ArrayList<>();
    /** What the server said in -ERR, to any of the connections. */
    private final Queue<String> errors = new ConcurrentLinkedQueue<>();
    private final Queue<Events> events = new ConcurrentLinkedQueue<>();

    private Connection connect() throws IOException, InterruptedException {
        return connect(o -> o);
    }

    private Connection connect(UnaryOperator<Options.Builder> change) throws IOException, InterruptedException {
        if (server == null)
            server = ServerUnderTest.start();
        Options.Builder options = Options.builder().server(server.url()).noReconnect().connectionTimeout(PATIENCE)
                .connectionListener((connection, event) -> events.add(event))
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
        if (server != null)
            server.close();
    }

    /** All that was sent on these connections has been dealt with, and what came of it for them is here. */
    private static void settle(Connection... connections) throws Exception {
        for (Connection connection : connections)
            connection.flush(PATIENCE);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(US_ASCII);
    }

    private static String text(Message message) {
        return new String(message.getData(), US_ASCII);
    }

    private static Message next(Subscription sub) throws InterruptedException {
        Message message = sub.nextMessage(PATIENCE);
        assertNotNull(message, "no message for " + sub.getSubject());
        return message;
    }

    /** What has arrived and was not taken yet; to be called after {@link #settle}. */
    private static List<String> arrived(Subscription sub) throws InterruptedException {
        List<String> texts = new ArrayList<>();
        while (sub.getPendingMessageCount() > 0)
            texts.add(text(next(sub)));
        return texts;
    }

    @Test
    void aMessageArrivesWithItsSubjectReplyAndPayload() throws Exception {
        Connection publisher = connect(), subscriber = connect();
        Subscription sub = subscriber.subscribe("news.sports");
        settle(subscriber);
        publisher.publish("news.sports", "news.replies", bytes("two to one"));
        publisher.publish("news.weather", bytes("rain"));
        publisher.publish("news.sports", NOTHING);

        Message first = next(sub);
        assertEquals("news.sports", first.getSubject());
        assertEquals("news.replies", first.getReplyTo());
        assertEquals("two to one", text(first));
        Message second = next(sub);
        assertNull(second.getReplyTo());
        assertEquals(0, second.getData().length);
    }

    @Test
    void everySubscriberGetsACopyAndThePublisherToo() throws Exception {
        Connection publisher = connect(), other = connect();
        List<Subscription> subs =
                List.of(publisher.subscribe("news"), other.subscribe("news"), other.subscribe("news"));
        settle(other);
        publisher.publish("news", bytes("a"));
        settle(publisher, other);
        for (Subscription sub : subs)
            assertEquals(List.of("a"), arrived(sub));
    }

    @Test
    void aClientThatWantsNoEchoHearsOnlyOthers() throws Exception {
        Connection silent = connect(Options.Builder::noEcho), other = connect();
        Subscription own = silent.subscribe("news"), queued = silent.subscribe("news", "workers");
        Subscription others = other.subscribe("news");
        settle(silent, other);
        silent.publish("news", bytes("mine"));
        settle(silent);
        other.publish("news", bytes("yours"));
        settle(other, silent);
        assertEquals(List.of("yours"), arrived(own));
        assertEquals(List.of("yours"), arrived(queued));
        assertEquals(List.of("mine", "yours"), arrived(others));
    }

    @Test
    void wildcardsMatchOneTokenOrTheRest() throws Exception {
        Connection nats = connect();
        Subscription star = nats.subscribe("a.*.c"), rest = nats.subscribe("a.>"), all = nats.subscribe(">"),
                one = nats.subscribe("*");
        for (String subject : List.of("a", "a.b", "a.b.c", "a.x.c", "a.b.c.d", "b.b.c"))
            nats.publish(subject, bytes(subject));
        settle(nats);
        assertEquals(List.of("a.b.c", "a.x.c"), arrived(star));
        assertEquals(List.of("a.b", "a.b.c", "a.x.c", "a.b.c.d"), arrived(rest));
        assertEquals(List.of("a", "a.b", "a.b.c", "a.x.c", "a.b.c.d", "b.b.c"), arrived(all));
        assertEquals(List.of("a"), arrived(one));
    }

    @Test
    void aQueueGroupSharesMessagesAndGetsEachOnce() throws Exception {
        Connection publisher = connect(), a = connect(), b = connect();
        List<Subscription> workers = List.of(a.subscribe("jobs", "workers"), a.subscribe("jobs", "workers"),
                b.subscribe("jobs", "workers"), b.subscribe("jobs.>", "others"), b.subscribe("jobs", "workers"));
        Subscription auditor = a.subscribe("jobs", "auditors"), plain = b.subscribe("jobs");
        settle(a, b);
        int sent = 1000;
        for (int i = 0; i < sent; i++)
            publisher.publish("jobs", bytes("job " + i));
        settle(publisher, a, b);

        TreeMap<String, Integer> got = new TreeMap<>();
        for (Subscription worker : workers) {
            List<String> jobs = arrived(worker);
            jobs.forEach(job -> got.merge(job, 1, Integer::sum));
            // Even shares would be 250; fewer than 100 has a probability below 10^-27.
            assertTrue(worker.getQueueName().equals("others") ? jobs.isEmpty() : jobs.size() > 100,
                    () -> worker.getQueueName() + " got " + jobs.size());
        }
        assertEquals(sent, got.size());
        assertTrue(got.values().stream().allMatch(times -> times == 1));
        assertEquals(sent, arrived(auditor).size());
        assertEquals(sent, arrived(plain).size());
    }

    @Test
    void requestsGetTheirOwnReplies() throws Exception {
        Connection asking = connect(), answering = connect();
        Dispatcher service = answering.createDispatcher(
                m -> answering.publish(m.getReplyTo(), bytes("re: " + text(m))));
        service.subscribe("service", "instances");
        settle(answering);
        List<CompletableFuture<Message>> replies = new ArrayList<>();
        for (int i = 0; i < 500; i++)
            replies.add(asking.request("service", bytes("question " + i)));
        for (int i = 0; i < replies.size(); i++)
            assertEquals("re: question " + i, text(replies.get(i).get(10, TimeUnit.SECONDS)));
    }

    @Test
    void theOldStyleOfRequestsWorksToo() throws Exception {
        Connection asking = connect(Options.Builder::oldRequestStyle), answering = connect();
        answering.createDispatcher(m -> answering.publish(m.getReplyTo(), m.getData())).subscribe("service");
        settle(answering);
        for (int i = 0; i < 20; i++)
            assertEquals("q" + i, text(asking.request("service", bytes("q" + i), PATIENCE)));
    }

    @Test
    void aRequestThatNobodyAnswersComesToNothing() throws Exception {
        assertNull(connect().request("nobody", NOTHING, Duration.ofMillis(100)));
    }

    @Test
    void drainingADispatcherHandlesAllThatCameBefore() throws Exception {
        Connection publisher = connect(), subscriber = connect();
        List<String> handled = new ArrayList<>();
        Dispatcher dispatcher = subscriber.createDispatcher(m -> handled.add(text(m)));
        dispatcher.subscribe("news");
        settle(subscriber);
        List<String> sent = publish(publisher, "news", 1000);
        settle(publisher);
        assertTrue(dispatcher.drain(PATIENCE).get(10, TimeUnit.SECONDS));
        publisher.publish("news", bytes("too late"));
        settle(publisher, subscriber);
        assertEquals(sent, handled);
    }

    @Test
    void drainingAConnectionSendsAndHandlesEverythingAndThenCloses() throws Exception {
        Connection draining = connect(), other = connect();
        List<String> handled = new ArrayList<>();
        draining.createDispatcher(m -> handled.add(text(m))).subscribe("in");
        Subscription out = other.subscribe("out");
        settle(draining, other);
        List<String> in = publish(other, "in", 1000);
        settle(other);
        List<String> sent = publish(draining, "out", 1000);
        assertTrue(draining.drain(PATIENCE).get(10, TimeUnit.SECONDS));
        assertEquals(Connection.Status.CLOSED, draining.getStatus());
        settle(other);
        assertEquals(in, handled);
        assertEquals(sent, arrived(out));
    }

    private static List<String> publish(Connection publisher, String subject, int count) {
        List<String> sent = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            sent.add("message " + i);
            publisher.publish(subject, bytes("message " + i));
        }
        return sent;
    }

    @Test
    void aSubscriptionEndsAfterItsMaximum() throws Exception {
        Connection publisher = connect(), subscriber = connect();
        Subscription five = subscriber.subscribe("news"), all = subscriber.subscribe("news"),
                past = subscriber.subscribe("news");
        settle(subscriber);
        five.unsubscribe(5);
        publish(publisher, "news", 3);
        settle(subscriber, publisher, subscriber);
        past.unsubscribe(2);
        settle(subscriber);
        publish(publisher, "news", 7);
        settle(publisher, subscriber);
        assertEquals(10, arrived(all).size());
        assertEquals(5, arrived(five).size());
        assertFalse(five.isActive());
        // It had had its two when it asked for them; the client drops what is too much by itself.
        assertTrue(past.getPendingMessageCount() <= 3);
    }

    @Test
    void anUnsubscribedSubjectFallsSilent() throws Exception {
        Connection nats = connect();
        List<String> handled = new ArrayList<>();
        Dispatcher dispatcher = nats.createDispatcher(m -> handled.add(text(m)));
        dispatcher.subscribe("news").subscribe("end");
        dispatcher.unsubscribe("news");
        nats.publish("news", bytes("unheard"));
        nats.publish("end", bytes("end"));
        await().atMost(PATIENCE).until(() -> dispatcher.getDeliveredCount() == 1);
        assertEquals(List.of("end"), handled);
    }

    @Test
    void subscriptionsAreBackAfterTheServerWasRestarted() throws Exception {
        UnaryOperator<Options.Builder> patient = o -> o.maxReconnects(-1).reconnectWait(Duration.ofMillis(20))
                .reconnectJitter(Duration.ofMillis(1));
        Connection subscriber = connect(patient), publisher = connect(patient);
        Subscription plain = subscriber.subscribe("news"), wild = subscriber.subscribe("*"),
                queued = subscriber.subscribe("news", "readers");
        settle(subscriber);
        publisher.publish("news", bytes("before"));
        settle(publisher, subscriber);

        server.stop();
        await().atMost(PATIENCE).until(() -> subscriber.getStatus() != Connection.Status.CONNECTED
                && publisher.getStatus() != Connection.Status.CONNECTED);
        server.startAgain();
        await().atMost(PATIENCE).until(
                () -> events.stream().filter(event -> event == Events.RESUBSCRIBED).count() == 2);
        settle(subscriber);
        publisher.publish("news", bytes("after"));
        settle(publisher, subscriber);
        for (Subscription sub : List.of(plain, wild, queued))
            assertEquals(List.of("before", "after"), arrived(sub));
        assertEquals(1, subscriber.getStatistics().getReconnects());
    }

    @Test
    void aConnectionWithoutReconnectEndsWithTheServer() throws Exception {
        Connection nats = connect();
        server.stop();
        await().atMost(PATIENCE).until(() -> nats.getStatus() == Connection.Status.CLOSED);
        assertEquals(List.of(), List.copyOf(errors));
    }

    @Test
    void pingsComeBack() throws Exception {
        Connection nats = connect();
        for (int i = 0; i < 100; i++)
            nats.flush(PATIENCE);
        Duration roundTrip = nats.RTT();
        assertTrue(roundTrip.isPositive() && roundTrip.compareTo(PATIENCE) < 0, roundTrip::toString);
    }

    @Test
    void theServerKnowsWhoIsConnected() throws Exception {
        Connection nats = connect(o -> o.connectionName("Räuber 1"));
        Subscription sub = nats.subscribe("news");
        settle(nats);
        int id = nats.getServerInfo().getClientId();
        Client client = server.jnatsd().clients().get(id);
        assertEquals("Räuber 1", client.connectInfo().name());
        assertEquals("java", client.connectInfo().lang());
        assertEquals("2.26.2", client.connectInfo().version());
        assertEquals(1, client.stats().subscriptions());
        sub.unsubscribe();
        settle(nats);
        assertEquals(0, client.stats().subscriptions());

        nats.close();
        await().atMost(PATIENCE).until(() -> server.jnatsd().clients().count() == 0);
        assertNull(server.jnatsd().clients().get(id));
    }

    @Test
    void aVerboseClientGetsAnOkForEachCommand() throws Exception {
        Connection nats = connect(Options.Builder::verbose);
        Subscription sub = nats.subscribe("news");
        for (int i = 0; i < 10; i++)
            nats.publish("news", bytes("x"));
        sub.unsubscribe(20);
        settle(nats);
        assertEquals(10, arrived(sub).size());
        // CONNECT, SUB, ten PUB, UNSUB; PING is answered with PONG alone.
        assertEquals(13, nats.getStatistics().getOKs());
        assertEquals(List.of(), List.copyOf(errors));
    }

    @Test
    void aPedanticClientHearsOfABadSubjectAndStays() throws Exception {
        Connection nats = connect(o -> o.pedantic().subjectValidationType(SubjectValidationType.None));
        Subscription sub = nats.subscribe("news.good");
        nats.publish("news.*", bytes("x"));
        nats.publish("news.good", bytes("y"));
        settle(nats);
        assertEquals(List.of("y"), arrived(sub));
        await().atMost(PATIENCE).until(() -> !errors.isEmpty());
        assertTrue(errors.peek().matches("Invalid (Publish )?Subject"), errors::toString);
        assertEquals(1, nats.getStatistics().getErrs());
        assertEquals(Connection.Status.CONNECTED, nats.getStatus());
    }

    @Test
    void aMillionMessagesArriveInOrderAndComplete() throws Exception {
        int sent = 1_000_000;
        Connection publisher = connect(), subscriber = connect();
        AtomicInteger handled = new AtomicInteger();
        CompletableFuture<Integer> end = new CompletableFuture<>();
        Dispatcher dispatcher = subscriber.createDispatcher(message -> {
            int expected = handled.getAndIncrement();
            byte[] data = message.getData();
            if (data.length != size(expected) || !isNumber(expected, data))
                end.completeExceptionally(new AssertionError("message " + expected + " is " + data.length
                        + " bytes, number " + ByteBuffer.wrap(data).getInt()));
            if (expected == sent - 1)
                end.complete(expected);
        });
        dispatcher.setPendingLimits(-1, -1);
        dispatcher.subscribe("numbers");
        settle(subscriber);
        for (int i = 0; i < sent; i++)
            publisher.publish("numbers", number(i));
        end.get(40, TimeUnit.SECONDS);
        settle(publisher, subscriber);
        assertEquals(sent, handled.get());
    }

    private static int size(int number) {
        return 16 + number * 31 % 113;
    }

    private static byte[] number(int i) {
        byte[] data = new byte[size(i)];
        ByteBuffer.wrap(data).putInt(i).putInt(data.length - 4, ~i);
        return data;
    }

    private static boolean isNumber(int i, byte[] data) {
        ByteBuffer buffer = ByteBuffer.wrap(data);
        return buffer.getInt() == i && buffer.getInt(data.length - 4) == ~i;
    }

    @Test
    void theLargestPayloadArrivesUnharmed() throws Exception {
        Connection publisher = connect(), subscriber = connect();
        assertEquals(1024 * 1024, publisher.getMaxPayload());
        Subscription sub = subscriber.subscribe("large");
        settle(subscriber);
        byte[] data = new byte[1024 * 1024];
        new Random(1).nextBytes(data);
        publisher.publish("large", data);
        publisher.publish("large", bytes("small"));
        publisher.publish("large", data);
        assertArrayEquals(data, next(sub).getData());
        assertEquals("small", text(next(sub)));
        assertArrayEquals(data, next(sub).getData());
    }

    @Test
    void theClientRefusesWhatIsLargerThanInfoAllows() throws Exception {
        Connection nats = connectTo(ServerUnderTest.start(o -> o.maxPayload = 1000));
        assertEquals(1000, nats.getMaxPayload());
        assertThrows(IllegalArgumentException.class, () -> nats.publish("large", new byte[1001]));
        Subscription sub = nats.subscribe("large");
        nats.publish("large", new byte[1000]);
        assertEquals(1000, next(sub).getData().length);
    }

    private Connection connectTo(ServerUnderTest limited) throws IOException, InterruptedException {
        server = limited;
        return connect();
    }

    @Test
    void aPayloadThatIsTooLargeForTheServerIsReportedAndEndsTheConnection() throws Exception {
        Connection nats = connect(o -> o.clientSideLimitChecks(false));
        nats.publish("large", new byte[1024 * 1024 + 1]);
        await().atMost(PATIENCE).until(() -> nats.getStatus() == Connection.Status.CLOSED);
        await().atMost(PATIENCE).until(() -> errors.contains("Maximum Payload Violation"));
    }

    @Test
    void oneConnectionTooManyIsToldSo() throws Exception {
        Connection first = connectTo(ServerUnderTest.start(o -> o.maxConnections = 1));
        // jnats goes on waiting for its PONG when it has the error already.
        UnaryOperator<Options.Builder> hasty = o -> o.connectionTimeout(Duration.ofSeconds(1));
        assertThrows(IOException.class, () -> connect(hasty));
        // nats-server sends its error together with INFO, and jnats overlooks it more often than not.
        if (server.isJnatsd())
            assertEquals(List.of("Maximum Connections Exceeded"), List.copyOf(errors));
        settle(first);

        first.close();
        await().atMost(PATIENCE).ignoreExceptions()
                .until(() -> connect(hasty).getStatus() == Connection.Status.CONNECTED);
    }

    @Test
    void clientAndServerCountTheSame() throws Exception {
        Connection publisher = connect(), subscriber = connect();
        List<Subscription> subs = List.of(subscriber.subscribe("news"), subscriber.subscribe(">"));
        settle(subscriber);
        for (int i = 0; i < 100; i++)
            publisher.publish("news", bytes("0123456789"));
        settle(publisher, subscriber);
        assertEquals(200, subscriber.getStatistics().getInMsgs());
        for (Subscription sub : subs)
            assertEquals(100, sub.getPendingMessageCount());

        Totals totals = server.jnatsd().state().traffic.totals();
        assertEquals(2, server.jnatsd().clients().totalAccepted());
        assertEquals(100, totals.inMessages());
        assertEquals(1000, totals.inBytes());
        assertEquals(200, totals.outMessages());
        assertEquals(2000, totals.outBytes());
        assertEquals(0, server.jnatsd().state().slowConsumers());
        Client receiver = server.jnatsd().clients().get(subscriber.getServerInfo().getClientId());
        assertEquals(200, receiver.outbound().stats().messages());
        assertEquals(0, receiver.stats().inMessages());
    }
}
