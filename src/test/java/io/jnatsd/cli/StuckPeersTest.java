package io.jnatsd.cli;

import static io.jnatsd.server.SecuredServer.connectLine;
import static io.jnatsd.server.SecuredServer.userAndPass;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonParser;
import io.jnatsd.server.RawClient;
import io.jnatsd.server.RawWebSocket;
import io.jnatsd.server.SecuredServer;
import io.jnatsd.tls.TestCerts;
import io.jnatsd.websocket.ClientFrames;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * Peers over TLS and WebSocket that send pings and read nothing, in a server with a small heap: they do not delay
 * others, and they are disconnected.
 */
@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@Isolated("a server in a process of its own is kept busy")
class StuckPeersTest {
    private static final int PEERS_OF_A_KIND = 8;
    private static final int FLOOD_BYTES = 32 * 1024;
    /** Much less than the limit, but more than a few messages for each peer. */
    private static final long STUCK_BYTES = 8 * 1024 * 1024;
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String LOGIN = connectLine(userAndPass("joe", "j"));
    private static final String CONFIG = """
            listen: "127.0.0.1:-1"
            http: "127.0.0.1:-1"
            allow_non_tls: true
            tls { cert_file: "CERTS/server-cert.pem", key_file: "CERTS/server-key.pem", timeout: 1 }
            websocket { listen: "127.0.0.1:-1", no_tls: true }
            authorization { user: joe, password: j, timeout: 1 }
            """;

    @TempDir
    Path folder;
    private final List<AutoCloseable> peers = new ArrayList<>();
    private final AtomicBoolean over = new AtomicBoolean();
    private final byte[] flood = ("PUB flood " + FLOOD_BYTES + "\r\n" + "x".repeat(FLOOD_BYTES) + "\r\n")
            .getBytes(StandardCharsets.US_ASCII);

    private ServerProcess start(String more) throws IOException {
        Path file = Files.writeString(folder.resolve("stuck.conf"), CONFIG.replace("CERTS", TestCerts.folder()) + more);
        List<String> command = ServerProcess.java("-c", file.toString());
        command.add(1, "-Xmx64m");
        return ServerProcess.launch(command);
    }

    private static int port(ServerProcess server, String regex) {
        Matcher port = Pattern.compile(regex + ":(\\d+)").matcher(server.err());
        assertTrue(port.find(), server::err);
        return Integer.parseInt(port.group(1));
    }

