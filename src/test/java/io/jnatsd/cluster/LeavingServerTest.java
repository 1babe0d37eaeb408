package io.jnatsd.cluster;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jnatsd.server.RawClient;
import io.jnatsd.server.TestServer;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tests what becomes of messages that are on their way to a server while it stops. */
@Timeout(60)
class LeavingServerTest {
    private static final int MESSAGES = 20;

    private static TcpProxy proxy(TestServer server) throws IOException {
        TcpProxy proxy = new TcpProxy();
        proxy.to(server.server().clusterPort());
        return proxy;
    }

    @Test
    void messagesForQueueMembersOfAServerThatStopsGoToOtherMembers() throws Exception {
        try (TestServer leaving = Clusters.server(); TcpProxy proxy = proxy(leaving);
                TestServer near = Clusters.server(URI.create("nats-route://127.0.0.1:" + proxy.number()))) {
            // Before the third server, which would tell them addresses of each other without the proxy.
            Clusters.awaitRoutes(near, 1);
            Clusters.awaitRoutes(leaving, 1);
            sendToAMemberThatLeaves(leaving, proxy, near);
        }
    }

    private static void sendToAMemberThatLeaves(TestServer leaving, TcpProxy proxy, TestServer near) throws Exception {
        try (TestServer staying = Clusters.server(Clusters.url(leaving), Clusters.url(near))) {
            for (TestServer server : new TestServer[] {leaving, near, staying})
                Clusters.awaitRoutes(server, 2);
            RawClient member = leaving.quiet(), other = staying.quiet(), publisher = near.quiet();
            member.send("SUB work workers 1\r\n").roundTrip();
            other.send("SUB work workers 1\r\n").roundTrip();
            for (TestServer server : new TestServer[] {leaving, near, staying})
                Clusters.awaitSubscriptions(server, 2);
            // What goes to the member arrives when the clients of its server are gone.
            proxy.hold(true);
            publisher.send("PUB work 1\r\nx\r\n".repeat(MESSAGES)).roundTrip();
            member.send("UNSUB 1\r\n").roundTrip();
            CompletableFuture<Void> stopped = CompletableFuture.runAsync(leaving.server()::close);
            member.expectClosed();
            proxy.hold(false);
            other.expectText("MSG work 1 1\r\nx\r\n".repeat(MESSAGES));
            stopped.join();
        }
    }

    @Test
    void aServerDoesNotWaitLongForAnotherOneThatIsSuspended() throws Exception {
        try (TestServer leaving = Clusters.server(); TcpProxy proxy = proxy(leaving);
                TestServer staying = Clusters.server(URI.create("nats-route://127.0.0.1:" + proxy.number()))) {
            Clusters.awaitRoutes(staying, 1);
            proxy.hold(true);
            long begun = System.nanoTime();
            leaving.server().close();
            assertTrue(System.nanoTime() - begun < Duration.ofSeconds(10).toNanos());
        }
    }
}
