package io.jnatsd.jetstream.api;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.jnatsd.server.RawClient;
import io.jnatsd.server.TestServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class MatchCacheTest {
    @Test
    void acknowledgementsDoNotDisplaceOthersFromTheCacheOfMatches() throws Exception {
        try (TestServer server = TestServer.start(options -> options.jetStream = true)) {
            RawClient client = server.quiet();
            client.send("PUB other 0\r\n\r\n").roundTrip();
            long before = server.state().subjects.index().stats().cached();
            for (int i = 1; i <= 100; i++)
                client.send("PUB $JS.ACK.S.C.1." + i + "." + i + ".1700000000000000000.0 0\r\n\r\n");
            client.roundTrip();
            assertEquals(before, server.state().subjects.index().stats().cached());
        }
    }
}
