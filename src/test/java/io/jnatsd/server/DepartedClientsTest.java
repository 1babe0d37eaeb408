package io.jnatsd.server;

import static org.awaitility.Awaitility.await;

import io.jnatsd.connection.Connection;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Nothing of a client that has left stays in memory, although others have published to its subjects. */
class DepartedClientsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    /** Publishes to a subscription of a client that then leaves; the publisher stays. */
    private static void assertReleased(Server server, RawClient publisher, RawClient receiver, String pattern)
            throws IOException {
        WeakReference<Connection> departed = new WeakReference<>(server.state().connection(2));
        receiver.send("SUB " + pattern + " 1\r\n").roundTrip();
        publisher.send("PUB inbox.1 2\r\nhi\r\n").roundTrip();
        receiver.expectText("MSG inbox.1 1 2\r\nhi\r\n");
        receiver.close();
        await("release of the departed client").atMost(PATIENCE).pollInterval(Duration.ofMillis(200)).until(() -> {
            System.gc();
            return departed.refersTo(null);
        });
        publisher.roundTrip();
    }

    @Test
    void aDepartedClientIsReleasedAlthoughNobodyPublishesToItsWildcardSubscriptionAgain() throws IOException {
        try (TestServer server = TestServer.start()) {
            RawClient publisher = server.quiet(), receiver = server.quiet();
            assertReleased(server.server(), publisher, receiver, "inbox.*");
        }
    }

    @Test
    void aPublisherWhosePermissionsWereCheckedDoesNotKeepItsReceivers() throws Exception {
        try (SecuredServer server = SecuredServer.start("""
                authorization { users: [
                  { user: joe, password: p, permissions: { publish: "inbox.*" } }
                  { user: ann, password: p }
                ] }
                """)) {
            RawClient publisher = server.login("joe", "p"), receiver = server.login("ann", "p");
            assertReleased(server.server(), publisher, receiver, "inbox.1");
        }
    }
}
