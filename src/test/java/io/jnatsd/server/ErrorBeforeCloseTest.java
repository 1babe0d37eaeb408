package io.jnatsd.server;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Ecosystem study, 2c rule 9: who is thrown out gets to read why, even while it is still writing. */
class ErrorBeforeCloseTest {
    @AutoClose
    private final TestServer server = TestServer.start(o -> o.maxConnections = 3);

    @ParameterizedTest
    @CsvSource({
        "'PUB foo 9999999\r\n', Maximum Payload Violation", "'SUB\r\n', Unknown Protocol Operation",
        "'SUB foo\r\n', Parser Error", "'CONNECT {\"protocol\":5}\r\n', Invalid Client Protocol",
    })
    void clientThatIsStillWritingReadsTheError(String mistake, String text) throws Exception {
        for (int round = 0; round < 5; round++) {
            RawClient client = server.connect();
            client.send(mistake);
            Thread writer = Thread.startVirtualThread(() -> writeUntilItFails(client));
            String all = client.readToEnd();
            assertTrue(all.startsWith("-ERR '" + text + "'\r\n"), all);
            client.close();
            writer.join();
        }
        server.awaitClients(0);
    }

    private static void writeUntilItFails(RawClient client) {
        byte[] more = "PUB foo 5\r\nhello\r\n".repeat(1000).getBytes();
        try {
            while (true)
                client.send(more);
        } catch (IOException e) {
            return;
        }
    }

    @Test
    void clientThatHasWrittenMuchBeforehandReadsTheError() throws IOException {
        RawClient client = server.connect();
        client.send("ZZZ" + "x".repeat(500_000));
        assertEquals("-ERR 'Unknown Protocol Operation'\r\n-ERR 'Parser Error'\r\n", client.readToEnd());
    }

    @Test
    void messagesOnTheirWayComeBeforeTheError() throws IOException {
        RawClient client = server.openNarrow();
        client.expect("INFO.*\r\n");
        String message = " 1000000\r\n" + "x".repeat(1_000_000) + "\r\n";
        client.send("CONNECT {\"verbose\":false}\r\nSUB foo 1\r\nPUB foo" + message + "ZZZ");
        client.expectEnd("MSG foo 1" + message + "-ERR 'Unknown Protocol Operation'\r\n-ERR 'Parser Error'\r\n");
    }

    @Test
    void clientThatStaysIsCutOffAllTheSame() throws IOException {
        RawClient client = server.connect();
        client.send("ZZZ").expect("-ERR 'Unknown Protocol Operation'\r\n-ERR 'Parser Error'\r\n");
        client.expectClosed();
        server.awaitClients(0);
        await().until(() -> isCutOff(client));
    }

    private static boolean isCutOff(RawClient client) {
        try {
            client.send("PING\r\n");
            return false;
        } catch (IOException e) {
            return true;
        }
    }
}
