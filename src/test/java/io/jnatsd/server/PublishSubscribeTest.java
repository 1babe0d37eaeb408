package io.jnatsd.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.jnatsd.config.ServerOptions;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PublishSubscribeTest {
    private Server server;

    @BeforeEach
    void start() throws IOException {
        server = Server.start(ServerOptions.defaults().withHost("127.0.0.1").withPort(-1));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void theReadmesTelnetSessionHolds() throws IOException {
        try (RawClient client = RawClient.connect(server.port())) {
            client.send("SUB foo 1\r\n").expectText("+OK\r\n");
            client.send("PUB foo 11\r\nHello World\r\n").expectText("+OK\r\nMSG foo 1 11\r\nHello World\r\n");
        }
    }

    @Test
    void aMessageKeepsItsReplyAndTheDigitsOfItsSize() throws IOException {
        try (RawClient client = RawClient.quiet(server.port())) {
            client.send("SUB foo 1\r\nPUB foo reply.to 0005\r\nhello\r\n");
            client.expectText("MSG foo 1 reply.to 0005\r\nhello\r\n");
        }
    }

    @Test
    void blanksTabsAndBareLineFeedsSeparateAsWell() throws IOException {
        try (RawClient client = RawClient.quiet(server.port())) {
            client.send("sUb  \t foo\t  1 \nPUB foo 2\nok\r\n").expectText("MSG foo 1 2\r\nok\r\n");
            client.send("PUB\tfoo   r\t2  \r\nok\r\n").expectText("MSG foo 1 r 2\r\nok\r\n");
        }
    }

    @Test
    void anInterleavedBatchIsAnsweredInOrder() throws IOException {
        try (RawClient client = RawClient.connect(server.port())) {
            client.send("SUB a 1\r\nPING\r\nPUB a 1\r\nx\r\nPING\r\n");
            client.expectText("+OK\r\nPONG\r\n+OK\r\nMSG a 1 1\r\nx\r\nPONG\r\n");
        }
    }

    @Test
    void countersAreVisibleWhenTheMessageIs() throws IOException {
        try (RawClient client = RawClient.quiet(server.port())) {
            client.send("SUB foo 1\r\nPUB foo 5\r\nhello\r\n").expectText("MSG foo 1 5\r\nhello\r\n");
            assertEquals(1, server.state().traffic.totals().inMessages());
            assertEquals(5, server.state().traffic.totals().outBytes());
        }
    }
}
