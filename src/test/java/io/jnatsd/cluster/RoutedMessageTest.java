package io.jnatsd.cluster;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jnatsd.server.RawClient;
import io.jnatsd.server.TestServer;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Isolated;

/** Tests messages to a peer and from it (protocol.md, section 23). */
@Isolated("it measures the heap")
@Timeout(30)
class RoutedMessageTest {
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
    void aPeerGetsEachMessageOnce() throws IOException {
        peer.send("SUB foo RSID:2:10\r\nSUB > RSID:2:30\r\nSUB *.x RSID:2:31\r\n").roundTrip();
        client.send("PUB foo rep.0 5\r\nhello\r\n");
        peer.expectText("MSG foo RSID:2:30 rep.0 5\r\nhello\r\n").expectNothing();
    }

    @Test
    void oneWriteHoldsWhatOnePublishCauses() throws IOException {
        peer.send("SUB foo RSID:2:10\r\nSUB foo bar QRSID:2:20\r\nSUB foo baz QRSID:2:21\r\n").roundTrip();
        client.send("PUB foo 2\r\nok\r\n");
        String all = peer.readOnce();
        assertTrue(all.startsWith("MSG foo RSID:2:10 2\r\nok\r\nMSG foo QRSID:2:2"), all);
        assertEquals(3 * "ok\r\n".length() + "MSG foo RSID:2:10 2\r\n".length() + 2 * "MSG foo QRSID:2:20 2\r\n".length(),
                all.length());
    }

    @Test
    void anotherSubscriptionCarriesWhenTheFirstHasEnded() throws IOException {
        peer.send("SUB foo RSID:2:1\r\nUNSUB RSID:2:1 1\r\nSUB foo RSID:2:2\r\n").roundTrip();
        client.send("PUB foo 1\r\na\r\nPUB foo 1\r\nb\r\n");
        peer.expectText("MSG foo RSID:2:1 1\r\na\r\nMSG foo RSID:2:2 1\r\nb\r\n");
    }

    @Test
    void queueMembersHereAndThereGetEvenShares() throws IOException {
        peer.send("SUB foo q QRSID:2:1\r\nSUB foo q QRSID:2:2\r\nSUB foo q QRSID:2:3\r\n").roundTrip();
        client.send("SUB foo q 1\r\n" + "PUB foo 0\r\n\r\n".repeat(1000) + "PUB end 0\r\n\r\nPING\r\n");
        String own = client.expect("(MSG foo 1 0\r\n\r\n)*PONG\r\n").group();
        int here = own.split("MSG", -1).length - 1;
        assertTrue(here > 180 && here < 320, here + " of 1000");
        peer.expectText("SUB foo q QRSID:1:1\r\n");
        int there = peer.expect("(MSG foo QRSID:2:\\d 0\r\n\r\n){" + (1000 - here) + "}").group().split("MSG").length - 1;
        assertEquals(1000, here + there);
    }

    @Test
    void plainMessagesGoToAllLocalSubscribersWhateverTheSid() throws IOException {
        client.send("SUB foo 1\r\nSUB f* 9\r\nSUB > 2\r\nSUB foo q 3\r\n").roundTrip();
        peer.expect("(SUB [^\r]*\r\n){4}");
        peer.send("MSG foo RSID:77:77 rep 2\r\nok\r\nMSG foo 1 2\r\nok\r\nPUB foo 2\r\nok\r\n");
        client.expect("(MSG foo [12] rep 2\r\nok\r\n){2}(MSG foo [12] 2\r\nok\r\n){4}");
        client.expectNothing();
    }

    @Test
    void addressedMessagesGoToThatMemberAlone() throws IOException {
        client.send("SUB foo 1\r\nSUB foo q 2\r\nSUB foo q 3\r\n").roundTrip();
        peer.expect("(SUB [^\r]*\r\n){3}");
        peer.send("MSG foo QRSID:1:3 2\r\nok\r\nMSG foo QRSID:1:2 2\r\nok\r\nMSG foo QRSID:1:3 r 1\r\nx\r\n");
        client.expectText("MSG foo 3 2\r\nok\r\nMSG foo 2 2\r\nok\r\nMSG foo 3 r 1\r\nx\r\n").expectNothing();
    }

    @Test
    void aSidThatWasReusedForAnotherSubjectGetsNothing() throws IOException {
        client.send("SUB foo q 2\r\nSUB foo q 3\r\nUNSUB 2\r\nSUB bar q 2\r\n").roundTrip();
        peer.expect("(SUB [^\r]*\r\n){2}UNSUB [^\r]*\r\nSUB bar q QRSID:1:2\r\n");
        peer.send("MSG foo QRSID:1:2 2\r\nok\r\nMSG bar QRSID:1:2 2\r\nok\r\n");
        client.expectText("MSG foo 3 2\r\nok\r\nMSG bar 2 2\r\nok\r\n").expectNothing();
    }

    @Test
    void addressesThatAreNoneAreDropped() throws IOException {
        client.send("SUB foo 1\r\nSUB foo q 2\r\n").roundTrip();
        peer.expect("(SUB [^\r]*\r\n){2}");
        for (String sid : new String[] {"QRSID", "QRSID:", "QRSID:1", "QRSID:1:", "QRSID::2", "QRSID:x:2", "QRSID:9:2",
                "QRSID:1:9", "QRSID:99999999999999999999:2"})
            peer.send("MSG foo " + sid + " 2\r\nok\r\n");
        peer.roundTrip();
        client.expectNothing();
    }

