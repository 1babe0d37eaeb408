package io.jnatsd.monitor;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jnatsd.client.ManyClients;
import io.jnatsd.server.RawClient;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Isolated;

/** Hostile requests affect neither other requests nor messages. */
@Timeout(60)
@Isolated("it measures how long others wait")
class HostileRequestTest {
    private static final int CROWD = 200;
    /** Shorter than the timeout of a hostile request, so that a response within this time did not wait for one. */
    private static final Duration SOON = Duration.ofSeconds(4);

    private TestMonitor monitored;
    private final List<Socket> crowd = new ArrayList<>();

    @BeforeEach
    void start() throws IOException {
        monitored = TestMonitor.start();
    }

    @AfterEach
    void stop() throws IOException {
        for (Socket socket : crowd)
            socket.close();
        monitored.close();
    }

    private Socket request(String says) throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(4096);
        socket.connect(new InetSocketAddress("127.0.0.1", monitored.port()));
        socket.setSoTimeout(15_000);
        socket.getOutputStream().write(says.getBytes(StandardCharsets.ISO_8859_1));
        crowd.add(socket);
        return socket;
    }

    private void assertOthersAreServed() throws IOException {
        long before = System.nanoTime();
        monitored.json("/varz");
        try (RawClient client = monitored.client("")) {
            for (int i = 0; i < 20; i++)
                client.send("SUB a 1\r\nPUB a 1\r\nx\r\n").expect("MSG a 1 1\r\nx\r\n");
        }
        Duration took = Duration.ofNanos(System.nanoTime() - before);
        assertTrue(took.compareTo(SOON) < 0, took::toString);
    }

    /** Returns how many bytes come before the server closes the connection. */
    private static long readToEnd(Socket socket) throws IOException {
        byte[] bytes = new byte[64 * 1024];
        long all = 0;
        try (InputStream in = socket.getInputStream()) {
            for (int got; (got = in.read(bytes)) >= 0;)
                all += got;
        } catch (SocketException e) {
            return all;
        }
        return all;
    }

    /** All at once, so that the test waits for the timeout only once. */
    @Test
    void requestsThatAreEmptyOrEndlessOrNeverReadTheResponse() throws IOException {
        ManyClients.join(monitored.server().clients(), 20_000);
        long all = monitored.text("/connz?limit=1000000").length();
        assertTrue(all > 5_000_000, "who reads gets everything");
        List<Socket> silent = new ArrayList<>(), endless = new ArrayList<>(), deaf = new ArrayList<>();
        for (int i = 0; i < CROWD; i++) {
            silent.add(request(""));
            endless.add(request("GET /varz HTTP/1.1\r\nHost: x\r\nX: "));
        }
        assertOthersAreServed();
        for (int i = 0; i < 5; i++)
            deaf.add(request("GET /connz?limit=1000000 HTTP/1.1\r\nHost: x\r\n\r\n"));
        assertOthersAreServed();
        for (Socket socket : List.of(endless.getFirst(), endless.getLast(), silent.getFirst(), silent.getLast()))
            assertEquals(0, readToEnd(socket));
        await().atMost(Duration.ofSeconds(20)).pollInterval(Duration.ofMillis(100))
                .until(() -> !monitored.text("/stacksz").contains("ResponseStream.sendGathered"));
        for (Socket socket : deaf)
            assertTrue(readToEnd(socket) < all, "who does not read is hung up on");
    }

    /** More requests than are served at a time, each sending a byte from time to time. */
    @Test
    void requestsThatNeverEnd() throws IOException {
        for (int round = 0; round < 3; round++) {
            for (int i = 0; i < 150; i++)
                request("GET /varz HTTP/1.1\r\nHost: x\r\nX: ");
            for (int i = 0; i < 5; i++)
                assertOthersAreServed();
        }
    }

    @Test
    void connectionsThatStayOpen() throws IOException {
        for (int i = 0; i < CROWD; i++) {
            Socket socket = request("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
            assertTrue(socket.getInputStream().read() > 0);
        }
        assertOthersAreServed();
    }

    @Test
    void nonsense() throws IOException {
        for (String nonsense : List.of("\r\n\r\n\r\n", "GET\r\n\r\n", "\0\0\0\0\r\n\r\n", "GET /%zz HTTP/1.1\r\n\r\n",
                "GET mailto:x HTTP/1.1\r\nHost: x\r\n\r\n", "GET /varz HTTP/9.9\r\n: x\r\n\r\n",
                "GET /varz HTTP/1.1\r\nContent-Length: -5\r\n\r\n", "GET /varz HTTP/1.1\r\nContent-Length: x\r\n\r\n",
                "GET /varz HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n",
                "GET /" + "x".repeat(1_000_000) + " HTTP/1.1\r\n\r\n", "X: y\r\n".repeat(10_000)))
            try (Socket socket = request(nonsense)) {
                socket.shutdownOutput();
                readToEnd(socket);
            } catch (SocketException e) {
                // The connection was closed while the request was being sent.
                continue;
            }
        assertOthersAreServed();
    }
}
