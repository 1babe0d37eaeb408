package org.example;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.jnatsd.NatsServer;
import io.nats.client.Connection;
import io.nats.client.Nats;
import io.nats.client.Subscription;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A cluster that a program makes itself. */
class ClusterTest {
    @Test
    void aMessageCrossesTheCluster() throws Exception {
        try (NatsServer one = NatsServer.builder().cluster("test").start();
                NatsServer two = NatsServer.builder().cluster("test").route(one).start();
                Connection subscriber = Nats.connect(one.url());
                Connection publisher = Nats.connect(two.url())) {
            Subscription orders = subscriber.subscribe("orders.>");
            two.awaitClusterOf(2);
            two.awaitSubscription("orders.>");
            publisher.publish("orders.new", "42".getBytes());
            assertEquals("42", new String(orders.nextMessage(Duration.ofSeconds(5)).getData()));
        }
    }
}
