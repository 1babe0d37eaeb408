package io.jnatsd.server;

import java.io.IOException;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** protocol.md, section 3: the exact limit of a control line. ParserTest covers lines that arrive in parts. */
class ControlLineTest {
    private static final String EXCEEDED = "-ERR 'Maximum Control Line Exceeded'\r\n";
    private static final int LIMIT = 256;

    @AutoClose
    private final TestServer server = TestServer.logging(o -> o.maxControlLine = LIMIT);

    /** Returns a line of this length; the '#' is replaced by a long argument. */
    private static String line(String command, int length) {
        int arguments = command.length() - command.indexOf(' ') - 1;
        return command.replace("#", "x".repeat(length - arguments + 1)) + "\r\n";
    }

    @ParameterizedTest
    @ValueSource(strings = {"SUB # 1", "SUB foo # 1", "UNSUB #", "PUB # 0", "PUB # reply 0"})
    void longestLineIsTaken(String command) throws IOException {
        String line = line(command, LIMIT) + (command.startsWith("PUB") ? "\r\n" : "");
        RawClient client = server.connect();
        client.send(line).expectText("+OK\r\n");
        for (byte b : line.getBytes())
            client.send(new byte[] {b});
        client.expectText("+OK\r\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"SUB # 1", "SUB foo # 1", "UNSUB #", "PUB # 0", "PUB # reply 0", "-ERR #"})
    void longerLineIsRefused(String command) throws IOException {
        String line = line(command, LIMIT + 1);
        server.connect().send(line).expectEnd(EXCEEDED);
        server.connect().send(line.substring(0, line.length() - 2)).expectEnd(EXCEEDED);
        server.awaitLog("[ERR] cid:1 - Error reading from client: Maximum Control Line Exceeded");
    }

    @Test
    void endlessSizeIsRefused() throws IOException {
        server.connect().send("PUB foo " + "2".repeat(320)).expectEnd(EXCEEDED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"SUB", "PING", "CONNECT", "+OK", "INFO", "PUB"})
    void endlessBlanksAreRefused(String keyword) throws IOException {
        server.connect().send(keyword + " ".repeat(40 * 1024)).expectEnd(EXCEEDED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"PING", "PONG", "+OK"})
    void endlessLineOfACommandWithoutArgumentsIsRefused(String keyword) throws IOException {
        server.connect().send(keyword + "x".repeat(1024)).expectEnd(EXCEEDED);
    }

    @Test
    void jsonMayBeLonger() throws IOException {
        server.connect().send("CONNECT {\"name\":\"" + "x".repeat(32_000) + "\"}\r\n").expectText("+OK\r\n");
        server.connect().send("INFO {\"server_id\":\"" + "x".repeat(32_000) + "\"}\r\n").roundTrip();
        server.connect().send("CONNECT {\"name\":\"" + "x".repeat(33_000)).expectEnd(EXCEEDED);
    }
}