    @Test
    void aMemberThatHasLeftIsReplacedByAnother() throws IOException {
        client.send("SUB foo q 2\r\nSUB foo q 3\r\nUNSUB 2\r\n").roundTrip();
        peer.expectText("SUB foo q QRSID:1:2\r\nSUB foo q QRSID:1:3\r\nUNSUB QRSID:1:2\r\n");
        peer.send("MSG foo QRSID:1:2 2\r\nok\r\n");
        client.expectText("MSG foo 3 2\r\nok\r\n").expectNothing();
    }

    @Test
    void aMemberWhoseClientHasLeftIsReplacedByAnother() throws IOException {
        RawClient leaving = server.quiet();
        leaving.send("SUB foo q 7\r\n").roundTrip();
        peer.expect("SUB foo q QRSID:\\d+:7\r\n");
        String address = "QRSID:" + (server.clients().get(2) != null ? 2 : 3) + ":7";
        peer.send("MSG foo " + address + " 1\r\na\r\n");
        leaving.expectText("MSG foo 7 1\r\na\r\n");
        client.send("SUB foo q 1\r\n").roundTrip();
        peer.expectText("SUB foo q QRSID:1:1\r\n");
        leaving.close();
        peer.expectText("UNSUB " + address + "\r\n");
        peer.send("MSG foo " + address + " 1\r\nb\r\n");
        client.expectText("MSG foo 1 1\r\nb\r\n");
    }

    @Test
    void aMemberThatHasLeftIsReplacedByARemoteOneIfThereIsNoLocalOne() throws IOException {
        client.send("SUB foo q 2\r\nUNSUB 2\r\n").roundTrip();
        peer.expectText("SUB foo q QRSID:1:2\r\nUNSUB QRSID:1:2\r\n");
        peer.send("SUB foo q QRSID:5:5\r\nMSG foo QRSID:1:2 2\r\nok\r\n");
        peer.expectText("MSG foo QRSID:5:5 2\r\nok\r\n");
    }

    @Test
    void messagesMakeOneHop() throws IOException {
        try (RawClient third = Clusters.join(server, "THIRD")) {
            third.send("SUB foo RSID:1:1\r\nSUB foo q QRSID:1:2\r\n").roundTrip();
            peer.expect("INFO [^\r]*\r\n");
            peer.send("MSG foo RSID:1:1 2\r\nok\r\n").roundTrip();
            third.expectNothing();
        }
    }

    @Test
    void twoConnectionsOfOneServerGetAMessageOnce() throws IOException {
        try (RawClient one = Clusters.dial(server); RawClient two = Clusters.dial(server)) {
            one.send(Clusters.connectLine("TWIN") + "SUB foo RSID:1:1\r\n").roundTrip();
            two.send(Clusters.connectLine("TWIN") + "SUB foo RSID:1:1\r\n").roundTrip();
            client.send("PUB foo 2\r\nok\r\n").roundTrip();
            one.expectText("MSG foo RSID:1:1 2\r\nok\r\n");
            two.expectNothing();
        }
    }

    @Test
    void aPeerWithoutAnIdGetsNoMessages() throws IOException {
        try (RawClient nobody = Clusters.dial(server)) {
            nobody.send("SUB foo RSID:1:1\r\n").roundTrip();
            client.send("PUB foo 1\r\na\r\n").roundTrip();
            nobody.expectNothing();
            nobody.send(Clusters.connectLine("LATE")).roundTrip();
            client.send("PUB foo 1\r\nb\r\n").roundTrip();
            nobody.expectText("MSG foo RSID:1:1 1\r\nb\r\n");
        }
    }

    @Test
    void messagesLargerThanMaxPayloadCross() throws IOException {
        String payload = "0123456789abcdef".repeat(200_000);
        client.send("SUB big 1\r\n").roundTrip();
        peer.expectText("SUB big  RSID:1:1\r\n");
        peer.send("MSG big RSID:1:1 " + payload.length() + "\r\n" + payload + "\r\n");
        client.expectText("MSG big 1 " + payload.length() + "\r\n" + payload + "\r\n");
    }

    @Test
    void anAnnouncedSizeCostsNoMemory() throws IOException {
        long before = Runtime.getRuntime().totalMemory();
        peer.send("MSG big RSID:1:1 900000000\r\nonly this");
        client.roundTrip();
        assertTrue(Runtime.getRuntime().totalMemory() - before < 400_000_000);
    }

    @Test
    void aMessageMayComeInAnyPieces() throws IOException {
        client.send("SUB foo 1\r\n").roundTrip();
        peer.expectText("SUB foo  RSID:1:1\r\n");
        for (char c : "mSg \t foo  RSID:1:1   rep 05 \r\nhel\r\n\r\nMSG foo RSID:1:1 2\nok\r\n".toCharArray())
            peer.send(String.valueOf(c));
        client.expectText("MSG foo 1 rep 05\r\nhel\r\n\r\nMSG foo 1 2\r\nok\r\n");
    }

    @Test
    void bothEndsCount() throws IOException {
        try (TestServer other = Clusters.server(Clusters.url(server)); RawClient far = other.quiet()) {
            Clusters.awaitRoutes(other, 1);
            far.send("SUB cnt 1\r\n").roundTrip();
            Clusters.awaitSubscriptions(server, 1);
            client.send("PUB cnt 5\r\nhello\r\n");
            far.expectText("MSG cnt 1 5\r\nhello\r\n");
            Route.Stats in = other.server().cluster().stats().getFirst();
            assertEquals(1, in.inMessages());
            assertEquals(5, in.inBytes());
            await().until(() -> server.server().cluster().stats().stream()
                    .anyMatch(out -> out.outMessages() == 1 && out.outBytes() == 5));
            assertEquals(1, server.state().traffic.totals().inMessages());
            assertEquals(1, server.state().traffic.totals().outMessages());
            assertEquals(1, other.state().traffic.totals().inMessages());
        }
    }
}
