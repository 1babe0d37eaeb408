package io.jnatsd.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jnatsd.tls.TestCerts;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A port accepts connections only when the server is ready. The test tries to connect all the time. */
@Timeout(120)
class ReadyTest {
    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();
    private static final long PAUSE_NANOS = 200_000;

    @TempDir
    private Path dir;
    @AutoClose
    private final HeldPort heldMonitor = new HeldPort(), heldCluster = new HeldPort();
    @AutoClose
    private final HeldPort heldWebSocket = new HeldPort(), heldClient = new HeldPort();
    private final int monitor = heldMonitor.number(), cluster = heldCluster.number();
    private final int webSocket = heldWebSocket.number(), client = heldClient.number();

    private Path pidFile() {
        return dir.resolve("pid");
    }

    private ServerProcess launch(Path pidFile) throws IOException {
        Path config = Files.writeString(dir.resolve("nats.conf"), """
                listen: "127.0.0.1:%d"
                http: "127.0.0.1:%d"
                cluster { listen: "127.0.0.1:%d" }
                websocket { listen: "127.0.0.1:%d", no_tls: true }
                tls { cert_file: "%s", key_file: "%s" }
                pid_file: "%s"
                """.formatted(client, monitor, cluster, webSocket, TestCerts.file("server-cert.pem"),
                TestCerts.file("server-key.pem"), pidFile));
        return ServerProcess.launchQuiet(ServerProcess.java("-c", config.toString()));
    }

    /** Returns null if the port accepts no connection. */
    private static Socket connect(int port) throws IOException {
        Socket socket = new Socket();
        try {
            socket.connect(new InetSocketAddress(LOOPBACK, port));
            return socket;
        } catch (ConnectException e) {
            socket.close();
            return null;
        }
    }

    /** Connects to the ports in turn until one accepts; returns null if the process has ended. */
    private static Socket firstAccepted(ServerProcess server, List<Integer> ports) throws IOException {
        for (boolean alive = true; alive; LockSupport.parkNanos(PAUSE_NANOS)) {
            alive = server.isAlive();
            for (int port : ports) {
                Socket accepted = connect(port);
                if (accepted != null)
                    return accepted;
            }
        }
        return null;
    }

    private static String firstLine(Socket socket, String sent) throws IOException {
        socket.getOutputStream().write(sent.getBytes(StandardCharsets.US_ASCII));
        return new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8)).readLine();
    }

    private static void assertAnswers(Socket socket, String sent, String answer) throws IOException {
        try (socket) {
            String line = firstLine(socket, sent);
            assertTrue(line != null && line.startsWith(answer), line);
        }
    }

    /** The pid file is the last step of a start that can fail. */
    @Test
    void noPortAcceptsConnectionsBeforeEverythingIsPrepared() throws Exception {
        try (ServerProcess server = launch(pidFile());
                Socket first = firstAccepted(server, List.of(monitor, cluster, webSocket, client))) {
            assertTrue(Files.exists(pidFile()), () -> "port " + first.getPort() + " of " + List.of(monitor, cluster, webSocket, client));
            assertEquals(String.valueOf(server.pid()), Files.readString(pidFile()));
        }
    }

    @Test
    void theClientPortOpensLastAndEveryConnectionIsAnswered() throws Exception {
        try (ServerProcess server = launch(pidFile())) {
            List<Socket> accepted = new ArrayList<>();
            accepted.add(firstAccepted(server, List.of(client)));
            for (int port : List.of(monitor, cluster, webSocket))
                accepted.add(connect(port));
            assertTrue(accepted.stream().noneMatch(socket -> socket == null), accepted::toString);
            assertAnswers(accepted.get(0), "", "INFO {");
            assertAnswers(accepted.get(1), "GET /varz HTTP/1.0\r\n\r\n", "HTTP/1.1 200 ");
            assertAnswers(accepted.get(2), "", "INFO {");
            assertAnswers(accepted.get(3), "GET / HTTP/1.1\r\n\r\n", "HTTP/1.1 400 ");
            server.awaitLine("Server is ready");
        }
    }

    @Test
    void aStartThatFailsHasAcceptedNoConnection() throws Exception {
        try (ServerProcess server = launch(dir.resolve("no/such/dir/pid"));
                Socket first = firstAccepted(server, List.of(monitor, cluster, webSocket, client))) {
            assertNull(first);
            assertEquals(1, server.ended().code());
        }
    }

    @Test
    void aStartThatLacksAPortHasAcceptedNoConnection() throws Exception {
        Files.writeString(pidFile(), "4711");
        try (ServerSocket taken = new ServerSocket(client, 1, LOOPBACK);
                ServerProcess server = launch(pidFile());
                Socket first = firstAccepted(server, List.of(monitor, cluster, webSocket))) {
            assertNull(first);
            Ended ended = server.ended();
            assertEquals(1, ended.code());
            assertTrue(ended.err().contains("[FTL] Error listening on port: 127.0.0.1:" + client), ended.err());
            assertEquals(1, ended.err().lines().filter(line -> line.contains("[FTL]")).count());
            assertEquals("4711", Files.readString(pidFile()), "that of the server on the port");
        }
    }
}
