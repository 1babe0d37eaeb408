package io.jnatsd.server;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

@Isolated("it counts threads")
@Timeout(60)
class ReloadUnderLoadTest {
    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");
    private static final int RELOADS = 1000;

    @TempDir
    private Path dir;

    @Test
    void aThousandReloadsLoseNoMessageAndLeakNothing() throws Exception {
        assumeTrue(Files.isDirectory(DESCRIPTORS));
        String one = "max_payload: 1000\nlog_format: json\nping_max: 3\nmax_connections: 10";
        String other = "max_payload: 2000\nmax_control_line: 2000\npid_file: '" + dir.resolve("pid") + "'";
        try (ConfiguredServer server = ConfiguredServer.start(dir, one);
                RawClient subscriber = RawClient.quiet(server.port());
                RawClient publisher = RawClient.quiet(server.port())) {
            subscriber.send("SUB load 1\r\n").roundTrip();
            AtomicBoolean stop = new AtomicBoolean();
            CompletableFuture<Integer> sent = CompletableFuture.supplyAsync(() -> publish(publisher, stop));
            CompletableFuture<Integer> received = CompletableFuture.supplyAsync(() -> receive(subscriber));
            // Everything that is opened or started only once has been by now.
            reload(server, other, one);
            long descriptors = descriptors();
            int threads = ManagementFactory.getThreadMXBean().getThreadCount();
            for (int i = 0; i < RELOADS / 2; i++)
                reload(server, other, one);
            // Sockets of other tests may still be closing in this JVM, and its own threads start and end.
            await().untilAsserted(() -> {
                assertTrue(ManagementFactory.getThreadMXBean().getThreadCount() <= threads + 2);
                assertTrue(descriptors() <= descriptors, descriptors() + " descriptors, not " + descriptors);
            });
            stop.set(true);
            int published = sent.get();
            assertEquals(published, received.get());
            assertTrue(published > 1000, "there was load: " + published);
            assertEquals(2, server.server().clients().count());
            await().untilAsserted(() -> assertEquals(0, server.log().stream()
                    .filter(line -> line.contains("[ERR]") || line.contains("\"error\"")).count()));
        }
    }

    private static void reload(ConfiguredServer server, String... configs) throws IOException {
        for (String config : configs)
            assertTrue(server.configure(config).server().reload());
    }

    /** Publishes numbered messages, the last of which is empty. */
    private static int publish(RawClient publisher, AtomicBoolean stop) {
        try {
            int count = 0;
            while (!stop.get()) {
                StringBuilder batch = new StringBuilder();
                for (int i = 0; i < 10; i++)
                    batch.append(String.format("PUB load 8\r\n%08d\r\n", count++));
                publisher.send(batch.toString()).roundTrip();
            }
            publisher.send("PUB load 0\r\n\r\n").roundTrip();
            return count;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Returns how many messages came before the empty one, in the right order. */
    private static int receive(RawClient subscriber) {
        try {
            subscriber.socket().setSoTimeout(0);
            BufferedReader in = new BufferedReader(
                    new InputStreamReader(subscriber.socket().getInputStream(), StandardCharsets.US_ASCII));
            for (int count = 0;; count++) {
                String head = in.readLine(), payload = in.readLine();
                if (head.equals("MSG load 1 0"))
                    return count;
                assertEquals("MSG load 1 8", head);
                assertEquals(count, Integer.parseInt(payload));
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static long descriptors() throws IOException {
        try (Stream<Path> open = Files.list(DESCRIPTORS)) {
            return open.count();
        }
    }

    @Test
    void twoReloadsAtOnceFollowOneAnother() throws Exception {
        try (ConfiguredServer server = ConfiguredServer.start(dir, "")) {
            server.configure("max_payload: 7");
            List<CompletableFuture<Boolean>> reloads = Stream.generate(
                    () -> CompletableFuture.supplyAsync(() -> server.server().reload())).limit(8).toList();
            for (CompletableFuture<Boolean> reload : reloads)
                assertTrue(reload.get());
            assertEquals(1, server.log().stream().filter("[INF] Reloaded: max_payload = 7"::equals).count());
            assertEquals(8, server.log().stream().filter("[INF] Reloaded server configuration"::equals).count());
        }
    }
}