    private static Socket narrow(int port) throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(4096);
        socket.connect(new InetSocketAddress("127.0.0.1", port));
        return socket;
    }

    /** Connects peers that subscribe to the flood and then read nothing. */
    private void connectStuckPeers(ServerProcess server) throws Exception {
        SSLContext trusting = TestCerts.client("ca.pem");
        int webSocketPort = port(server, "Listening for websocket clients on \\S+");
        for (int i = 0; i < PEERS_OF_A_KIND; i++) {
            Socket plain = narrow(server.port());
            new RawClient(plain).expect("INFO .*?\r\n");
            Socket tls = SecuredServer.upgrade(plain, trusting);
            peers.add(new RawClient(tls).send(LOGIN + "SUB flood 1\r\n").roundTrip());
            keepSending(tls.getOutputStream(), "PING\r\n".getBytes(StandardCharsets.US_ASCII));

            RawWebSocket web = new RawWebSocket(narrow(webSocketPort)).upgrade();
            peers.add(web);
            web.frame(0x82);
            web.send(LOGIN + "SUB flood 1\r\n").roundTrip();
            keepSending(web.socket().getOutputStream(), new ClientFrames().ping("still here").binary("PING\r\n").bytes());
        }
    }

    /** Sends until the server closes the connection. */
    private void keepSending(OutputStream out, byte[] bytes) {
        Thread.startVirtualThread(() -> {
            try {
                while (!over.get()) {
                    out.write(bytes);
                    LockSupport.parkNanos(10_000_000);
                }
            } catch (IOException e) {
                // The server has closed the connection.
            }
        });
    }

    /** Exchanges one message at a time. Each must arrive within the timeout of a {@link RawClient}. */
    private CompletableFuture<Long> exchange(RawClient publisher, RawClient subscriber) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                long messages = 0;
                for (; !over.get(); messages++) {
                    String text = String.format("%08d", messages);
                    publisher.send("PUB news 8\r\n" + text + "\r\n");
                    subscriber.expectText("MSG news 1 8\r\n" + text + "\r\n");
                    LockSupport.parkNanos(1_000_000);
                }
                return messages;
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }, task -> Thread.ofPlatform().daemon().start(task));
    }

    private static RawClient login(ServerProcess server) throws IOException {
        return RawClient.connect(server.port()).send(LOGIN).roundTrip();
    }

    private static long pending(int httpPort) throws IOException {
        try (InputStream in = URI.create("http://127.0.0.1:" + httpPort + "/varz").toURL().openStream()) {
            String page = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            return JsonParser.parseString(page).getAsJsonObject().getAsJsonObject("jnatsd").get("pending_total").getAsLong();
        }
    }

    /** Asserts that other clients are served while the peers are stuck, in particular by the timer. */
    private static void assertOthersAreServed(ServerProcess server) throws IOException {
        try (RawClient silent = RawClient.connect(server.port()); RawClient slow = RawClient.connect(server.port());
                RawClient fresh = login(server)) {
            slow.send("\u0016\u0003\u0001");
            fresh.send("SUB fresh 1\r\nPUB fresh 2\r\nhi\r\n").expectText("MSG fresh 1 2\r\nhi\r\n");
            silent.expectEnd("-ERR 'Authentication Timeout'\r\n");
            slow.expectClosed();
        }
        try (RawClient wrong = RawClient.connect(server.port())) {
            wrong.send(connectLine(userAndPass("joe", "k"))).expectEnd("-ERR 'Authorization Violation'\r\n");
        }
        assertTrue(server.err().contains(" - TLS handshake timeout\n"), server::err);
    }

    private void run(String more, String limit, boolean floodOn) throws Exception {
        Pattern cutOff = Pattern.compile(" - Slow Consumer Detected: " + limit + " .*, subject flood\n");
        try (ServerProcess server = start(more); RawClient publisher = login(server);
                RawClient subscriber = login(server); RawClient flooder = login(server)) {
            subscriber.send("SUB news 1\r\n").roundTrip();
            connectStuckPeers(server);
            CompletableFuture<Long> exchanged = exchange(publisher, subscriber);
            int http = port(server, "Starting http monitor on 127\\.0\\.0\\.1");
            while (pending(http) < STUCK_BYTES && !cutOff.matcher(server.err()).find())
                flooder.send(flood).roundTrip();
            assertOthersAreServed(server);
            await().atMost(PATIENCE).until(() -> {
                for (int i = 0; floodOn && i < 30; i++)
                    flooder.send(flood);
                flooder.roundTrip();
                assertFalse(exchanged.isDone(), server::err);
                return cutOff.matcher(server.err()).results().count() == peers.size();
            });
            over.set(true);
            assertTrue(exchanged.get() > 0);
            await().atMost(PATIENCE).until(() -> pending(http) < STUCK_BYTES / 8);
            flooder.roundTrip();
            assertFalse(server.err().contains("OutOfMemory"), server::err);
            assertFalse(server.err().contains("Internal error"), server::err);
        } finally {
            over.set(true);
            for (AutoCloseable peer : peers)
                peer.close();
        }
    }

    @Test
    void theyAreCutOffAtTheWriteDeadline() throws Exception {
        run("write_deadline: \"4s\"", "WriteDeadline of 4000ms", false);
    }

    @Test
    void theyAreCutOffWhenAllOutputTakesTooMuchMemory() throws Exception {
        run("write_deadline: \"1m\"", "MaxPendingTotal of \\d+", true);
    }
}
