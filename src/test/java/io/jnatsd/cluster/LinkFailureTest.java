package io.jnatsd.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jnatsd.server.RawClient;
import io.jnatsd.server.TestServer;
import java.io.IOException;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tests two servers with a link that fails. */
@Timeout(60)
class LinkFailureTest {
    private TcpProxy link;
    private TestServer here;
    private TestServer there;

    @BeforeEach
    void join() throws IOException {
        link = new TcpProxy();
        here = Clusters.logging(options -> {
            options.writeDeadline = Duration.ofSeconds(1);
            options.maxPending = 8 * 1024 * 1024;
        });
        link.to(here.server().clusterPort());
        there = Clusters.logging(options -> { }, Clusters.url(link.number()));
        awaitRoute();
    }

    @AfterEach
    void leave() throws IOException {
        there.close();
        here.close();
        link.close();
    }

    private void awaitRoute() {
        Clusters.awaitRoutes(here, 1);
        Clusters.awaitRoutes(there, 1);
    }

    private void awaitSubscriptions(long count) {
        Clusters.awaitSubscriptions(here, count);
        Clusters.awaitSubscriptions(there, count);
    }

    @Test
    void aCutLinkHealsAndEverythingIsAsBefore() throws IOException {
        RawClient a = here.quiet(), b = there.quiet();
        a.send("SUB foo 1\r\nSUB foo q 2\r\nSUB lim 3\r\nUNSUB 3 100\r\n").roundTrip();
        b.send("SUB foo 1\r\nSUB foo q 2\r\n").roundTrip();
        awaitSubscriptions(5);
        link.cut();
        Clusters.soon("the loss").until(() -> here.log().stream().anyMatch(line -> line.contains("Router connection closed")));
        awaitRoute();
        awaitSubscriptions(5);
        a.send("PUB foo 1\r\nx\r\nPING\r\n");
        boolean pickedHere = a.expect("MSG foo 1 1\r\nx\r\n(MSG foo 2 1\r\nx\r\n)?PONG\r\n").group(1) != null;
        b.expectText("MSG foo 1 1\r\nx\r\n" + (pickedHere ? "" : "MSG foo 2 1\r\nx\r\n")).expectNothing();
    }

    @Test
    void subscriptionsThatComeAndGoWhileTheLinkIsAwayAreRightAfterwards() throws IOException {
        RawClient a = here.quiet();
        a.send("SUB gone 1\r\nSUB stays 2\r\n").roundTrip();
        awaitSubscriptions(2);
        link.refuse(true);
        link.cut();
        Clusters.awaitRoutes(here, 0);
        Clusters.awaitSubscriptions(there, 0);
        a.send("UNSUB 1\r\nSUB new 3\r\nSUB new q 4\r\n").roundTrip();
        link.refuse(false);
        awaitRoute();
        awaitSubscriptions(3);
    }

    @Test
    void cutsAtAnyPointLeaveNoStaleSubscriptions() throws IOException {
        Random random = new Random(7);
        RawClient a = here.quiet(), b = there.quiet();
        StringBuilder many = new StringBuilder();
        for (int i = 1; i <= 2000; i++)
            many.append("SUB some.long.subject.to.fill.a.few.packets.").append(i).append(' ').append(i).append("\r\n");
        a.send(many.toString()).roundTrip();
        for (int cut = 0; cut < 5; cut++) {
            awaitRoute();
            LockSupport.parkNanos(random.nextInt(3_000_000));
            b.send("SUB x." + cut + " " + cut + "\r\n");
            a.send("UNSUB " + (cut + 1) + "\r\n");
            link.cut();
        }
        a.roundTrip();
        b.roundTrip();
        awaitRoute();
        awaitSubscriptions(2000);
    }

    @Test
    void aSlowLinkLosesNothing() throws IOException {
        link.delay(Duration.ofMillis(30));
        RawClient a = here.quiet(), b = there.quiet();
        b.send("SUB foo 1\r\n").roundTrip();
        awaitSubscriptions(1);
        StringBuilder sent = new StringBuilder(), expected = new StringBuilder();
        for (int i = 100_000; i < 105_000; i++) {
            sent.append("PUB foo 6\r\n").append(i).append("\r\n");
            expected.append("MSG foo 1 6\r\n").append(i).append("\r\n");
        }
        a.send(sent.toString());
        b.expectText(expected.toString());
    }

    @Test
    void aDeadLinkIsGivenUpAndNeverBlocksLocalDelivery() throws IOException {
        RawClient publisher = here.quiet(), near = here.quiet(), far = there.quiet();
        far.send("SUB big 1\r\n").roundTrip();
        near.send("SUB big 1\r\n").roundTrip();
        awaitSubscriptions(2);
        link.hold(true);
        String payload = "x".repeat(32 * 1024), message = "PUB big " + payload.length() + "\r\n" + payload + "\r\n";
        String delivered = "MSG big 1 " + payload.length() + "\r\n" + payload + "\r\n";
        long begin = System.nanoTime();
        for (int i = 0; i < 1000; i++) {
            publisher.send(message);
            near.expectText(delivered);
        }
        long millis = (System.nanoTime() - begin) / 1_000_000;
        assertTrue(millis < 20_000, "32 MB took " + millis + " ms");
        Clusters.awaitRoutes(here, 0);
        assertTrue(here.log().stream().anyMatch(line -> line.contains("Slow Consumer Detected")));
        assertEquals(1, here.state().slowConsumers());
        assertEquals(1, here.state().slowRoutes());
        link.hold(false);
        awaitRoute();
        awaitSubscriptions(2);
    }

    /** A server that is only slow must not lose its route, even if it reads less than is published. */
    @Test
    void aLinkThatPausesIsWaitedFor() throws Exception {
        RawClient publisher = here.quiet(), far = there.quiet();
        far.send("SUB big 1\r\n").roundTrip();
        awaitSubscriptions(1);
        String payload = "x".repeat(16 * 1024), message = "PUB big " + payload.length() + "\r\n" + payload + "\r\n";
        link.hold(true);
        Thread.ofPlatform().daemon().start(() -> {
            LockSupport.parkNanos(500_000_000);
            link.hold(false);
        });
        Thread sender = Thread.ofPlatform().start(() -> {
            try {
                for (int i = 0; i < 20; i++)
                    publisher.send(message.repeat(100));
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
        far.expectText(("MSG big 1 " + payload.length() + "\r\n" + payload + "\r\n").repeat(2000));
        sender.join();
        assertEquals(0, here.state().slowConsumers());
    }
}
