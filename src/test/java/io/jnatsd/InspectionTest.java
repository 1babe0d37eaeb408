package io.jnatsd;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jnatsd.ConnectedClient.Subscription;
import io.nats.client.Connection;
import io.nats.client.Nats;
import io.nats.client.Options;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a program sees of the clients of its server. */
class InspectionTest {
    private static Connection connect(NatsServer server, String name) throws IOException, InterruptedException {
        return Nats.connect(Options.builder().server(server.url("joe", "secret")).connectionName(name).build());
    }

    @Test
    void aClientShowsWhatItHasSaidAndItsSubscriptions() throws Exception {
        Instant before = Instant.now().minusSeconds(1);
        try (NatsServer server = NatsServer.builder().user("joe", "secret").start();
                Connection nats = connect(server, "orders");
                Connection other = connect(server, "")) {
            var dispatcher = nats.createDispatcher(message -> { });
            dispatcher.subscribe("orders.>").subscribe("jobs", "workers");
            nats.publish("orders.new", "hello".getBytes(StandardCharsets.UTF_8));
            nats.flush(Duration.ofSeconds(10));
            List<ConnectedClient> clients = server.clients();
            assertEquals(List.of((long) nats.getServerInfo().getClientId(), (long) other.getServerInfo().getClientId()),
                    clients.stream().map(ConnectedClient::id).toList());
            ConnectedClient orders = clients.getFirst();
            assertEquals("orders (cid " + orders.id() + ")", orders.toString());
            assertEquals("cid " + clients.get(1).id(), clients.get(1).toString());
            assertEquals("joe", orders.user());
            assertEquals("java", orders.language());
            assertFalse(orders.version().isEmpty());
            assertTrue(orders.address().getAddress().isLoopbackAddress());
            assertTrue(orders.connectedSince().isAfter(before) && !orders.connectedSince().isAfter(Instant.now()));
            assertFalse(orders.tls() || orders.webSocket());
            assertEquals(List.of(new Subscription("jobs", "workers", 0), new Subscription("orders.>", "", 1)),
                    orders.subscriptions());
            assertTrue(orders.hasSubscription("orders.>"));
            assertFalse(orders.hasSubscription("orders.new"));
            assertEquals(List.of(1L, 5L, 1L, 5L), List.of(orders.messagesIn(), orders.bytesIn(), orders.messagesOut(),
                    orders.bytesOut()));
        }
    }

    @Test
    void aClientCountsWhenItHasLoggedIn() throws Exception {
        try (NatsServer server = NatsServer.builder().user("joe", "secret").start();
                Socket idle = new Socket("127.0.0.1", server.port())) {
            // The server has accepted it when it sends INFO.
            assertEquals('I', idle.getInputStream().read());
            assertEquals(List.of(), server.clients());
            try (Connection nats = connect(server, "orders")) {
                assertEquals(List.of("orders"), server.clients().stream().map(ConnectedClient::name).toList());
                nats.close();
            }
            await().until(() -> server.clients().isEmpty());
        }
    }

    @Test
    void aClientThatNeedNotLogInCountsWithItsFirstSubscription() throws Exception {
        try (NatsServer server = NatsServer.start(); Socket plain = new Socket("127.0.0.1", server.port())) {
            plain.getOutputStream().write("SUB a.* 1\r\n".getBytes(StandardCharsets.US_ASCII));
            await().until(() -> server.clients().size() == 1);
            assertTrue(server.clients().getFirst().hasSubscription("a.*"));
        }
    }

    @Test
    void aTokenThatWasSentAsTheUserNameIsNotShown() throws Exception {
        try (NatsServer server = NatsServer.builder().token("S3CRET").start();
                Connection nats = Nats.connect(Options.builder().server(server.url()).token("S3CRET".toCharArray()).build())) {
            assertEquals("", server.clients().getFirst().user());
            assertFalse(server.clients().toString().contains("S3CRET"));
        }
    }

    @Test
    void aClosedServerHasNoClientsToShow() {
        NatsServer server = NatsServer.start();
        server.close();
        assertThrows(IllegalStateException.class, server::clients);
    }
}
