package io.jnatsd.server;

import static io.jnatsd.server.SecuredServer.connectLine;
import static io.jnatsd.server.SecuredServer.userAndPass;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jnatsd.connection.CloseReason;
import io.jnatsd.tls.TestCerts;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** protocol.md, section 17: a client that does not read does not delay others, with TLS as well. */
@Timeout(40)
class TlsSlowConsumerTest {
    private static final String TLS =
            "tls { cert_file: \"CERTS/server-cert.pem\", key_file: \"CERTS/server-key.pem\", timeout: 10 }\n"
            + "max_traced_msg_len: 10\n";
    private static final String LOGINS =
            "authorization { users: [ {user: joe, password: j}, {user: sue, password: s} ] }\n";
    private static final int PAYLOAD = 500_000;

    private final SSLContext trusting = TestCerts.client("ca.pem");
    private SecuredServer server;

    TlsSlowConsumerTest() throws Exception {
    }

    private void start(String more) throws Exception {
        server = SecuredServer.start(TLS + LOGINS + more);
    }

    @AfterEach
    void stop() throws Exception {
        if (server != null)
            server.close();
    }

    private RawClient login(String user, String password) throws Exception {
        return server.connectTls(trusting).send(connectLine(userAndPass(user, password))).roundTrip();
    }

    /** Joe subscribes and reads nothing. When this returns, his connection is blocked in a write. */
    private void makeJoeStuck() throws Exception {
        RawClient narrow = server.openNarrow();
        narrow.expect("INFO .*?\r\n");
        server.upgrade(narrow, trusting).send(connectLine(userAndPass("joe", "j")) + "SUB flood 1\r\n").roundTrip();
        RawClient sue = login("sue", "s");
        byte[] message = ("PUB flood " + PAYLOAD + "\r\n" + "x".repeat(PAYLOAD) + "\r\n").getBytes();
        for (int i = 0; i < 24; i++)
            sue.send(message);
        sue.roundTrip();
        await().until(() -> server.server().clients().get(1) == null
                || server.server().clients().get(1).outbound().stats().pending() > 1_000_000);
    }

    @Test
    void itIsCutOffAtTheWriteDeadline() throws Exception {
        start("write_deadline: \"300ms\"");
        makeJoeStuck();
        server.awaitLog("[DBG] cid:1 - Client connection closed: " + CloseReason.WRITE_DEADLINE);
        assertEquals(1, server.server().state().slowConsumers());
        assertTrue(server.log().stream().anyMatch(line -> line.startsWith("[INF] cid:1 - Slow Consumer Detected: ")));
        server.awaitClients(1);
    }

    @Test
    void itIsCutOffWhenTooMuchWaits() throws Exception {
        start("max_pending: 4MB, write_deadline: \"30s\"");
        makeJoeStuck();
        server.awaitLog("[INF] cid:1 - Slow Consumer Detected: MaxPending of 4194304 Exceeded, user \"joe\", subject flood");
        server.awaitLog("[DBG] cid:1 - Client connection closed: " + CloseReason.PENDING_BYTES);
    }

    @Test
    void theEndOfTheServerDoesNotWaitForIt() throws Exception {
        start("write_deadline: \"30s\"");
        makeJoeStuck();
        long start = System.nanoTime();
        server.server().close();
        long millis = (System.nanoTime() - start) / 1_000_000;
        assertTrue(millis < 6000, () -> "took " + millis + " ms");
    }

    @Test
    void anErrorThatItWillNotReadDoesNotWaitForIt() throws Exception {
        start("write_deadline: \"500ms\"");
        makeJoeStuck();
        server.reload(TLS + LOGINS.replace("{user: joe, password: j},", "") + "write_deadline: \"500ms\"");
        await().atMost(Duration.ofSeconds(8)).until(() -> server.log().stream()
                .anyMatch(line -> line.startsWith("[DBG] cid:1 - Client connection closed: ")));
        server.awaitClients(1);
    }
}
