package io.jnatsd.monitor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.management.ThreadMXBean;
import io.jnatsd.client.Clients;
import io.jnatsd.client.ManyClients;
import io.jnatsd.config.ServerOptions;
import io.jnatsd.connection.ServerState;
import io.jnatsd.log.Log;
import io.jnatsd.log.SteadyClock;
import java.io.IOException;
import java.io.StringWriter;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** In a JVM of its own, since the tests' JVM compiles with the first compiler only. */
class LargeConnzTest {
    private static final int CLIENTS = 100_000;
    private static final long MOST = 50_000_000, MOST_BYTES = 12_000_000;
    private static final long PATIENCE = 20_000_000_000L;

    @Test
    void aPageOfAHundredThousandClientsIsMadeInNoTimeAndMemory() throws Exception {
        Process measuring = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx1g", "-cp",
                System.getProperty("java.class.path"), LargeConnzTest.class.getName()).redirectErrorStream(true).start();
        String printed = new String(measuring.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, measuring.waitFor(), printed);
        assertEquals("", printed);
    }

    /** Prints what takes too much. */
    public static void main(String[] args) throws Exception {
        ServerOptions options = ServerOptions.defaults().with(o -> o.maxConnections = CLIENTS);
        ServerState state = new ServerState(Log.silent(), options);
        Clients clients = ManyClients.join(state, CLIENTS);
        Connz connz = new Connz(new MonitoredServer(state, clients, "ID", "1", SteadyClock.millis(), () -> options, Instant::now, () -> "",
                List::of, () -> null));
        for (String query : List.of("limit=100", "limit=100&sort=pending", "limit=100&offset=5000&sort=bytes_to",
                "limit=100&sort=idle", "limit=100&filter=10.1.2.")) {
            long best = Long.MAX_VALUE, least = Long.MAX_VALUE;
            // Repeated until the code has been compiled, which may take long on a busy machine.
            for (long end = System.nanoTime() + PATIENCE; best > MOST && System.nanoTime() < end;) {
                long before = cpuTime(), allocated = allocated();
                write(connz, query);
                least = Math.min(least, allocated() - allocated);
                best = Math.min(best, cpuTime() - before);
            }
            if (best > MOST)
                System.out.println(query + " took " + best / 1e6 + " ms");
            if (!query.contains("filter") && least > MOST_BYTES)
                System.out.println(query + " allocated " + least);
        }
        state.stopTimer();
    }

    private static void write(Connz connz, String query) throws IOException, BadQuery {
        StringWriter out = new StringWriter(1 << 16);
        connz.write(Query.parse(query), new GoJson(out));
        if (out.toString().split("\"cid\"").length - 1 != 100)
            throw new IllegalStateException("not 100 clients");
    }

    /** Returns the processor time of this thread, so that other load does not affect the test. */
    private static long cpuTime() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    private static long allocated() {
        return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
    }
}
