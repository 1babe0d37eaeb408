package io.jnatsd.cluster;

import io.jnatsd.server.RawClient;
import io.jnatsd.server.TestServer;
import java.io.IOException;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests that a request is answered with 503 if no server of the cluster has a subscription for it, and only then. */
@Timeout(30)
class RoutedNoRespondersTest {
    private static final String REQUEST = "PUB service inbox.1 2\r\nhi\r\n";
    private static final String NOBODY = "HMSG inbox.1 1 16 16\r\nNATS/1.0 503\r\n\r\n\r\n";

    @AutoClose
    private final Mesh mesh = Mesh.of(3);
    private RawClient asking;

    private static RawClient modern(TestServer server) throws IOException {
        return server.connect().send("CONNECT {\"verbose\":false,\"headers\":true,\"no_responders\":true}\r\n").roundTrip();
    }

    @BeforeEach
    void ask() throws IOException {
        asking = modern(mesh.get(0));
        asking.send("SUB inbox.> 1\r\n").roundTrip();
        mesh.awaitSubscriptions(1);
    }

    @Test
    void withoutSubscriptionsAnywhereTheResponseComesAtOnce() throws IOException {
        asking.send(REQUEST + "PING\r\n").expectText(NOBODY + "PONG\r\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"SUB service 2", "SUB service group 2", "SUB > group 2"})
    void aResponderOnAnotherServerCounts(String subscription) throws IOException {
        RawClient responder = mesh.get(2).quiet();
        responder.send(subscription + "\r\n").roundTrip();
        mesh.awaitSubscriptions(2);
        asking.send(REQUEST).roundTrip();
        responder.expectText("MSG service 2 inbox.1 2\r\nhi\r\n").send("PUB inbox.1 2\r\nho\r\n");
        asking.expectText("MSG inbox.1 1 2\r\nho\r\n");
    }

    @Test
    void aResponderThatHasLeftDoesNotCount() throws IOException {
        for (String end : new String[] {"UNSUB 2\r\n", "UNSUB 2 1\r\n", ""}) {
            RawClient responder = mesh.get(1).quiet();
            responder.send("SUB service 2\r\n").roundTrip();
            mesh.awaitSubscriptions(2);
            asking.send(REQUEST).roundTrip();
            responder.expectText("MSG service 2 inbox.1 2\r\nhi\r\n");
            if (end.isEmpty())
                responder.close();
            else
                responder.send(end).roundTrip();
            mesh.awaitSubscriptions(1);
            asking.send(REQUEST + "PING\r\n").expectText(NOBODY + "PONG\r\n");
        }
    }

    @Test
    void aServerThatHasLeftTakesItsRespondersWithIt() throws IOException {
        mesh.get(2).quiet().send("SUB service group 2\r\n").roundTrip();
        mesh.awaitSubscriptions(2);
        mesh.leave(mesh.get(2));
        mesh.awaitSubscriptions(1);
        asking.send(REQUEST + "PING\r\n").expectText(NOBODY + "PONG\r\n");
    }

    @Test
    void aRequesterWithItsSubscriptionOnAnotherServerGetsNoStatus() throws IOException {
        RawClient elsewhere = modern(mesh.get(1));
        elsewhere.send("PUB service inbox.1 2\r\nhi\r\n").roundTrip();
        asking.roundTrip();
    }
}
