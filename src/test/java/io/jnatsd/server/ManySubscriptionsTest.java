package io.jnatsd.server;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Hundreds of thousands of subscriptions, some of which are added and removed while messages are published. */
class ManySubscriptionsTest {
    private static final int MANY = 200_000;

    @AutoClose
    private final TestServer server = TestServer.start();

    @Test
    void publishingGoesOnWhileSubscriptionsComeAndGo() throws Exception {
        RawClient subscriber = server.quiet(), publisher = server.quiet(), restless = server.quiet();
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < MANY; i++)
            lines.append("SUB orders.").append(i % 500).append('.').append(i).append(' ').append(i).append("\r\n");
        subscriber.send(lines.toString()).roundTrip();
        assertEquals(MANY, server.subscriptions());
        AtomicBoolean done = new AtomicBoolean();
        Thread churning = Thread.startVirtualThread(() -> {
            try {
                while (!done.get())
                    restless.send("SUB orders.*.1 a\r\nSUB _INBOX.x.* b\r\nSUB orders.2.2 c\r\nUNSUB a\r\nUNSUB b\r\nUNSUB c\r\n")
                            .send("PING\r\n").expect("(MSG.*?)*PONG\r\n");
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        Random random = new Random(12);
        for (int round = 0; round < 200; round++) {
            StringBuilder publish = new StringBuilder(), expected = new StringBuilder();
            for (int n = 0; n < 50; n++) {
                int i = random.nextInt(MANY);
                String subject = "orders." + i % 500 + "." + i;
                publish.append("PUB ").append(subject).append(" 2\r\nok\r\n");
                expected.append("MSG ").append(subject).append(' ').append(i).append(" 2\r\nok\r\n");
            }
            publisher.send(publish.toString());
            subscriber.expectText(expected.toString());
        }
        done.set(true);
        churning.join();
        subscriber.close();
        await().until(() -> server.subscriptions() == 0);
    }
}
