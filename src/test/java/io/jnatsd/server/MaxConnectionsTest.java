package io.jnatsd.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** protocol.md, section 1: the refusal comes where client libraries expect it. */
class MaxConnectionsTest {
    private static final String REFUSAL = "-ERR 'Maximum Connections Exceeded'\r\n";

    @AutoClose
    private final TestServer server = TestServer.logging(o -> o.maxConnections = 2);

    @Test
    void oneTooManyIsRefusedBehindItsConnect() throws IOException {
        server.quiet();
        server.quiet();
        server.connect().send("CONNECT {\"verbose\":false}\r\nPING\r\nSUB foo 1\r\n").expectEnd(REFUSAL);
        server.awaitLog("[ERR] cid:3 - Maximum Connections Exceeded");
        assertEquals(2, server.clients().count());
        assertEquals(3, server.clients().totalAccepted());
        assertEquals(0, server.subscriptions());
    }

    @Test
    void oneTooManyThatSaysNothingIsRefusedSoon() throws IOException {
        server.quiet();
        server.quiet();
        server.connect().expectEnd(REFUSAL);
    }

    @Test
    void placeIsFreeWhenAClientLeaves() throws IOException {
        server.quiet();
        RawClient leaving = server.quiet();
        for (int i = 0; i < 10; i++) {
            server.connect().expectEnd(REFUSAL);
            leaving.close();
            server.awaitClients(1);
            leaving = server.quiet();
        }
        assertEquals(2, server.clients().count());
    }

    @Test
    void placeOfAClientThatIsThrownOutIsFreeToo() throws IOException {
        server.quiet();
        server.connect().send("ZZZ").expect("-ERR.*");
        server.awaitClients(1);
        server.quiet();
    }

    @Test
    void thoseWhoAreInGoOn() throws IOException {
        RawClient first = server.quiet(), second = server.quiet();
        first.send("SUB foo 1\r\n").roundTrip();
        server.connect().send("PUB foo 1\r\nx\r\n").expectEnd(REFUSAL);
        second.send("PUB foo 1\r\ny\r\n");
        first.expectText("MSG foo 1 1\r\ny\r\n").roundTrip();
    }

    @Test
    void aCrowdAtOnceGetsExactlyThePlacesThereAre() throws Exception {
        int crowd = 50;
        List<Thread> threads = new ArrayList<>();
        List<String> answers = Collections.synchronizedList(new ArrayList<>());
        List<RawClient> clients = new ArrayList<>();
        for (int i = 0; i < crowd; i++)
            clients.add(server.open());
        for (RawClient client : clients)
            threads.add(Thread.startVirtualThread(() -> {
                try {
                    client.send("CONNECT {\"verbose\":false}\r\nPING\r\n");
                    answers.add(client.expect("INFO .*?\r\n([^\r]*)\r\n").group(1));
                } catch (IOException e) {
                    answers.add(e.toString());
                }
            }));
        for (Thread thread : threads)
            thread.join();
        assertEquals(2, answers.stream().filter("PONG"::equals).count(), () -> String.join("\n", answers));
        assertEquals(crowd - 2, answers.stream().filter(REFUSAL.strip()::equals).count());
    }

    @Test
    void belowZeroMeansNoLimit() throws IOException {
        try (TestServer open = TestServer.start(o -> o.maxConnections = -1)) {
            for (int i = 0; i < 20; i++)
                open.quiet();
        }
    }
}
