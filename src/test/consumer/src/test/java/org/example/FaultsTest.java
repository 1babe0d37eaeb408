package org.example;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jnatsd.Fault;
import io.jnatsd.NatsServer;
import io.nats.client.Connection;
import io.nats.client.ConnectionListener;
import io.nats.client.Message;
import io.nats.client.Nats;
import io.nats.client.Options;
import io.nats.client.Subscription;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What goes wrong on purpose. */
class FaultsTest {
    private NatsServer server;
    private Connection nats;
    private final CountDownLatch resubscribed = new CountDownLatch(1);

    @BeforeEach
    void connect() throws Exception {
        server = NatsServer.start();
        nats = Nats.connect(Options.builder().server(server.url()).connectionName("orders").maxReconnects(-1)
                .reconnectWait(Duration.ofMillis(10)).connectionListener(this::changed).build());
    }

    private void changed(Connection connection, ConnectionListener.Events event) {
        if (event == ConnectionListener.Events.RESUBSCRIBED)
            resubscribed.countDown();
    }

    @AfterEach
    void close() throws Exception {
        nats.close();
        server.close();
    }

    @Test
    void aResetConnectionIsRestored() throws Exception {
        Subscription orders = nats.subscribe("orders.*");

        server.faults().client("orders").reset();
        assertTrue(resubscribed.await(10, TimeUnit.SECONDS));
        nats.publish("orders.new", "42".getBytes());
        assertNotNull(orders.nextMessage(Duration.ofSeconds(10)));
    }

    @Test
    void aLostRequestIsSentAgain() throws Exception {
        nats.createDispatcher(request -> nats.publish(request.getReplyTo(), "paid".getBytes())).subscribe("pay");

        Fault lost = server.faults().client("orders").messages("pay").published().next(1).drop();
        assertNull(nats.request("pay", "12.50".getBytes(), Duration.ofMillis(100)));
        Message reply = nats.request("pay", "12.50".getBytes(), Duration.ofSeconds(10));
        assertEquals("paid", new String(reply.getData()));
        assertEquals(1, lost.count());
    }

    @Test
    void aServerThatHangsGoesOn() throws Exception {
        try (Fault hang = server.faults().client("orders").pauseReading()) {
            assertThrows(TimeoutException.class, () -> nats.flush(Duration.ofMillis(100)));
        }
        nats.flush(Duration.ofSeconds(10));
    }

    @Test
    void aFullServerRefusesClients() throws Exception {
        try (Fault full = server.faults().refuseConnections("maximum connections exceeded")) {
            assertThrows(IOException.class, () -> Nats.connect(server.url()));
        }
        Nats.connect(server.url()).close();
    }

    @Test
    void aPartitionHeals() throws Exception {
        try (NatsServer one = NatsServer.builder().cluster("test").start();
                NatsServer two = NatsServer.builder().cluster("test").route(one).start()) {
            two.awaitClusterOf(2);
            try (Fault partition = one.faults().holdRouteCut(two)) {
                two.awaitClusterOf(1);
            }
            two.awaitClusterOf(2);
        }
    }
}
