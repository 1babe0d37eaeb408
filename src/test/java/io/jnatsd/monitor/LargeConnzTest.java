package io.jnatsd.monitor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class LargeConnzTest {
    private static final int CLIENTS = 100_000;
    private static final long MOST = 50_000_000;
    private static final long PATIENCE = 20_000_000_000L;

    @Test
    void aPageOfAHundredThousandClientsIsMadeInNoTimeAndMemory() throws Exception {
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
            assertTrue(best < MOST, query + " took " + best / 1e6 + " ms");
            assertTrue(query.contains("filter") || least < 12_000_000, query + " allocated " + least);
        }
        state.stopTimer();
    }

    private static void write(Connz connz, String query) throws IOException, BadQuery {
        StringWriter out = new StringWriter(1 << 16);
        connz.write(Query.parse(query), new GoJson(out));
        assertEquals(100, out.toString().split("\"cid\"").length - 1);
    }

    /** Returns the processor time of this thread, so that other load does not affect the test. */
    private static long cpuTime() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    private static long allocated() {
        return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
    }
}
