package io.jnatsd.server;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** protocol.md, section 6: SUB and plain UNSUB. AutoUnsubscribeTest covers UNSUB with a maximum. */
class SubscribeTest {
    @AutoClose
    private final TestServer server = TestServer.start();

    @Test
    void secondUseOfASidIsIgnored() throws IOException {
        RawClient client = server.connect();
        client.send("SUB foo 1\r\nSUB bar 1\r\nSUB foo q 1\r\n").expectText("+OK\r\n+OK\r\n+OK\r\n");
        assertEquals(1, server.subscriptions());
        client.send("PUB foo 1\r\nx\r\nPUB bar 1\r\nx\r\n").expectText("+OK\r\nMSG foo 1 1\r\nx\r\n+OK\r\n");
    }

    @Test
    void sidMayBeUsedAgainAfterUnsub() throws IOException {
        RawClient client = server.quiet();
        client.send("SUB foo 1\r\nUNSUB 1\r\nSUB bar 1\r\nPUB foo 1\r\nx\r\nPUB bar 1\r\nx\r\n");
        client.expectText("MSG bar 1 1\r\nx\r\n").roundTrip();
    }

    @Test
    void sidIsOpaqueAndOneConnectionsOwn() throws IOException {
        RawClient client = server.quiet(), other = server.quiet();
        client.send("SUB foo 18446744073709551615\r\nSUB foo a.b-c\r\nSUB foo 0\r\n").roundTrip();
        other.send("SUB foo 0\r\n").roundTrip();
        assertEquals(4, server.subscriptions());
        client.send("UNSUB 0\r\nPUB foo 1\r\nx\r\n").expect("(MSG foo (a\\.b-c|18446744073709551615) 1\r\nx\r\n){2}");
        other.expectText("MSG foo 0 1\r\nx\r\n").roundTrip();
    }

    @Test
    void unknownSidIsUnsubscribedWithoutComplaint() throws IOException {
        server.connect().send("UNSUB 22\r\nUNSUB 22 5\r\n").expectText("+OK\r\n+OK\r\n").roundTrip();
    }

    @Test
    void nothingIsDeliveredAfterUnsub() throws IOException {
        RawClient client = server.quiet();
        client.send("SUB foo 1\r\nPUB foo 1\r\na\r\nUNSUB 1\r\nPUB foo 1\r\nb\r\n");
        client.expectText("MSG foo 1 1\r\na\r\n").roundTrip();
        assertEquals(0, server.subscriptions());
    }

    @Test
    void clientThatLeavesTakesItsSubscriptionsAlong() throws IOException {
        RawClient other = server.quiet();
        other.send("SUB foo 1\r\n").roundTrip();
        try (RawClient client = server.quiet()) {
            client.send("SUB foo 1\r\nSUB foo.* 2\r\nSUB > 3\r\nSUB foo q 4\r\nSUB bar 5\r\n").roundTrip();
            assertEquals(6, server.subscriptions());
        }
        await().until(() -> server.subscriptions() == 1);
        other.send("PUB foo 1\r\nx\r\n").expectText("MSG foo 1 1\r\nx\r\n").roundTrip();
    }

    @Test
    void whatAClientSentBeforeItLeftStillCounts() throws IOException {
        RawClient other = server.quiet();
        other.send("SUB foo 1\r\n").roundTrip();
        try (RawClient client = server.open()) {
            client.send("CONNECT {\"verbose\":false}\r\nPUB foo 3\r\nbye\r\n");
            client.socket().shutdownOutput();
            other.expectText("MSG foo 1 3\r\nbye\r\n");
        }
    }

    @Test
    void halfClosedClientStillGetsItsAnswers() throws IOException {
        RawClient client = server.quiet();
        client.send("SUB foo 1\r\nPUB foo 3\r\nbye\r\nPING\r\n").socket().shutdownOutput();
        client.expectEnd("MSG foo 1 3\r\nbye\r\nPONG\r\n");
        server.awaitClients(0);
    }
}
