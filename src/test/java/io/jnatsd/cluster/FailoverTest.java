package io.jnatsd.cluster;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jnatsd.server.TestServer;
import io.nats.client.Connection;
import io.nats.client.Dispatcher;
import io.nats.client.Nats;
import io.nats.client.Options;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tests that clients which know one server only reconnect to the others. */
@Timeout(60)
class FailoverTest {
    private static Connection connect(TestServer server) throws Exception {
        return Nats.connect(Options.builder().server(server.server().url()).maxReconnects(-1)
                .reconnectWait(Duration.ofMillis(50)).connectionTimeout(Duration.ofSeconds(10)).build());
    }

    @Test
    void clientsGoOnWithTheServersThatInfoNamed() throws Exception {
        try (Mesh mesh = Mesh.of(3)) {
            TestServer first = mesh.get(0);
            Queue<String> received = new ConcurrentLinkedQueue<>();
            try (Connection subscriber = connect(first); Connection publisher = connect(mesh.get(1))) {
                Dispatcher dispatcher = subscriber.createDispatcher(m -> received.add(new String(m.getData(), US_ASCII)));
                dispatcher.subscribe("numbers");
                subscriber.flush(Duration.ofSeconds(5));
                mesh.awaitSubscriptions(1);
                Clusters.soon("all servers known").until(() -> subscriber.getServers().size() == 3);
                for (int i = 0; i < 100; i++)
                    publisher.publish("numbers", String.valueOf(i).getBytes(US_ASCII));
                Clusters.soon("messages").until(() -> received.size() == 100);
                mesh.leave(first);
                Clusters.soon("another server").until(() -> subscriber.getStatus() == Connection.Status.CONNECTED
                        && !subscriber.getConnectedUrl().equals(first.server().url()));
                mesh.awaitSubscriptions(1);
                for (int i = 100; i < 200; i++)
                    publisher.publish("numbers", String.valueOf(i).getBytes(US_ASCII));
                Clusters.soon("messages").until(() -> received.size() == 200);
                assertEquals(Stream.iterate(0, i -> i + 1).limit(200).map(String::valueOf).toList(), List.copyOf(received));
                Clusters.soon("the server forgotten").until(() -> subscriber.getServers().stream()
                        .filter(url -> url.contains(":" + first.port())).count() <= 1);
            }
        }
    }

    @Test
    void requestsGoOnWhenTheRespondersServerIsClosed() throws Exception {
        try (Mesh mesh = Mesh.of(3)) {
            try (Connection requester = connect(mesh.get(1)); Connection near = connect(mesh.get(2));
                    Connection leaving = connect(mesh.get(0))) {
                for (Connection responder : List.of(near, leaving)) {
                    responder.createDispatcher(m -> responder.publish(m.getReplyTo(), m.getData())).subscribe("echo", "group");
                    responder.flush(Duration.ofSeconds(5));
                }
                mesh.awaitSubscriptions(2);
                for (int i = 0; i < 50; i++)
                    assertTrue(requester.request("echo", new byte[] {(byte) i}, Duration.ofSeconds(5)) != null);
                mesh.leave(mesh.get(0));
                int answered = 0;
                for (int i = 0; i < 50; i++)
                    answered += requester.request("echo", new byte[] {(byte) i}, Duration.ofMillis(500)) != null ? 1 : 0;
                assertTrue(answered >= 48, answered + " of 50");
            }
        }
    }
}
