package io.jnatsd.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.jnatsd.server.RawClient;
import io.jnatsd.server.TestServer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Tests a cluster in which two of three servers are processes that are killed and suspended. */
@Timeout(60)
class ServerFailureTest {
    @TempDir
    private Path dir;
    private TestServer here;
    private ClusterProcess one;
    private ClusterProcess two;

    @BeforeEach
    void start() throws IOException {
        assumeFalse(System.getProperty("os.name").startsWith("Windows"), "no SIGSTOP");
        here = Clusters.server(options -> options.writeDeadline = Duration.ofSeconds(1));
        one = new ClusterProcess(dir, Clusters.url(here)).start();
        two = new ClusterProcess(dir, Clusters.url(here)).start();
        Clusters.awaitRoutes(here, 2);
    }

    @AfterEach
    void stop() throws IOException {
        one.close();
        two.close();
        here.close();
    }

    /** Asserts that each of the others receives what {@code from} publishes exactly once. */
    private static void assertOnce(String text, RawClient from, RawClient... to) throws IOException {
        from.send("PUB foo " + text.length() + "\r\n" + text + "\r\n");
        for (RawClient client : to)
            client.expectText("MSG foo 1 " + text.length() + "\r\n" + text + "\r\n");
        for (RawClient client : to)
            client.expectNothing();
    }

    @Test
    void aKilledServerIsForgottenAndAnotherTakesItsPlace() throws Exception {
        RawClient client = here.quiet(), on1 = one.client(), on2 = two.client();
        for (RawClient each : new RawClient[] {client, on1, on2})
            each.send("SUB foo 1\r\n").roundTrip();
        Clusters.awaitSubscriptions(here, 3);
        on1.send("SUB foo q 2\r\n".replace("foo", "bar")).roundTrip();
        Clusters.awaitSubscriptions(here, 4);
        one.kill();
        Clusters.awaitRoutes(here, 1);
        Clusters.awaitSubscriptions(here, 2);
        RawClient publisher = here.quiet();
        assertOnce("without", publisher, client, on2);
        one.start();
        Clusters.awaitRoutes(here, 2);
        RawClient again = one.client();
        again.send("SUB foo 1\r\n").roundTrip();
        Clusters.awaitSubscriptions(here, 3);
        assertOnce("with", publisher, client, on2, again);
        // The two processes must have a route to each other again, too.
        Clusters.soon("a route between the processes").until(() -> {
            on2.send("PUB probe 0\r\n\r\n").roundTrip();
            again.send("SUB probe 9\r\nPING\r\n");
            return again.expect("PONG\r\n|MSG probe 9 0\r\n\r\n.*PONG\r\n").group().startsWith("MSG");
        });
    }

    @Test
    void aMeshFormsAgainAfterTwoServersRestart() throws Exception {
        one.kill();
        two.kill();
        Clusters.awaitRoutes(here, 0);
        one.start();
        two.start();
        Clusters.awaitRoutes(here, 2);
        RawClient client = here.quiet(), on1 = one.client(), on2 = two.client();
        for (RawClient each : new RawClient[] {client, on1, on2})
            each.send("SUB foo 1\r\n").roundTrip();
        Clusters.awaitSubscriptions(here, 3);
        assertOnce("all", here.quiet(), client, on1, on2);
    }

    @Test
    void aServerThatIsSuspendedBrieflyMissesNothing() throws Exception {
        RawClient client = here.quiet(), on1 = one.client();
        on1.send("SUB foo 1\r\n").roundTrip();
        Clusters.awaitSubscriptions(here, 1);
        one.freeze(true);
        client.send("SUB later 5\r\nPUB foo 1\r\na\r\nPUB foo 1\r\nb\r\n").roundTrip();
        one.freeze(false);
        on1.expectText("MSG foo 1 1\r\na\r\nMSG foo 1 1\r\nb\r\n").expectNothing();
        on1.send("PUB later 0\r\n\r\n");
        client.expectText("MSG later 5 0\r\n\r\n");
    }

    @Test
    void aServerThatIsSuspendedForLongIsDisconnectedAndReturns() throws Exception {
        RawClient publisher = here.quiet(), client = here.quiet(), on1 = one.client(), behind = one.client();
        client.send("SUB foo 1\r\nSUB bulk 2\r\n").roundTrip();
        on1.send("SUB foo 1\r\n").roundTrip();
        behind.send("SUB bulk 1\r\n").roundTrip();
        Clusters.awaitSubscriptions(here, 4);
        one.freeze(true);
        String payload = "x".repeat(256 * 1024), bulk = "PUB bulk " + payload.length() + "\r\n" + payload + "\r\n";
        for (int i = 0; i < 60; i++) {
            publisher.send(bulk);
            client.skip(("MSG bulk 2 " + payload.length() + "\r\n").length() + payload.length() + 2);
        }
        Clusters.awaitRoutes(here, 1);
        assertEquals(1, here.state().slowConsumers());
        Clusters.awaitSubscriptions(here, 2);
        one.freeze(false);
        Clusters.awaitRoutes(here, 2);
        Clusters.awaitSubscriptions(here, 4);
        assertOnce("back", publisher, client, on1);
    }
}
