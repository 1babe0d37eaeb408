package io.jnatsd.cluster;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jnatsd.server.RawClient;
import io.jnatsd.server.TestServer;
import java.io.IOException;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tests the subscriptions that a peer is informed of, and those that it announces (protocol.md, section 22). */
@Timeout(30)
class RouteInterestTest {
    @AutoClose
    private final TestServer server = Clusters.server();
    private RawClient client;
    private RawClient peer;

    @BeforeEach
    void join() throws IOException {
        client = server.quiet();
        peer = Clusters.join(server, "PEER");
    }

    @AfterEach
    void leave() throws IOException {
        peer.close();
    }

    @Test
    void eachSubscriptionIsOneLine() throws IOException {
        client.send("SUB foo 1\r\nSUB foo bar 2\r\nSUB foo 3\r\nSUB > a:b\r\n");
        peer.expectText("SUB foo  RSID:1:1\r\nSUB foo bar QRSID:1:2\r\nSUB foo  RSID:1:3\r\nSUB >  RSID:1:a:b\r\n");
        client.send("UNSUB 1\r\nUNSUB 2\r\nUNSUB 9\r\nUNSUB a:b\r\n");
        peer.expectText("UNSUB RSID:1:1\r\nUNSUB QRSID:1:2\r\nUNSUB RSID:1:a:b\r\n");
    }

    @Test
    void aSidInUseIsNotToldAgain() throws IOException {
        client.send("SUB x.y 50\r\nSUB x.z 50\r\nSUB end 51\r\n");
        peer.expectText("SUB x.y  RSID:1:50\r\nSUB end  RSID:1:51\r\n");
    }

    @Test
    void limitsAreToldAndTheirEnd() throws IOException {
        client.send("SUB x.y 40\r\nUNSUB 40 2\r\n");
        peer.expectText("SUB x.y  RSID:1:40\r\nUNSUB RSID:1:40 2\r\n");
        client.send("PUB x.y 1\r\nz\r\n").expectText("MSG x.y 40 1\r\nz\r\n");
        peer.expectNothing();
        client.send("PUB x.y 1\r\nz\r\n").expectText("MSG x.y 40 1\r\nz\r\n");
        peer.expectText("UNSUB RSID:1:40\r\n");
    }

    @Test
    void aLimitThatIsAlreadyReachedEndsTheSubscription() throws IOException {
        client.send("SUB a 30\r\nPUB a 0\r\n\r\nPUB a 0\r\n\r\nUNSUB 30 2\r\n");
        peer.expectText("SUB a  RSID:1:30\r\nUNSUB RSID:1:30\r\n");
    }

    @Test
    void theSubscriptionsOfAClosedClientAreWithdrawnForGood() throws IOException {
        client.send("SUB a 1\r\nSUB b q 2\r\nUNSUB 1 10\r\n").roundTrip();
        peer.expectText("SUB a  RSID:1:1\r\nSUB b q QRSID:1:2\r\nUNSUB RSID:1:1 10\r\n");
        client.close();
        // gnatsd 1.0.2 repeats the limit here, and the subscription remains on the other server.
        Set<String> lines = new TreeSet<>(Set.of(peer.expect("(UNSUB [^\r]*\r\n){2}").group().split("\r\n")));
        assertEquals(Set.of("UNSUB RSID:1:1", "UNSUB QRSID:1:2"), lines);
    }

    @Test
    void theFirstAnnouncementHasTheRemainderOfALimit() throws IOException {
        client.send("SUB a 1\r\nUNSUB 1 5\r\nPUB a 0\r\n\r\nPUB a 0\r\n\r\n").expectText("MSG a 1 0\r\n\r\n".repeat(2));
        try (RawClient late = Clusters.dial(server)) {
            late.send(Clusters.infoLine("LATE"));
            late.expectText("SUB a  RSID:1:1\r\nUNSUB RSID:1:1 3\r\n");
        }
    }

    @Test
    void hundredSubscriptionsOfOneMessageLeaveNothing() throws IOException {
        try (TestServer other = Clusters.server(Clusters.url(server)); RawClient far = other.quiet()) {
            Clusters.awaitRoutes(other, 1);
            for (int i = 0; i < 100; i++)
                far.send("SUB one " + i + "\r\nUNSUB " + i + " 1\r\nPUB one 2\r\nok\r\n")
                        .expectText("MSG one " + i + " 2\r\nok\r\n");
            assertEquals(0, other.subscriptions());
            Clusters.awaitSubscriptions(server, 0);
        }
    }

    @Test
    void limitsHoldAcrossServers() throws IOException {
        try (TestServer other = Clusters.server(Clusters.url(server)); RawClient far = other.quiet()) {
            Clusters.awaitRoutes(other, 1);
            far.send("SUB lim 1\r\nUNSUB 1 3\r\n").roundTrip();
            Clusters.awaitSubscriptions(server, 1);
            client.send("PUB lim 1\r\nx\r\n".repeat(10)).roundTrip();
            far.expectText("MSG lim 1 1\r\nx\r\n".repeat(3)).expectNothing();
            Clusters.awaitSubscriptions(server, 0);
            assertEquals(0, other.subscriptions());
        }
    }

    @Test
    void theSubscriptionsOfAPeerEndWithItsRoute() throws IOException {
        peer.send("SUB a RSID:1:1\r\nSUB b q QRSID:1:2\r\nSUB a RSID:1:1\r\n").roundTrip();
        assertEquals(2, server.subscriptions());
        assertEquals(2, server.server().cluster().stats().getFirst().subscriptions());
        peer.send("UNSUB RSID:1:1\r\nUNSUB RSID:7:7\r\n").roundTrip();
        assertEquals(1, server.subscriptions());
        peer.close();
        Clusters.awaitSubscriptions(server, 0);
    }

    @Test
    void interestOfAPeerIsNotToldToOthers() throws IOException {
        try (RawClient third = Clusters.join(server, "THIRD")) {
            peer.expect("INFO [^\r]*\r\n");
            peer.send("SUB a RSID:1:1\r\n").roundTrip();
            third.expectNothing();
        }
    }

    @Test
    void manySubscriptionsReachANewRouteSoon() throws IOException {
        int count = 100_000;
        try (TestServer many = Clusters.server(); RawClient subscriber = many.quiet()) {
            StringBuilder lines = new StringBuilder();
            for (int i = 0; i < count; i++)
                lines.append("SUB some.subject.").append(i).append(' ').append(i).append("\r\n");
            subscriber.send(lines.toString()).roundTrip();
            long begin = System.nanoTime();
            try (TestServer other = Clusters.server(Clusters.url(many))) {
                await().until(() -> other.subscriptions() == count);
                long millis = (System.nanoTime() - begin) / 1_000_000;
                System.out.println(count + " subscriptions reached a new route in " + millis + " ms");
                // Two seconds on an idle machine.
                assertTrue(millis < 8000, millis + " ms");
                subscriber.close();
                Clusters.awaitSubscriptions(other, 0);
            }
        }
    }
}
