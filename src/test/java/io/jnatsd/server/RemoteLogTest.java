package io.jnatsd.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jnatsd.config.ServerOptions;
import io.jnatsd.log.Log;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A server that logs to a remote syslog: the lines of a whole run, in gnatsd's format. */
@Timeout(30)
class RemoteLogTest {
    private static final int PATIENCE_MILLIS = 5000;
    private static final String HEAD = "<5>\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(Z|[+-]\\d\\d:\\d\\d) \\S+ \\S+\\["
            + ProcessHandle.current().pid() + "]: ";

    /** Starts a server and stops it. */
    private static int run(String syslog) throws IOException {
        ServerOptions options = ServerOptions.defaults().with(o -> {
            o.host = "127.0.0.1";
            o.port = -1;
            o.remoteSyslog = syslog;
        });
        try (Log log = ServerLog.open(options.log());
                Server server = Server.start(options, log)) {
            return server.port();
        }
    }

    private static void assertRun(List<String> lines, int port) {
        List<String> texts = new ArrayList<>();
        for (String line : lines) {
            assertTrue(line.matches(HEAD + ".*\n"), line);
            texts.add(line.replaceFirst(HEAD, ""));
        }
        assertEquals(List.of("Starting jnatsd version " + Version.TEXT + "\n",
                "Listening for client connections on 127.0.0.1:" + port + "\n", "Server is ready\n",
                "Server Exiting..\n"), texts);
    }

    @Test
    void eachLineIsADatagramOverUdp() throws IOException {
        try (DatagramSocket syslog = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            syslog.setSoTimeout(PATIENCE_MILLIS);
            int port = run("udp://127.0.0.1:" + syslog.getLocalPort());
            List<String> lines = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                DatagramPacket packet = new DatagramPacket(new byte[1024], 1024);
                syslog.receive(packet);
                lines.add(new String(packet.getData(), 0, packet.getLength(), StandardCharsets.UTF_8));
            }
            assertRun(lines, port);
        }
    }

    @Test
    void linesFollowOneAnotherOverTcp() throws IOException {
        try (ServerSocket syslog = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int port = run("tcp://127.0.0.1:" + syslog.getLocalPort());
            try (Socket socket = syslog.accept();
                    BufferedReader in = new BufferedReader(
                            new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8))) {
                socket.setSoTimeout(PATIENCE_MILLIS);
                assertRun(in.lines().map(line -> line + "\n").toList(), port);
            }
        }
    }
}
