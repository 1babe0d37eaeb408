package io.jnatsd.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.jnatsd.config.ServerOptions.Compat;
import io.jnatsd.delivery.Traffic.Totals;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** protocol.md, section 11. */
class HeadersTest {
    private static final String BLOCK = "NATS/1.0\r\nBar: Baz\r\n\r\n";
    private static final String SENT = "HPUB foo 22 33\r\n" + BLOCK + "Hello World\r\n";

    @AutoClose
    private final TestServer server = TestServer.start();

    private static RawClient modern(TestServer server) throws IOException {
        return server.connect().send("CONNECT {\"verbose\":false,\"pedantic\":false,\"headers\":true}\r\n").roundTrip();
    }

    private RawClient modern() throws IOException {
        return modern(server);
    }

    @Test
    void aClientWithHeadersGetsThem() throws IOException {
        RawClient publisher = modern();
        for (String pattern : List.of("foo", "*")) {
            RawClient subscriber = modern();
            subscriber.send("SUB " + pattern + " 1\r\n").roundTrip();
            publisher.send(SENT).send("HPUB foo re.ply 22 33\r\n" + BLOCK + "Hello World\r\n");
            for (String reply : List.of("", "re.ply "))
                subscriber.expectText("HMSG foo 1 " + reply + "22 33\r\n" + BLOCK + "Hello World\r\n");
        }
    }

    @Test
    void aClientWithoutHeadersGetsTheRest() throws IOException {
        RawClient publisher = modern();
        for (String pattern : List.of("foo", "*")) {
            RawClient subscriber = server.quiet();
            subscriber.send("SUB " + pattern + " 1\r\n").roundTrip();
            publisher.send(SENT).send("HPUB foo re.ply 22 22\r\n" + BLOCK + "\r\n");
            subscriber.expectText("MSG foo 1 11\r\nHello World\r\nMSG foo 1 re.ply 0\r\n\r\n");
        }
    }

    @Test
    void messagesWithAndWithoutHeadersKeepTheirOrder() throws IOException {
        RawClient client = modern();
        client.send("SUB foo 1\r\n" + SENT + "PUB foo 2\r\nab\r\n" + SENT + "PING\r\n")
                .expectText("HMSG foo 1 22 33\r\n" + BLOCK + "Hello World\r\nMSG foo 1 2\r\nab\r\nHMSG foo 1 22 33\r\n"
                        + BLOCK + "Hello World\r\nPONG\r\n");
    }

    @Test
    void headersAreNotLookedAt() throws IOException {
        RawClient client = modern(), old = server.quiet();
        old.send("SUB foo 9\r\n").roundTrip();
        client.send("SUB foo 1\r\nHPUB foo 0 5\r\nhello\r\nHPUB foo 3 3\r\n\r\n\u00ff\r\nHPUB foo 0 0\r\n\r\n")
                .expectText("MSG foo 1 5\r\nhello\r\nHMSG foo 1 3 3\r\n\r\n\u00ff\r\nMSG foo 1 0\r\n\r\n");
        old.expectText("MSG foo 9 5\r\nhello\r\nMSG foo 9 0\r\n\r\nMSG foo 9 0\r\n\r\n");
    }

    /** An HMSG with a header size of 0 would end the reader of the Java client. */
    @Test
    void aMessageWhoseHeadersAreEmptyArrivesWithoutHeaders() throws IOException {
        RawClient client = modern();
        client.send("SUB foo 1\r\nSUB * q 2\r\nHPUB foo re.ply 0 2\r\nhi\r\nPING\r\n")
                .expect("(MSG foo [12] re\\.ply 2\r\nhi\r\n){2}PONG\r\n");
        assertEquals(4, server.state().traffic.totals().outBytes());
    }

    @Test
    void oddSpacingArrivesRegular() throws IOException {
        RawClient client = modern();
        client.send("SUB foo 1\r\nhpub \tfoo  re.ply\t 2 \t 4 \nabcd\r\n").expectText("HMSG foo 1 re.ply 2 4\r\nabcd\r\n");
    }

    @Test
    void aMessageCutAnywhereArrivesWhole() throws IOException {
        RawClient publisher = modern(), subscriber = modern();
        subscriber.send("SUB foo 1\r\n").roundTrip();
        for (int cut = 1; cut < SENT.length(); cut++) {
            publisher.send(SENT.substring(0, cut)).send(SENT.substring(cut));
            subscriber.expectText("HMSG foo 1 22 33\r\n" + BLOCK + "Hello World\r\n");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"HPUB foo 5\r\n", "HPUB foo\r\n", "HPUB foo a b 2 4\r\nabcd\r\n", "HPUB foo 5 4\r\nabcd\r\n",
        "HPUB foo x 4\r\nabcd\r\n", "HPUB foo 2 y\r\n", "HPUB foo -1 4\r\nabcd\r\n", "HPUB foo a 5 4\r\nabcd\r\n"})
    void badLinesEndTheConnection(String line) throws IOException {
        modern().send(line).expectEnd("-ERR 'Parser Error'\r\n");
    }

