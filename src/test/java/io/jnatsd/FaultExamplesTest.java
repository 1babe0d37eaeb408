package io.jnatsd;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.nats.client.Connection;
import io.nats.client.Nats;
import io.nats.client.Options;
import io.nats.client.Subscription;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The examples of faults that the documentation shows, from the comment before each to the end of its test. */
@Timeout(60)
class FaultExamplesTest {
    private static Connection connect(NatsServer server, String name) throws IOException, InterruptedException {
        return Nats.connect(Options.builder().server(server.url()).connectionName(name).maxReconnects(-1)
                .reconnectWait(Duration.ofMillis(10)).build());
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void reconnect() throws Exception {
        // A client connects again after a reset, and its subscription is there again.
        try (NatsServer server = NatsServer.start(); Connection nats = connect(server, "orders")) {
            Subscription orders = nats.subscribe("orders.*");
            assertEquals(1, server.faults().client("orders").reset());
            await().until(() -> nats.getStatistics().getReconnects() == 1);
            nats.publish("orders.new", bytes("one"));
            assertEquals("one", new String(orders.nextMessage(Duration.ofSeconds(10)).getData()));
        }
    }

    @Test
    void loss() throws Exception {
        // The next message is lost; the program must send it again.
        try (NatsServer server = NatsServer.start();
                Connection billing = connect(server, "billing");
                Connection orders = connect(server, "orders")) {
            billing.createDispatcher(m -> billing.publish(m.getReplyTo(), bytes("paid"))).subscribe("pay");
            billing.flush(Duration.ofSeconds(10));
            Fault lost = server.faults().client("orders").messages("pay").published().next(1).drop();
            assertNull(orders.request("pay", bytes("12.50"), Duration.ofMillis(100)));
            assertEquals("paid", new String(orders.request("pay", bytes("12.50"), Duration.ofSeconds(10)).getData()));
            assertEquals(1, lost.count());
        }
    }

    @Test
    void hang() throws Exception {
        // The server hangs for one client, until the fault is closed.
        try (NatsServer server = NatsServer.start(); Connection nats = connect(server, "orders")) {
            try (Fault hang = server.faults().client("orders").pauseReading()) {
                assertThrows(TimeoutException.class, () -> nats.flush(Duration.ofMillis(100)));
            }
            nats.flush(Duration.ofSeconds(10));
        }
    }

    @Test
    void outage() throws Exception {
        // The server restarts, and is out of reach for a while.
        try (NatsServer server = NatsServer.start(); Connection nats = connect(server, "orders")) {
            try (Fault outage = server.faults().refuseConnections()) {
                server.restart();
                outage.awaitCount(2);
            }
            await().until(() -> nats.getStatus() == Connection.Status.CONNECTED);
        }
    }

    @Test
    void partition() throws Exception {
        // Two servers of a cluster are separated, and find each other again.
        try (NatsServer one = NatsServer.builder().cluster("test").start();
                NatsServer two = NatsServer.builder().cluster("test").route(one).start();
                Connection publisher = connect(one, "publisher");
                Connection subscriber = connect(two, "subscriber")) {
            Subscription orders = subscriber.subscribe("orders");
            await().until(() -> reaches(publisher, orders));
            try (Fault partition = one.faults().holdRouteCut(two)) {
                await().until(() -> partition.count() >= 1 && !reaches(publisher, orders));
            }
            await().until(() -> reaches(publisher, orders));
        }
    }

    private static boolean reaches(Connection publisher, Subscription subscription) throws InterruptedException {
        publisher.publish(subscription.getSubject(), new byte[0]);
        return subscription.nextMessage(Duration.ofMillis(100)) != null;
    }
}
