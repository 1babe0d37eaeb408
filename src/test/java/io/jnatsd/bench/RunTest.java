package io.jnatsd.bench;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jnatsd.cli.HeldPort;
import io.jnatsd.config.ServerOptions;
import io.jnatsd.server.Server;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whole runs of the command, against a server with optional faults. */
@Timeout(30)
final class RunTest {
    private static final int MESSAGES = 3, LOST = 4, BYTES = 5, SECONDS = 6, P50 = 10, MAX = 14;

    private FakeServer server;

    @BeforeEach
    void start() throws IOException {
        server = new FakeServer();
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    @Test
    void everySubscriberGetsEveryMessage() {
        Ran ran = Ran.against(server, "--pub", "2", "--sub", "3", "--msgs", "1001", "--csv", "-");
        assertEquals(0, ran.code(), ran.err());
        assertEquals(List.of("1001", "0", "16016"), ran.row(1, "publishers").subList(MESSAGES, SECONDS));
        assertEquals(List.of("3003", "0", "48048"), ran.row(1, "subscribers").subList(MESSAGES, SECONDS));
        assertEquals(1 + 3 + 4, ran.out().lines().count(), "head, a row for each group and each connection");
    }

    @Test
    void queueMembersShareTheMessages() {
        Ran ran = Ran.against(server, "--sub", "4", "--queue", "q", "--msgs", "1k", "--csv", "-");
        assertEquals(0, ran.code(), ran.err());
        assertEquals("1000", ran.row(1, "queue members").get(MESSAGES));
        assertTrue(ran.out().contains("1,queue members,4,250,0,"), ran.out());
    }

    @Test
    void publishersNeedNoSubscriber() {
        Ran ran = Ran.against(server, "--sub", "0", "--msgs", "5k", "--size", "0");
        assertEquals(0, ran.code(), ran.err());
        assertTrue(ran.out().startsWith("1 publisher, 0 subscribers, 5,000 messages of 0 bytes on bench\n"), ran.out());
        assertTrue(ran.out().contains("version 0.0.fake"), ran.out());
    }

    @Test
    void subscribersWaitForMessagesOfOthers() throws Exception {
        CompletableFuture<Ran> waiting = CompletableFuture.supplyAsync(
                () -> Ran.against(server, "--pub", "0", "--sub", "2", "--msgs", "100", "--csv", "-"));
        await().until(() -> server.subscriptions() == 2);
        assertEquals(0, Ran.against(server, "--sub", "0", "--msgs", "100").code());
        Ran ran = waiting.get(10, TimeUnit.SECONDS);
        assertEquals(0, ran.code(), ran.err());
        assertEquals("200", ran.row(1, "subscribers").get(MESSAGES));
    }

    @Test
    void requestsAreAnsweredAndTimed() {
        Ran ran = Ran.against(server, "--request", "--pub", "3", "--sub", "2", "--msgs", "500", "--csv", "-");
        assertEquals(0, ran.code(), ran.err());
        List<String> row = ran.row(1, "requesters");
        assertEquals("500", row.get(MESSAGES));
        assertTrue(Double.parseDouble(row.get(P50)) > 0);
        assertTrue(Double.parseDouble(row.get(P50)) <= Double.parseDouble(row.get(MAX)));
        assertEquals("500", ran.row(1, "responders").get(MESSAGES));
        assertTrue(ran.err().contains("p99.9"), ran.err());
    }

    @Test
    void pingBehindAMessageHoldsNothingBack() {
        server.pings = true;
        assertEquals(0, Ran.against(server, "--request", "--msgs", "100").code());
        assertEquals(0, Ran.against(server, "--msgs", "100").code());
    }

    @Test
    void largePayloadsPass() {
        Ran ran = Ran.against(server, "--msgs", "20", "--size", "300k", "--csv", "-");
        assertEquals(0, ran.code(), ran.err());
        assertEquals(Long.toString(20 * 300 * 1024), ran.row(1, "subscribers").get(BYTES));
        assertEquals(0, Ran.against(server, "--msgs", "20", "--size", "300k", "--request").code());
    }

    @Test
    void publishersWalkOverTheSubjects() {
        assertEquals(0, Ran.against(server, "--subjects", "3", "--subject", "s.t", "--msgs", "7").code());
        assertEquals(Set.of("s.t.0", "s.t.1", "s.t.2"), server.published());
    }

    @Test
    void rateIsKept() {
        Ran ran = Ran.against(server, "--msgs", "50", "--rate", "500", "--csv", "-");
        assertEquals(0, ran.code(), ran.err());
        assertTrue(Double.parseDouble(ran.row(1, "publishers").get(SECONDS)) >= 0.098, ran.out());
    }

    @Test
    void runsAreRepeatedAndCompared(@TempDir Path dir) throws IOException {
        Path file = dir.resolve("figures.csv");
        Ran ran = Ran.against(server, "--runs", "3", "--msgs", "100", "--csv", file.toString());
        assertEquals(0, ran.code(), ran.err());
        assertTrue(ran.out().contains("3 runs, msgs/s"), ran.out());
        String figures = Files.readString(file);
        assertTrue(figures.startsWith("run,group,connection,messages,lost,"), figures);
        assertTrue(figures.contains("\n3,subscribers,1,100,0,1600,"), figures);
    }

    @Test
    void lostMessagesAreCounted() {
        server.loses = 60;
        Ran ran = Ran.against(server, "--msgs", "100", "--timeout", "1", "--csv", "-");
        assertEquals(1, ran.code());
        assertEquals(List.of("99", "1"), ran.row(1, "subscribers").subList(MESSAGES, BYTES));
        assertTrue(ran.err().endsWith("nats-bench: 1 message was lost: no message arrived for 1 s\n"), ran.err());
    }

    @Test
    void errorOfTheServerEndsTheRun() {
        server.refusesPub = "Permissions Violation for Publish to \"bench\"";
        fails("nats-bench: publisher 1: the server said -ERR 'Permissions Violation for Publish to \"bench\"'",
                "-s", server.address(), "--sub", "2", "--msgs", "1m");
    }

    @Test
    void loginIsSentAndItsRefusalTold() {
        server.refusesConnect = "Authorization Violation";
        fails("nats-bench: subscriber 1: the server said -ERR 'Authorization Violation'",
                "-s", server.address(), "--user", "me", "--pass", "secret");
        assertTrue(server.connects().getFirst().contains("\"user\":\"me\",\"pass\":\"secret\""));
    }

    @Test
    void payloadsLargerThanTheServerTakesAreNotTried() {
        fails("nats-bench: the server takes payloads of up to 1048576 bytes, not of 2097152",
                "-s", server.address(), "--size", "2mb");
    }

    @Test
    void headersGoOnlyWhereTheyAreKnown() {
        fails("nats-bench: the server does not know of headers", "-s", server.address(), "--headers", "4");
    }

    @Test
    void messagesMayHaveHeaders() throws IOException {
        try (Server real = Server.start(ServerOptions.defaults().withHost("127.0.0.1").withPort(-1))) {
            for (String mode : List.of("--no-progress", "--request")) {
                Ran ran = Ran.bench("-s", real.url(), "--headers", "4", "--msgs", "1000", "--size", "128", mode);
                assertEquals(0, ran.code(), ran.err());
                assertTrue(ran.out().contains("of 128 bytes and 4 headers"), ran.out());
            }
            // Each message, request and reply: "NATS/1.0", four lines, an empty one, 128 bytes.
            assertEquals(3 * 1000 * (10 + 4 * 19 + 2 + 128), real.state().traffic.totals().inBytes());
        }
    }

    @Test
    void missingServerIsTold() {
        try (HeldPort unused = new HeldPort()) {
            String address = "127.0.0.1:" + unused.number();
            fails("nats-bench: cannot connect to " + address + ": Connection refused", "-s", address);
        }
    }

    @Test
    void missingTlsIsTold() {
        fails("nats-bench: the server at " + server.address() + " does not offer TLS", "-s", server.address(), "--tls");
    }

    @Test
    void unwritableCsvIsToldBeforeAnythingIsMeasured(@TempDir Path dir) {
        Path file = dir.resolve("missing/figures.csv");
        fails("nats-bench: cannot write the CSV: no such file or directory: " + file,
                "-s", server.address(), "--csv", file.toString());
        assertEquals(List.of(), server.connects());
    }

    @Test
    void silentServerIsGivenUp() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Endpoint endpoint = Endpoint.parse("127.0.0.1:" + silent.getLocalPort());
            Tls tls = Tls.of(Optional.empty(), Optional.empty(), Optional.empty());
            BenchFailure told = assertThrows(BenchFailure.class, () -> Peer.connect(endpoint, tls, "publisher", 50));
            assertTrue(told.getMessage().startsWith("no answer from " + endpoint.address()), told.getMessage());
        }
    }

    private static void fails(String message, String... args) {
        Ran ran = Ran.bench(args);
        assertEquals(message + "\n", ran.err());
        assertEquals("", ran.out());
        assertEquals(1, ran.code());
    }
}
