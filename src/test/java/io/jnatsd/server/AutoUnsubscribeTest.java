package io.jnatsd.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** protocol.md, section 6: UNSUB with a maximum. */
class AutoUnsubscribeTest {
    private static final String PUBLISH = "PUB foo 1\r\nx\r\n";
    private static final String MESSAGE = "MSG foo 1 1\r\nx\r\n";

    @AutoClose
    private final TestServer server = TestServer.start();

    @Test
    void autoUnsubscribeDeliversExactlyMax() throws IOException {
        RawClient client = server.quiet();
        client.send("SUB foo 1\r\nUNSUB 1 2\r\n" + PUBLISH.repeat(100)).expectText(MESSAGE.repeat(2)).roundTrip();
        assertEquals(0, server.subscriptions());
        assertEquals(2, server.state().traffic.totals().outMessages());
    }

    @Test
    void messagesSinceSubCount() throws IOException {
        RawClient client = server.quiet();
        client.send("SUB foo 1\r\n" + PUBLISH.repeat(3) + "UNSUB 1 5\r\n" + PUBLISH.repeat(10));
        client.expectText(MESSAGE.repeat(5)).roundTrip();
    }

    @Test
    void maximumThatIsReachedAlreadyEndsAtOnce() throws IOException {
        RawClient client = server.quiet();
        client.send("SUB foo 1\r\n" + PUBLISH.repeat(3) + "UNSUB 1 3\r\n" + PUBLISH);
        client.expectText(MESSAGE.repeat(3)).roundTrip();
        assertEquals(0, server.subscriptions());
        client.send("SUB foo 1\r\n" + PUBLISH + "UNSUB 1 -7\r\n" + PUBLISH).expectText(MESSAGE).roundTrip();
    }

    @Test
    void laterUnsubReplacesTheMaximum() throws IOException {
        RawClient client = server.quiet();
        client.send("SUB foo 1\r\nUNSUB 1 2\r\nUNSUB 1 4\r\n" + PUBLISH.repeat(9)).expectText(MESSAGE.repeat(4));
        client.roundTrip().send("SUB foo 1\r\nUNSUB 1 9\r\n" + PUBLISH + "UNSUB 1 2\r\n" + PUBLISH.repeat(9));
        client.expectText(MESSAGE.repeat(2)).roundTrip();
    }

    @Test
    void unsubWithoutMaximumEndsAtOnce() throws IOException {
        RawClient client = server.quiet();
        for (String none : List.of("", " 0", " abc", " -1", " 5x")) {
            client.send("SUB foo 1\r\nUNSUB 1 9\r\n" + PUBLISH + "UNSUB 1" + none + "\r\n" + PUBLISH);
            client.expectText(MESSAGE).roundTrip();
            assertEquals(0, server.subscriptions());
        }
    }

    @Test
    void sidIsFreeRightAfterTheLastMessage() throws IOException {
        RawClient client = server.quiet();
        client.send("SUB foo 1\r\nUNSUB 1 1\r\n" + PUBLISH + "SUB bar 1\r\nPUB bar 1\r\ny\r\n" + PUBLISH);
        client.expectText(MESSAGE + "MSG bar 1 1\r\ny\r\n").roundTrip();
    }

    @Test
    void maximumHoldsWithManyPublishersAtOnce() throws Exception {
        RawClient receiver = server.quiet();
        receiver.send("SUB foo 1\r\nUNSUB 1 1000\r\nSUB foo.* 2\r\nUNSUB 2 10\r\n").roundTrip();
        List<Thread> publishers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            RawClient publisher = server.quiet();
            publishers.add(Thread.startVirtualThread(() -> {
                try {
                    for (int n = 0; n < 10; n++)
                        publisher.send(PUBLISH.repeat(100)).roundTrip();
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            }));
        }
        for (Thread publisher : publishers)
            publisher.join();
        receiver.expectText(MESSAGE.repeat(1000)).roundTrip();
        assertEquals(1, server.subscriptions());
    }

    @Test
    void nothingElseOfTheConnectionEnds() throws IOException {
        RawClient client = server.quiet();
        client.send("SUB foo 1\r\nSUB foo 2\r\nUNSUB 1 1\r\n" + PUBLISH.repeat(2));
        client.expect("(MSG foo [12] 1\r\nx\r\n){2}MSG foo 2 1\r\nx\r\n");
        client.roundTrip();
    }
}
