package io.jnatsd;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jnatsd.server.RawClient;
import io.nats.client.Connection;
import io.nats.client.ErrorListener;
import io.nats.client.Nats;
import io.nats.client.Options;
import io.nats.client.impl.Headers;
import io.nats.client.impl.NatsMessage;
import java.io.IOException;
import java.net.SocketException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Messages that are lost or duplicated on purpose, and connections that end after a number of messages. */
@Timeout(60)
class MessageFaultsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    @AutoClose
    private final NatsServer server = NatsServer.start();

    private RawClient named(String name) throws IOException {
        RawClient client = RawClient.connect(server.port());
        client.send("CONNECT {\"verbose\":false,\"pedantic\":false,\"headers\":true,\"no_responders\":true,\"name\":\""
                + name + "\"}\r\n").roundTrip();
        return client;
    }

    private static String pub(String subject, int from, int to) {
        StringBuilder text = new StringBuilder();
        for (int i = from; i < to; i++)
            text.append("PUB ").append(subject).append(" 1\r\n").append(i).append("\r\n");
        return text.toString();
    }

    private static String msg(String subject, int from, int to) {
        StringBuilder text = new StringBuilder();
        for (int i = from; i < to; i++)
            text.append("MSG ").append(subject).append(" 1 1\r\n").append(i).append("\r\n");
        return text.toString();
    }

    @Test
    void publishedMessagesAreLostUntilTheFaultIsClosed() throws IOException {
        try (RawClient publisher = named("orders"); RawClient subscriber = named("other")) {
            subscriber.send("SUB > 1\r\n").roundTrip();
            Fault lost = server.faults().client("orders").messages("a.*").published().drop();
            publisher.send(pub("a.b", 0, 3) + pub("a", 3, 4) + pub("a.c", 4, 5)).roundTrip();
            subscriber.send(pub("a.b", 5, 6)).expectText(msg("a", 3, 4) + msg("a.b", 5, 6));
            assertEquals(4, lost.count());
            lost.close();
            publisher.send(pub("a.b", 6, 7)).roundTrip();
            subscriber.expectText(msg("a.b", 6, 7));
            assertEquals(4, lost.count());
        }
    }

    @Test
    void deliveredMessagesAreLostForTheSelectedClientsOnly() throws IOException {
        try (RawClient deaf = named("orders"); RawClient other = named("other"); RawClient publisher = named("p")) {
            deaf.send("SUB a.> 2\r\nSUB b 1\r\n").roundTrip();
            other.send("SUB a.> 1\r\n").roundTrip();
            Fault lost = server.faults().client("orders").messages("a.>").delivered().drop();
            publisher.send(pub("a.b", 0, 5) + "PUB a.b reply 1\r\n5\r\nHPUB a.b 12 13\r\nNATS/1.0\r\n\r\n6\r\n" + pub("b", 7, 8))
                    .roundTrip();
            deaf.expectText(msg("b", 7, 8));
            other.expectText(msg("a.b", 0, 5) + "MSG a.b 1 reply 1\r\n5\r\nHMSG a.b 1 12 13\r\nNATS/1.0\r\n\r\n6\r\n");
            assertEquals(7, lost.count());
        }
    }

    @Test
    void theNextMessagesAreDuplicatedThenNoMore() throws IOException {
        try (RawClient subscriber = named("orders"); RawClient publisher = named("p")) {
            subscriber.send("SUB a 1\r\n").roundTrip();
            Fault twice = server.faults().client("orders").messages("a").delivered().next(2).duplicate();
            publisher.send(pub("a", 0, 4)).roundTrip();
            subscriber.expectText(msg("a", 0, 1) + msg("a", 0, 1) + msg("a", 1, 2) + msg("a", 1, 2) + msg("a", 2, 4));
            assertEquals(2, twice.count());
            Fault published = server.faults().client("p").messages("a").published().next(1).duplicate();
            publisher.send(pub("a", 5, 7)).roundTrip();
            subscriber.expectText(msg("a", 5, 6) + msg("a", 5, 7));
            assertEquals(1, published.count());
        }
    }

    @Test
    void aDuplicateForAClientWithoutHeadersHasNone() throws IOException {
        try (RawClient subscriber = RawClient.quiet(server.port()); RawClient publisher = named("p")) {
            subscriber.send("SUB a 1\r\n").roundTrip();
            server.faults().allClients().messages("a").delivered().duplicate();
            publisher.send("HPUB a 12 13\r\nNATS/1.0\r\n\r\n6\r\n").roundTrip();
            subscriber.expectText(msg("a", 6, 7) + msg("a", 6, 7));
        }
    }

    @Test
    void aMessageThatIsLostOnItsWayCountsForTheSubscription() throws IOException {
        try (RawClient client = named("orders")) {
            client.send("SUB a 1\r\nUNSUB 1 3\r\n").roundTrip();
            server.faults().client("orders").messages("a").delivered().next(1).drop();
            client.send(pub("a", 0, 5)).expectText(msg("a", 1, 3)).roundTrip();
            assertTrue(server.clients().getFirst().subscriptions().isEmpty());
        }
    }

    @Test
    void messagesOfOneReadAreCountedOneByOne() throws IOException {
        try (RawClient client = RawClient.connect(server.port())) {
            server.faults().client("orders").messages("a").published().next(2).drop();
            client.send("CONNECT {\"verbose\":false,\"name\":\"orders\"}\r\nSUB a 1\r\n" + pub("a", 0, 5)
                    + "PING\r\n").expectText(msg("a", 2, 5) + "PONG\r\n");
        }
    }

    @Test
    void faultsThatAreAddedWhileAClientConnectsConcernIt() throws Exception {
        for (int i = 0; i < 50; i++) {
            String name = "orders" + i;
            CompletableFuture<Fault> lost = CompletableFuture.supplyAsync(() -> server.faults().client(name)
                    .messages("lost").published().drop());
            CompletableFuture<Fault> twice = CompletableFuture.supplyAsync(() -> server.faults().client(name)
                    .messages("twice").delivered().duplicate());
            try (RawClient client = named(name)) {
                client.send("SUB > 1\r\n").roundTrip();
                try (Fault first = lost.get(); Fault second = twice.get()) {
                    client.send(pub("lost", 0, 1) + pub("twice", 1, 2) + pub("once", 2, 3))
                            .expectText(msg("twice", 1, 2) + msg("twice", 1, 2) + msg("once", 2, 3)).roundTrip();
                    assertEquals(1, first.count());
                    assertEquals(1, second.count());
                }
            }
        }
    }

    @Test
    void ofSeveralFaultsTheOldestDecides() throws IOException {
        try (RawClient client = named("orders")) {
            client.send("SUB > 1\r\n").roundTrip();
            Fault lost = server.faults().client("orders").messages("a").published().next(1).drop();
            Fault twice = server.faults().client("orders").messages(">").published().next(1).duplicate();
            client.send(pub("a", 0, 3)).expectText(msg("a", 1, 2) + msg("a", 1, 3));
            assertEquals(1, lost.count());
            assertEquals(1, twice.count());
        }
    }

    @Test
    void aRequestThatIsLostGetsNoAnswer() throws Exception {
        try (Connection nats = Nats.connect(Options.builder().server(server.url()).connectionName("orders").build())) {
            nats.createDispatcher(m -> nats.publish(m.getReplyTo(), m.getData())).subscribe("echo");
            try (Fault lost = server.faults().client("orders").messages("echo").published().drop()) {
                assertNull(nats.request("echo", new byte[] {1}, Duration.ofMillis(100)));
                assertEquals(1, lost.count());
            }
            assertEquals(1, nats.request("echo", new byte[] {1}, PATIENCE).getData().length);
        }
    }

    @Test
    void aProgramNoticesLossAndDuplicatesByItsNumbers() throws Exception {
        try (Connection publisher = Nats.connect(Options.builder().server(server.url()).connectionName("p").build());
                Connection nats = Nats.connect(Options.builder().server(server.url()).connectionName("orders").build())) {
            var subscription = nats.subscribe("orders.*");
            nats.flush(PATIENCE);
            Fault lost = server.faults().client("p").messages("orders.lost").published().drop();
            Fault twice = server.faults().client("orders").messages("orders.twice").delivered().duplicate();
            for (int i = 0; i < 1000; i++)
                publisher.publish(NatsMessage.builder().subject(i % 10 == 0 ? "orders.lost" : i % 10 == 1 ? "orders.twice"
                        : "orders.new").headers(i % 2 == 0 ? null : new Headers().add("n", "" + i)).data("" + i).build());
            publisher.flush(PATIENCE);
            nats.flush(PATIENCE);
            assertEquals(100, lost.count());
            assertEquals(100, twice.count());
            assertEquals(1000, subscription.getPendingMessageCount());
        }
    }

    // ---- the end after a number of messages ------------------------------------------------------------------

    @Test
    void aPublisherIsDisconnectedAfterANumberOfMessages() throws IOException {
        try (RawClient publisher = named("orders"); RawClient subscriber = named("other")) {
            subscriber.send("SUB a 1\r\n").roundTrip();
            Fault end = server.faults().client("orders").disconnectAfter(3);
            publisher.send(pub("a", 0, 2)).roundTrip();
            assertEquals(0, end.count());
            publisher.send(pub("a", 2, 9));
            publisher.readToEnd();
            assertEquals(1, end.count());
            subscriber.expectText(msg("a", 0, 3)).roundTrip();
            try (RawClient again = named("orders")) {
                again.send(pub("a", 0, 9)).roundTrip();
            }
        }
    }

    @Test
    void aSubscriberIsDisconnectedAfterANumberOfMessages() throws IOException {
        try (RawClient subscriber = named("orders"); RawClient publisher = named("p")) {
            subscriber.send("SUB a 1\r\n").roundTrip();
            Fault end = server.faults().client("orders").disconnectAfter(3);
            publisher.send(pub("a", 0, 9)).roundTrip();
            subscriber.expectEnd(msg("a", 0, 3));
            assertEquals(1, end.count());
        }
    }

    @Test
    void aSubscriberIsResetAfterANumberOfMessages() throws IOException {
        try (RawClient subscriber = named("orders"); RawClient publisher = named("p")) {
            subscriber.send("SUB a 1\r\n").roundTrip();
            server.faults().client("orders").resetAfter(1);
            publisher.send(pub("a", 0, 9)).roundTrip();
            subscriber.socket().setSoTimeout((int) PATIENCE.toMillis());
            assertThrows(SocketException.class, () -> subscriber.socket().getInputStream().readAllBytes());
        }
    }

    @Test
    void aFaultThatIsClosedBeforeDisconnectsNobody() throws IOException {
        try (RawClient client = named("orders")) {
            client.send("SUB a 1\r\n").roundTrip();
            Fault end = server.faults().allClients().disconnectAfter(3);
            client.send(pub("a", 0, 1)).expectText(msg("a", 0, 1)).roundTrip();
            end.close();
            client.send(pub("a", 0, 9)).expectText(msg("a", 0, 9)).roundTrip();
            assertEquals(0, end.count());
        }
    }

    @Test
    void aProgramThatIsCutOffResumes() throws Exception {
        try (Connection nats = Nats.connect(Options.builder().server(server.url()).connectionName("orders")
                .maxReconnects(-1).reconnectWait(Duration.ofMillis(10)).errorListener(new ErrorListener() { }).build())) {
            Fault end = server.faults().client("orders").resetAfter(10);
            await("reconnect").until(() -> {
                nats.publish("a", new byte[10]);
                return nats.getStatistics().getReconnects() == 1;
            });
            assertEquals(1, end.count());
        }
    }
}
