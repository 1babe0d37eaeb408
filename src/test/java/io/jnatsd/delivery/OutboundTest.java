package io.jnatsd.delivery;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jnatsd.client.Client;
import io.jnatsd.client.Clients;
import io.jnatsd.config.ServerOptions;
import io.jnatsd.connection.CloseReason;
import io.jnatsd.connection.ServerState;
import io.jnatsd.log.Log;
import io.jnatsd.protocol.AmpleMemory;
import io.jnatsd.protocol.Dialect;
import io.jnatsd.protocol.Op;
import io.jnatsd.protocol.Parser;
import io.jnatsd.protocol.ReadBuffer;
import io.jnatsd.subject.Receiver;
import io.jnatsd.subject.SidTable;
import io.jnatsd.subject.SubjectSpace;
import io.jnatsd.subject.Subscription;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.Thread.State;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Isolated;

@Isolated("it measures the heap")
class OutboundTest {
    private static final int CHUNK = 128 * 1024;
    private static final long UNLIMITED = Long.MAX_VALUE;

    private final ServerState state = new ServerState(Log.silent(), ServerOptions.defaults());
    private final WriteWatchdog watchdog = new WriteWatchdog(state.threads);
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private Socket peer;
    private Client owner;

    @BeforeEach
    void connect() throws IOException {
        try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            peer = new Socket(listener.getInetAddress(), listener.getLocalPort());
            owner = new Clients(state).accept(listener.accept());
        }
    }

    @AfterEach
    void stop() throws IOException {
        owner.kill(CloseReason.SERVER_SHUTDOWN);
        peer.close();
        state.stopTimer();
    }

    private Subscription subscription(String subject) {
        return new Subscription(owner.outbound(), subject, null, "1", true);
    }

    /** Parses lines as a publisher's reader does, ready to be delivered. */
    private static Parser published(byte[] lines) throws Exception {
        Parser parser = new Parser(new ReadBuffer(new ByteArrayInputStream(lines), new AmpleMemory()), Dialect.CLIENT);
        parser.limits(4096, 1024 * 1024);
        return parser;
    }

    private static int deliver(Outbound outbound, Subscription sub, String payload, long maxPending) throws Exception {
        Parser parser = published(("PUB " + sub.subject() + " " + payload.length() + "\r\n" + payload + "\r\n").getBytes());
        for (Op op = parser.next(); op != Op.PUB; op = parser.next())
            assertTrue(op == Op.PUB_LINE || parser.fill());
        return outbound.deliver(sub, parser.message(), maxPending);
    }

    /** A socket whose peer reads slowly. */
    private final class SlowSink extends OutputStream {
        private final Random random = new Random(11);

        @Override
        public void write(byte[] bytes, int offset, int length) {
            assertTrue(length > 0 && length <= 1024 * 1024);
            LockSupport.parkNanos(random.nextInt(2_000_000));
            written.write(bytes, offset, length);
        }

        @Override
        public void write(int b) {
            throw new AssertionError("one byte at a time");
        }
    }

    /** A socket whose peer reads nothing until it is released. */
    private final class StuckSink extends OutputStream {
        private final CountDownLatch release = new CountDownLatch(1);

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            try {
                release.await();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            written.write(bytes, offset, length);
        }

        @Override
        public void write(int b) {
            throw new AssertionError("one byte at a time");
        }
    }

    @Test
    void sixteenMebibytesFromManyPublishersArriveWholeAndInOrder() throws Exception {
        int publishers = 4, each = 4 * 1024 * 1024, largestBatch = 400_000;
        Outbound outbound = new Outbound(owner, new SlowSink(), watchdog, state.pendingBudget);
        AtomicLong mostPending = new AtomicLong();
        List<Future<String>> sent = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < publishers; i++)
                sent.add(threads.submit(publisher(outbound, i, each, mostPending)));
        }
        outbound.flush();
        await().until(() -> outbound.stats().pending() == 0);
        List<MessageDigest> received = new ArrayList<>();
        for (int i = 0; i < publishers; i++)
            received.add(MessageDigest.getInstance("SHA-256"));
        long bytes = digest(written.toByteArray(), received);
        for (int i = 0; i < publishers; i++)
            assertEquals(sent.get(i).get(), HexFormat.of().formatHex(received.get(i).digest()), "publisher " + i);
        assertEquals(bytes, outbound.stats().bytes());
        assertTrue(bytes >= publishers * (long) each);
        assertTrue(mostPending.get() <= CHUNK + publishers * (long) largestBatch, "pending " + mostPending);
    }

    /** Publishes in batches, as a reader does; returns the digest of all payloads. */
    private Callable<String> publisher(Outbound outbound, int number, int bytes, AtomicLong mostPending) {
        return () -> {
            Random random = new Random(100 + number);
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            Subscription sub = subscription("from." + number);
            for (int left = bytes; left > 0;) {
                ByteArrayOutputStream batch = new ByteArrayOutputStream();
                for (int n = 1 + random.nextInt(20); n > 0 && batch.size() < 100_000; n--) {
                    byte[] payload = new byte[random.nextInt(40) == 0 ? random.nextInt(300_000) : random.nextInt(300)];
                    random.nextBytes(payload);
                    digest.update(payload);
                    left -= payload.length;
                    batch.write(("PUB from." + number + " " + payload.length + "\r\n").getBytes());
                    batch.write(payload);
                    batch.write("\r\n".getBytes());
                }
                int outcome = deliverAll(outbound, sub, batch.toByteArray());
                if ((outcome & Receiver.FLUSH) != 0)
                    outbound.flush();
                mostPending.accumulateAndGet(outbound.stats().pending(), Math::max);
                while ((outcome & Receiver.CROWDED) != 0 && outbound.stats().pending() > CHUNK)
                    outbound.awaitRoom(10_000_000, UNLIMITED);
            }
            return HexFormat.of().formatHex(digest.digest());
        };
    }

    private static int deliverAll(Outbound outbound, Subscription sub, byte[] batch) throws Exception {
        Parser parser = published(batch);
        int outcome = 0;
        while (parser.fill())
            for (Op op; (op = parser.next()) != Op.NEED_MORE;)
                if (op == Op.PUB)
                    outcome |= outbound.deliver(sub, parser.message(), UNLIMITED);
        return outcome;
    }

    /** Parses the written messages; returns the total bytes of all payloads. */
    private static long digest(byte[] written, List<MessageDigest> digests) {
        long bytes = 0;
        for (int at = 0; at < written.length;) {
            int lineEnd = at;
            while (written[lineEnd] != '\r')
                lineEnd++;
            String[] head = new String(written, at, lineEnd - at, StandardCharsets.ISO_8859_1).split(" ");
            assertEquals("MSG", head[0]);
            assertEquals("1", head[2]);
            int length = Integer.parseInt(head[3]);
            digests.get(Integer.parseInt(head[1].substring(5))).update(written, lineEnd + 2, length);
            bytes += length;
            at = lineEnd + 2 + length + 2;
            assertEquals('\n', written[at - 1]);
        }
        return bytes;
    }

    @Test
    void overflowIsReportedAsSoonAsTheLimitIsExceeded() throws Exception {
        StuckSink sink = new StuckSink();
        Outbound outbound = new Outbound(owner, sink, watchdog, state.pendingBudget);
        Subscription sub = subscription("foo");
        int length = 10_000, limit = 300_000, outcome = 0, messages = 0;
        while ((outcome & Receiver.OVERFLOW) == 0) {
            outcome = deliver(outbound, sub, "x".repeat(length), limit);
            messages++;
            assertEquals(outbound.stats().pending() > CHUNK, (outcome & Receiver.CROWDED) != 0);
            if ((outcome & Receiver.FLUSH) != 0)
                outbound.flush();
        }
        assertEquals(limit / (length + "MSG foo 1 10000\r\n\r\n".length()) + 1, messages);
        outbound.die();
        assertEquals(0, outbound.stats().pending());
        assertEquals(0, deliver(outbound, sub, "x", limit));
        assertFalse(outbound.flush());
        sink.release.countDown();
    }

    @Test
    void flushIsPromisedOnceForEachFlush() throws Exception {
        Outbound outbound = new Outbound(owner, written, watchdog, state.pendingBudget);
        Subscription sub = subscription("foo");
        for (int round = 0; round < 3; round++) {
            assertEquals(Receiver.DELIVERED | Receiver.FLUSH, deliver(outbound, sub, "a", UNLIMITED));
            assertEquals(Receiver.DELIVERED, deliver(outbound, sub, "b", UNLIMITED));
            outbound.flush();
        }
        String round = "MSG foo 1 1\r\na\r\nMSG foo 1 1\r\nb\r\n";
        assertEquals(round.repeat(3), written.toString());
    }

    @Test
    void lastMessageIsToldAndNoneFollows() throws Exception {
        Outbound outbound = new Outbound(owner, written, watchdog, state.pendingBudget);
        SidTable table = new SubjectSpace().unannouncedTable();
        Subscription sub = subscription("foo");
        assertEquals(0, table.endAfter(sub, 2));
        assertEquals(Receiver.DELIVERED | Receiver.FLUSH, deliver(outbound, sub, "a", UNLIMITED));
        assertEquals(1, table.endAfter(sub, 2));
        assertEquals(Receiver.DELIVERED | Receiver.LAST, deliver(outbound, sub, "b", UNLIMITED));
        assertEquals(0, deliver(outbound, sub, "c", UNLIMITED));
        assertEquals(2, outbound.stats().messages());
        Subscription ended = subscription("foo");
        table.add(ended);
        table.remove(ended);
        assertEquals(0, deliver(outbound, ended, "d", UNLIMITED));
    }

    @Test
    void patternsGetTheSubjectOfTheMessage() throws Exception {
        Outbound outbound = new Outbound(owner, written, watchdog, state.pendingBudget);
        Subscription sub = new Subscription(owner.outbound(), "foo.*", null, "7", false);
        deliverAll(outbound, sub, "PUB foo.bar re.ply 0002\r\nok\r\nPUB  foo.x\t1 \r\ny\r\n".getBytes());
        outbound.flush();
        assertEquals("MSG foo.bar 7 re.ply 0002\r\nok\r\nMSG foo.x 7 1\r\ny\r\n", written.toString());
    }

    @Test
    void finishWritesWhatWaitsAndThenEndsTheConnection() throws Exception {
        StuckSink sink = new StuckSink();
        Outbound outbound = new Outbound(owner, sink, watchdog, state.pendingBudget);
        Subscription sub = subscription("foo");
        for (int i = 0; i < 50; i++)
            if ((deliver(outbound, sub, "x".repeat(10_000), UNLIMITED) & Receiver.FLUSH) != 0)
                outbound.flush();
        outbound.finish();
        assertEquals(0, deliver(outbound, sub, "too late", UNLIMITED));
        sink.release.countDown();
        assertEquals(-1, peer.getInputStream().read());
        assertEquals(("MSG foo 1 10000\r\n" + "x".repeat(10_000) + "\r\n").repeat(50), written.toString());
    }

    @Test
    @Timeout(60)
    void aStreamThatIsInterposedBlocksTheWriterOnly() throws Exception {
        StuckSink sink = new StuckSink();
        Outbound outbound = new Outbound(owner, new OutputStream() {
            @Override
            public void write(int b) {
                throw new AssertionError("written past the other stream");
            }
        }, watchdog, state.pendingBudget);
        outbound.interpose(out -> sink);
        deliver(outbound, subscription("foo"), "a", UNLIMITED);
        outbound.flush();
        assertEquals("", written.toString());
        sink.release.countDown();
        await().until(() -> outbound.stats().pending() == 0);
        assertEquals("MSG foo 1 1\r\na\r\n", written.toString());
    }

    @Test
    @Timeout(60)
    void aStreamIsInterposedWhenTheFirstWriteIsOver() throws Exception {
        StuckSink sink = new StuckSink();
        Outbound outbound = new Outbound(owner, sink, watchdog, state.pendingBudget);
        deliver(outbound, subscription("foo"), "a", UNLIMITED);
        Thread first = Thread.ofPlatform().start(outbound::flush);
        await("the first write").until(() -> outbound.waitsForPeer(System.nanoTime(), 0) && first.getState() == State.WAITING);
        ByteArrayOutputStream later = new ByteArrayOutputStream();
        Thread interposing = Thread.ofPlatform().start(() -> outbound.interpose(out -> later));
        await("the wait for it").until(() -> interposing.getState() == State.WAITING);
        sink.release.countDown();
        first.join();
        interposing.join();
        deliver(outbound, subscription("foo"), "b", UNLIMITED);
        outbound.flush();
        await().until(() -> outbound.stats().pending() == 0);
        assertEquals("MSG foo 1 1\r\na\r\n", written.toString());
        assertEquals("MSG foo 1 1\r\nb\r\n", later.toString());
    }

    @Test
    void finishWithNothingToWriteEndsItAtOnce() throws IOException {
        new Outbound(owner, written, watchdog, state.pendingBudget).finish();
        assertEquals(-1, peer.getInputStream().read());
    }

    @Test
    void failedWriteEndsTheConnection() throws Exception {
        Outbound outbound = new Outbound(owner, new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("Broken pipe");
            }
        }, watchdog, state.pendingBudget);
        deliver(outbound, subscription("foo"), "x".repeat(10_000), UNLIMITED);
        outbound.flush();
        await().until(() -> owner.closeReason() == CloseReason.WRITE_ERROR);
    }

    @Test
    void memoryIsGivenBackWhenItIsCalm() throws Exception {
        List<Outbound> all = new ArrayList<>();
        for (int i = 0; i < 50; i++)
            all.add(new Outbound(owner, OutputStream.nullOutputStream(), watchdog, state.pendingBudget));
        String large = "x".repeat(100_000);
        long before = usedHeap();
        for (Outbound outbound : all)
            for (int i = 0; i < 200; i++) {
                deliver(outbound, subscription("foo"), i < 5 ? large : "x", UNLIMITED);
                outbound.flush();
                while (outbound.stats().pending() > 0)
                    Thread.onSpinWait();
            }
        long grown = usedHeap() - before;
        assertTrue(grown < 50 * 40_000, "grown by " + grown);
    }

    private static long usedHeap() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }
}
