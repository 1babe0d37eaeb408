package io.jnatsd.server;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jnatsd.client.ClientStats;
import io.jnatsd.delivery.Traffic.Totals;
import io.jnatsd.log.SteadyClock;
import io.jnatsd.subject.SubscriptionIndex;
import java.io.IOException;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** protocol.md, section 7, "Counting". */
class CountersTest {
    @AutoClose
    private final TestServer server = TestServer.start();

    private ClientStats client(int id) {
        return server.clients().get(id).stats();
    }

    private Totals totals() {
        return server.state().traffic.totals();
    }

    private SubscriptionIndex.Stats index() {
        return server.state().subjects.index().stats();
    }

    @Test
    void countersAreThereWhenTheMessageIs() throws IOException {
        RawClient client = server.quiet();
        client.send("SUB foo 1\r\n").roundTrip();
        for (int i = 1; i <= 2000; i++) {
            client.send("PUB foo 5\r\nhello\r\n").expectText("MSG foo 1 5\r\nhello\r\n");
            assertEquals(i, totals().inMessages());
            assertEquals(i, totals().outMessages());
            assertEquals(i, client(1).inMessages());
            assertEquals(i, server.clients().get(1).outbound().stats().messages());
        }
    }

    @Test
    void countersAreThereWhenThePongIs() throws IOException {
        RawClient client = server.quiet();
        for (int i = 1; i <= 2000; i++) {
            client.send("PUB foo 5\r\nhello\r\nPING\r\n").expectText("PONG\r\n");
            assertEquals(i, totals().inMessages());
            assertEquals(5 * i, client(1).inBytes());
        }
    }

    @Test
    void bytesArePayloadBytesAndEachCopyCounts() throws IOException {
        RawClient client = server.quiet(), other = server.quiet();
        client.send("SUB foo 1\r\nSUB foo 2\r\n").roundTrip();
        other.send("SUB * 1\r\n").roundTrip();
        client.send("PUB foo reply 0005\r\nhello\r\nPUB none 3\r\nabc\r\nPUB foo 0\r\n\r\n").expect("(MSG.*?){4}\\z");
        other.expect("MSG.*MSG.*MSG.*");
        assertEquals(3, client(1).inMessages());
        assertEquals(8, client(1).inBytes());
        assertEquals(4, server.clients().get(1).outbound().stats().messages());
        assertEquals(10, server.clients().get(1).outbound().stats().bytes());
        assertEquals(3, server.clients().get(2).outbound().stats().messages());
        assertEquals(8, server.clients().get(2).outbound().stats().bytes());
        assertEquals(new Totals(3, 8, 7, 18, 3), totals());
    }

    @Test
    void refusedAndPedanticallyInvalidMessagesComeInAllTheSame() throws IOException {
        RawClient client = server.connect();
        client.send("PUB foo.* 2\r\nok\r\n").expectText("-ERR 'Invalid Subject'\r\n+OK\r\n");
        client.send("PUB _SYS.x 3\r\nabc\r\n").expect("-ERR 'Permissions.*?'\r\n");
        assertEquals(2, totals().inMessages());
        assertEquals(5, totals().inBytes());
        assertEquals(0, totals().outMessages());
    }

    @Test
    void messageThatIsNotWholeDoesNotCount() throws IOException {
        RawClient client = server.quiet();
        client.send("PUB foo 5\r\nhello\r\nPUB foo 5\r\nhel");
        await().until(() -> totals().inMessages() == 1);
        client.close();
        server.awaitClients(0);
        assertEquals(1, totals().inMessages());
    }

    @Test
    void connectionsAreCountedForEver() throws IOException {
        server.quiet();
        server.quiet().close();
        server.awaitClients(1);
        assertEquals(2, server.clients().totalAccepted());
    }

    @Test
    void subscriptionsAreCountedPerClientAndServer() throws IOException {
        RawClient client = server.quiet(), other = server.quiet();
        client.send("SUB foo 1\r\nSUB foo 1\r\nSUB foo. 5\r\nSUB foo q 2\r\nSUB foo.* 3\r\n")
                .expectText("-ERR 'Invalid Subject'\r\n").roundTrip();
        other.send("SUB foo q 1\r\nUNSUB 7\r\n").roundTrip();
        assertEquals(3, client(1).subscriptions());
        assertEquals(4, index().count());
        assertEquals(4, index().inserts());
        client.send("UNSUB 1\r\nUNSUB 1\r\n").roundTrip();
        assertEquals(2, client(1).subscriptions());
        assertEquals(3, index().count());
        assertEquals(1, index().removes());
    }

    @Test
    void fanoutIsThatOfCachedResults() throws IOException {
        RawClient client = server.quiet();
        client.send("SUB foo 1\r\nSUB foo 2\r\nSUB foo q 3\r\nSUB foo q 4\r\nSUB bar 5\r\n").roundTrip();
        assertEquals(0, index().averageFanout());
        client.send("PUB foo 0\r\n\r\n".repeat(10) + "PUB bar 0\r\n\r\nPUB none 0\r\n\r\nPING\r\n").expect(".*PONG\r\n");
        assertEquals(3, index().cached());
        assertEquals(3, index().maxFanout());
        assertEquals(4.0 / 3, index().averageFanout());
        assertEquals(3, index().misses());
        assertEquals(12, totals().matches());
        client.send("UNSUB 1\r\nUNSUB 2\r\nUNSUB 3\r\nUNSUB 4\r\nUNSUB 5\r\n").roundTrip();
        assertEquals(1, index().cached());
    }

    @Test
    void activityIsWhatTheClientSendsAndGetsButPings() throws IOException {
        RawClient client = server.connect(), publisher = server.quiet();
        client.roundTrip().send("PONG\r\n").roundTrip();
        assertEquals(0, client(1).lastActivity());
        long start = SteadyClock.millis();
        client.send("SUB foo 1\r\n").expectText("+OK\r\n");
        long subscribed = client(1).lastActivity();
        assertTrue(subscribed >= start);
        await().until(() -> SteadyClock.millis() > subscribed + 5);
        client.roundTrip();
        assertEquals(subscribed, client(1).lastActivity());
        publisher.send("PUB foo 1\r\nx\r\n");
        client.expectText("MSG foo 1 1\r\nx\r\n");
        long delivered = client(1).lastActivity();
        assertTrue(delivered > subscribed);
        await().until(() -> SteadyClock.millis() > delivered + 5);
        client.send("UNSUB 1\r\n").expectText("+OK\r\n");
        assertTrue(client(1).lastActivity() > delivered);
    }

    @Test
    void nothingIsPendingForAClientThatHasReadAll() throws IOException {
        RawClient client = server.quiet();
        client.send("SUB foo 1\r\nPUB foo 100000\r\n" + "x".repeat(100_000) + "\r\n").expect("MSG foo 1 100000\r\nx*\r\n");
        await().until(() -> server.clients().get(1).outbound().stats().pending() == 0);
    }
}
