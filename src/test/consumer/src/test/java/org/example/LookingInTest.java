package org.example;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jnatsd.ConnectedClient;
import io.jnatsd.MessageLog;
import io.jnatsd.NatsServer;
import io.nats.client.Connection;
import io.nats.client.Nats;
import io.nats.client.Options;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a test sees of the clients of its server. */
class LookingInTest {
    private NatsServer server;
    private Application application;

    /** Stands for what a real test is about: it connects and subscribes some time after its start. */
    private record Application(String url, AtomicReference<Connection> connection) {
        void start() {
            Thread.ofVirtual().start(() -> {
                try {
                    connection.set(Nats.connect(Options.builder().server(url).connectionName("billing").build()));
                    connection.get().createDispatcher(message -> { }).subscribe("orders.>", "workers");
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            });
        }
    }

    @BeforeEach
    void startTheServer() {
        server = NatsServer.start();
        application = new Application(server.url(), new AtomicReference<>());
    }

    @AfterEach
    void closeTheServer() {
        server.close();
    }

    @Test
    void aTestWaitsForTheApplication() throws Exception {
        application.start();

        server.awaitSubscription("orders.>");           // then a message reaches it
        ConnectedClient billing = server.awaitClient("billing");
        assertEquals("java", billing.language());
        assertTrue(billing.hasSubscription("orders.>"));
    }

    @Test
    void aTestSeesWhatIsPublished() throws Exception {
        Connection nats = Nats.connect(server.url());
        try (MessageLog orders = server.record("orders.>")) {
            nats.publish("orders.new", "coffee".getBytes());

            orders.awaitCount(1);
            assertEquals("coffee", orders.messages().getFirst().text());
        }
        assertEquals(1, server.traffic().messagesIn());
        assertEquals(List.of(), server.incidents());
        nats.close();
    }
}
