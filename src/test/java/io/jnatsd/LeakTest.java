package io.jnatsd;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jnatsd.server.RawClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** Nothing of a server is left when it is closed. Looks at all threads and files of the JVM. */
@Isolated
class LeakTest {
    private static final int CYCLES = 50;
    private static final Duration LATE = Duration.ofSeconds(60);

    private static void cycle() throws IOException {
        try (NatsServer server = NatsServer.builder().monitoring().webSocket().cluster("test").start();
                MessageLog all = server.record(">");
                RawClient client = RawClient.quiet(server.port())) {
            client.send("SUB a 1\r\nPUB a 1\r\nx\r\n").expect("MSG a 1 1\r\nx\r\n");
            all.awaitCount(1, LATE);
        }
    }

    /** The platform threads by name, without what the JVM itself starts as it needs them. */
    private static Map<String, Integer> threads() {
        Map<String, Integer> count = new TreeMap<>();
        for (Thread thread : Thread.getAllStackTraces().keySet())
            if (!thread.getName().matches("ForkJoinPool.*|awaitility.*|.*-unblocker|.*-unparker|.*-[Pp]oller|Attach.*|process reaper.*"))
                count.merge(thread.getName(), 1, Integer::sum);
        return count;
    }

    private static long sockets() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("/proc/self/fd"))) {
            return files.filter(file -> {
                try {
                    return Files.readSymbolicLink(file).toString().startsWith("socket:");
                } catch (IOException e) {
                    return false; // closed meanwhile
                }
            }).count();
        }
    }

    @Test
    void fiftyServersOneAfterTheOtherLeaveNoThreadAndNoSocket() throws Exception {
        cycle();
        Map<String, Integer> threads = threads();
        long sockets = sockets();
        for (int i = 0; i < CYCLES; i++)
            cycle();
        await().atMost(LATE).untilAsserted(() -> assertTrue(threads().entrySet().stream()
                .allMatch(thread -> thread.getValue() <= threads.getOrDefault(thread.getKey(), 0)),
                () -> threads + " have become " + threads()));
        await().atMost(LATE).untilAsserted(() -> assertTrue(sockets() <= sockets, () -> sockets + " sockets were open"));
    }
}