    @Test
    void whoDidNotAnnounceHeadersMayNotSendThem() throws IOException {
        RawClient subscriber = modern();
        subscriber.send("SUB foo 1\r\n").roundTrip();
        server.quiet().send(SENT).expectEnd("-ERR 'Parser Error'\r\n");
        server.connect().send(SENT).expectEnd("-ERR 'Parser Error'\r\n");
        subscriber.roundTrip();
    }

    @Test
    void connectAndHpubMayComeInOneRead() throws IOException {
        server.connect().send("CONNECT {\"verbose\":false,\"headers\":true}\r\nSUB foo 1\r\n" + SENT)
                .expectText("HMSG foo 1 22 33\r\n" + BLOCK + "Hello World\r\n");
    }

    @Test
    void anOldServerHasNoHeaders() throws IOException {
        try (TestServer old = TestServer.start(o -> o.compat = Compat.GNATSD_1_0)) {
            modern(old).send(SENT).expectEnd("-ERR 'Unknown Protocol Operation'\r\n-ERR 'Parser Error'\r\n");
        }
    }

    @Test
    void theLimitIsOnHeadersAndPayloadTogether() throws IOException {
        try (TestServer small = TestServer.start(o -> o.maxPayload = 30)) {
            RawClient client = modern(small);
            client.send("SUB foo 1\r\nHPUB foo 22 30\r\n" + BLOCK + "12345678\r\n")
                    .expectText("HMSG foo 1 22 30\r\n" + BLOCK + "12345678\r\n");
            client.send("HPUB foo 22 31\r\n").expectEnd("-ERR 'Maximum Payload Violation'\r\n");
        }
    }

    @Test
    void aVerboseClientGetsItsOk() throws IOException {
        server.connect().send("CONNECT {\"verbose\":true,\"headers\":true}\r\n").expectText("+OK\r\n")
                .send(SENT).expectText("+OK\r\n");
    }

    @Test
    void withoutEchoOthersGetThemAllTheSame() throws IOException {
        RawClient other = modern(), silent = server.connect();
        other.send("SUB foo 1\r\n").roundTrip();
        silent.send("CONNECT {\"verbose\":false,\"headers\":true,\"echo\":false}\r\nSUB foo 1\r\n" + SENT).roundTrip();
        other.expectText("HMSG foo 1 22 33\r\n" + BLOCK + "Hello World\r\n");
        assertEquals(1, server.state().traffic.totals().outMessages());
    }

    @Test
    void bytesOutAreThoseThatTheReceiverGets() throws IOException {
        RawClient publisher = modern(), modern = modern(), old = server.quiet();
        modern.send("SUB foo 1\r\n").roundTrip();
        old.send("SUB foo 1\r\n").roundTrip();
        publisher.send(SENT).roundTrip();
        assertEquals(new Totals(1, 33, 2, 33 + 11, 1), server.state().traffic.totals());
        assertEquals(33, server.clients().get(1).stats().inBytes());
        assertEquals(33, server.clients().get(2).outbound().stats().bytes());
        assertEquals(11, server.clients().get(3).outbound().stats().bytes());
    }

    @Test
    void tracesNameTheCommandThatWasSentOrReceived() throws IOException {
        try (TestServer traced = TestServer.tracing(o -> { })) {
            RawClient publisher = modern(traced), modern = modern(traced), old = traced.quiet();
            modern.send("SUB foo 1\r\n").roundTrip();
            old.send("SUB foo 1\r\nUNSUB 1 1\r\nSUB bar 2\r\n").roundTrip();
            publisher.send("HPUB foo 4 6\r\nabcdef\r\nHPUB bar re.ply 4 6\r\nabcdef\r\nHPUB foo 0 3\r\nabc\r\n")
                    .roundTrip();
            List.of("cid:1 - ->> [HPUB foo 4 6]", "cid:1 - ->> MSG_PAYLOAD: [abcdef]", "cid:2 - <<- [HMSG foo 1 4 6]",
                    "cid:3 - <<- [MSG foo 1 2]", "cid:1 - ->> [HPUB foo 0 3]", "cid:2 - <<- [MSG foo 1 3]", "cid:1 - ->> [HPUB bar re.ply 4 6]", "cid:3 - <<- [MSG bar 2 re.ply 2]")
                    .forEach(line -> traced.awaitLog("[TRC] " + line));
        }
    }
}
