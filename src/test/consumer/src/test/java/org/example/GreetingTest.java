package org.example;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.jnatsd.junit.NatsTest;
import io.nats.client.Connection;
import io.nats.client.Subscription;
import java.time.Duration;
import org.junit.jupiter.api.Test;

@NatsTest
class GreetingTest {
    @Test
    void aSubscriberIsGreeted(Connection nats) throws Exception {
        Subscription greetings = nats.subscribe("greet.*");
        nats.publish("greet.joe", "hello".getBytes());
        assertEquals("hello", new String(greetings.nextMessage(Duration.ofSeconds(5)).getData()));
    }
}
