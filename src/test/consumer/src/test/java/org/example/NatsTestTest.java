package org.example;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jnatsd.NatsServer;
import io.jnatsd.NatsServerBuilder;
import io.jnatsd.junit.NatsExtension;
import io.jnatsd.junit.NatsLogin;
import io.jnatsd.junit.NatsNode;
import io.jnatsd.junit.NatsSettings;
import io.jnatsd.junit.NatsTest;
import io.jnatsd.junit.NatsUrl;
import io.nats.client.Connection;
import io.nats.client.Nats;
import io.nats.client.Subscription;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the JUnit extension offers. */
class NatsTestTest {
    @Nested
    @NatsTest(configText = "max_payload: 64KB")
    class ConfigText {
        @Test
        void aLargeMessageIsRefused(NatsServer server, @NatsUrl String url, @NatsUrl URI uri, Connection nats) {
            assertEquals(server.url(), url);
            assertEquals(URI.create(url), uri);
            assertThrows(IllegalArgumentException.class, () -> nats.publish("a", new byte[100_000]));
        }
    }

    @Nested
    @NatsTest(config = "/nats.conf")
    @NatsLogin(user = "joe", password = "secret")
    class ConfigFile {
        @Test
        void joeIsKnown(Connection nats) {
            assertEquals(64 * 1024, nats.getMaxPayload());
        }
    }

    @Nested
    @NatsTest(servers = 2)
    class Servers {
        @Test
        void theyDoNotKnowEachOther(@NatsNode(0) NatsServer first, @NatsNode(1) NatsServer second) throws Exception {
            Nats.connect(second.url()).close();
            assertEquals(List.of(), first.clients());
        }
    }

    @Nested
    @NatsTest(perMethod = true)
    class PerMethod {
        @Test
        void noOtherTestLeavesAnythingBehind(NatsServer server) {
            assertEquals(List.of(), server.clients());
        }
    }

    @Nested
    class OnAMethod {
        @Test
        @NatsTest(cluster = 3)
        void aMessageCrossesTheCluster(@NatsNode(0) Connection publisher, @NatsNode(2) Connection subscriber,
                List<NatsServer> servers) throws Exception {
            Subscription orders = subscriber.subscribe("orders.>");
            servers.getFirst().awaitSubscription("orders.>");
            publisher.publish("orders.new", "42".getBytes());
            assertEquals("42", new String(orders.nextMessage(Duration.ofSeconds(5)).getData()));
        }
    }

    @Nested
    class InAField {
        @RegisterExtension
        static final NatsExtension nats = NatsExtension.of(server -> server.user("joe", "secret"));

        @Test
        void joeLogsIn() throws Exception {
            Nats.connect(nats.server().url("joe", "secret")).close();
        }
    }
}

@NatsTest
@NatsLogin(user = "joe", password = "secret")
class OrdersTest {
    @NatsSettings
    static void settings(NatsServerBuilder server) {
        server.user("joe", "secret").monitoring().debug();
    }

    @Test
    void joeIsConnected(NatsServer server, Connection nats) {
        assertEquals("joe", server.clients().getFirst().user());
        assertTrue(server.monitorUrl().startsWith("http:"));
    }
}
