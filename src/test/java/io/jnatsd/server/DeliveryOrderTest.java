package io.jnatsd.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** protocol.md, section 19: every message arrives once, and in order per publisher and subscription. */
class DeliveryOrderTest {
    private static final int PUBLISHERS = 4;
    private static final int EACH = 20_000;

    @AutoClose
    private final TestServer server = TestServer.start();

    private Callable<Void> publisher(int number) {
        return () -> {
            RawClient client = RawClient.quiet(server.port());
            StringBuilder some = new StringBuilder();
            for (int i = 0; i < EACH; i++) {
                String payload = number + ":" + i;
                some.append("PUB from.").append(number).append(' ').append(payload.length()).append("\r\n")
                        .append(payload).append("\r\n");
                if (i % 100 == 99) {
                    client.send(some.toString());
                    some.setLength(0);
                }
            }
            client.roundTrip().close();
            return null;
        };
    }

    /**
     * Reads this many messages. The numbers of each publisher must rise, by one if {@code complete}. Returns how many
     * came from each publisher.
     */
    private Callable<int[]> subscriber(RawClient client, int count, boolean complete) {
        return () -> {
            int[] next = new int[PUBLISHERS], got = new int[PUBLISHERS];
            client.socket().setSoTimeout(20_000);
            BufferedReader in = new BufferedReader(
                    new InputStreamReader(client.socket().getInputStream(), StandardCharsets.ISO_8859_1));
            for (int i = 0; i < count; i++) {
                String[] head = in.readLine().split(" "), payload = in.readLine().split(":");
                int from = Integer.parseInt(payload[0]), number = Integer.parseInt(payload[1]);
                assertEquals("from." + from, head[1]);
                assertTrue(complete ? number == next[from] : number >= next[from]);
                next[from] = number + 1;
                got[from]++;
            }
            return got;
        };
    }

    @Test
    void everySubscriberGetsEachPublishersMessagesInOrder() throws Exception {
        List<RawClient> clients = new ArrayList<>();
        for (String subject : List.of("from.*", ">", "from.>"))
            clients.add(server.quiet().send("SUB " + subject + " 1\r\n").roundTrip());
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<int[]>> arrivals = new ArrayList<>();
            for (RawClient client : clients)
                arrivals.add(threads.submit(subscriber(client, PUBLISHERS * EACH, true)));
            for (int i = 0; i < PUBLISHERS; i++)
                threads.submit(publisher(i));
            for (Future<int[]> future : arrivals)
                for (int got : future.get())
                    assertEquals(EACH, got);
        }
        assertEquals(3L * PUBLISHERS * EACH, server.state().traffic.totals().outMessages());
    }

    @Test
    void queueMembersShareThemWithoutLossOrDisorder() throws Exception {
        RawClient first = server.quiet().send("SUB from.* q 1\r\n").roundTrip();
        RawClient second = server.quiet().send("SUB from.> q 1\r\n").roundTrip();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Void>> publishing = new ArrayList<>();
            for (int i = 0; i < PUBLISHERS; i++)
                publishing.add(threads.submit(publisher(i)));
            for (Future<Void> future : publishing)
                future.get();
            int toFirst = (int) server.clients().get(1).outbound().stats().messages();
            int toSecond = (int) server.clients().get(2).outbound().stats().messages();
            assertEquals(PUBLISHERS * EACH, toFirst + toSecond);
            threads.submit(subscriber(first, toFirst, false)).get();
            threads.submit(subscriber(second, toSecond, false)).get();
        }
        first.roundTrip();
        second.roundTrip();
    }
}
