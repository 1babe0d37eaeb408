package org.example;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.jnatsd.NatsServer;
import io.nats.client.Connection;
import io.nats.client.Nats;
import io.nats.client.Subscription;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class GreetingTest {
    @Test
    void aSubscriberIsGreeted() throws Exception {
        try (NatsServer server = NatsServer.start(); Connection nats = Nats.connect(server.url())) {
            Subscription greetings = nats.subscribe("greet.*");
            nats.publish("greet.joe", "hello".getBytes());
            assertEquals("hello", new String(greetings.nextMessage(Duration.ofSeconds(5)).getData()));
        }
    }
}
