package io.jnatsd.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Protocol reference, sections 1 and 18: what one read of the server causes leaves it in one write. */
class BatchTest {
    @AutoClose
    private final TestServer server = TestServer.start();

    @Test
    void repliesAndMessagesOfABatchComeInOnePiece() throws IOException {
        RawClient client = server.quiet();
        client.send("SUB foo 1\r\nSUB * 2\r\nUNSUB 9\r\n").roundTrip();
        String batch = "PUB foo 5\r\nhello\r\nPING\r\nPUB bar 2\r\nok\r\nPING\r\n";
        int length = "MSG foo 1 5\r\nhello\r\nMSG foo 2 5\r\nhello\r\nPONG\r\nMSG bar 2 2\r\nok\r\nPONG\r\n".length();
        for (int i = 0; i < 2000; i++)
            assertEquals(length, client.send(batch).readOnce().length());
    }

    @Test
    void subscriberGetsABatchInOnePiece() throws IOException {
        RawClient client = server.quiet(), subscriber = server.quiet();
        subscriber.send("SUB foo 1\r\nSUB foo 2\r\n").roundTrip();
        String messages = "MSG foo 1 5\r\nhello\r\nMSG foo 2 5\r\nhello\r\n";
        for (int i = 0; i < 2000; i++) {
            client.send("PUB foo 5\r\nhello\r\n");
            assertEquals(messages, subscriber.readOnce());
        }
    }

    @Test
    void bothLinesOfAParserErrorComeInOnePiece() throws IOException {
        for (int i = 0; i < 20; i++)
            assertEquals("-ERR 'Unknown Protocol Operation'\r\n-ERR 'Parser Error'\r\n",
                    server.connect().send("ZZZ").readOnce());
    }
}
