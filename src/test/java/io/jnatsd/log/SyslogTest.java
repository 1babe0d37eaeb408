package io.jnatsd.log;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

@Isolated("it takes a port again that it gave back")
@Timeout(10)
class SyslogTest {
    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();
    private static final String RFC3339 = "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(Z|[+-]\\d\\d:\\d\\d)";
    private static final String DAY_TIME = "[A-Z][a-z]{2} [ \\d]\\d \\d\\d:\\d\\d:\\d\\d";

    @TempDir
    Path dir;
    private final ByteArrayOutputStream stderr = new ByteArrayOutputStream();

    private Log remote(String url) throws IOException {
        return new Log(TestHost.settings("", url), TestHost.withStderr(stderr));
    }

    private Log remote(String network, int port) throws IOException {
        return remote(network + "://127.0.0.1:" + port);
    }

    private String openFailure(String url) {
        return assertThrows(IOException.class, () -> remote(url)).getMessage();
    }

    private static LogSettings localSyslog() {
        return new LogSettings(true, true, true, "info", "text", "", 0, 0, true, "");
    }

    private static BufferedReader accept(ServerSocket server) throws IOException {
        server.setSoTimeout(5000);
        Socket peer = server.accept();
        peer.setSoTimeout(5000);
        return new BufferedReader(new InputStreamReader(peer.getInputStream(), UTF_8));
    }

    private static ServerSocketChannel listen(Path socket) throws IOException {
        return ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(socket));
    }

    private static BufferedReader accept(ServerSocketChannel server) throws IOException {
        SocketChannel peer = server.accept();
        return new BufferedReader(Channels.newReader(peer, UTF_8));
    }

    private static void logAllLevels(Log log) {
        log.fatal("f");
        log.error("e");
        log.warn("w");
        log.notice("n");
        log.debug("d");
        log.trace(new TestHost.Origin("127.0.0.1:5 - cid:1", "", ""), "t");
    }

    private static String receive(DatagramSocket server) throws IOException {
        var packet = new DatagramPacket(new byte[65_536], 65_536);
        server.receive(packet);
        return new String(packet.getData(), 0, packet.getLength(), UTF_8);
    }

    @Test
    void udpGetsADatagramPerLine() throws IOException {
        try (var server = new DatagramSocket(0, LOOPBACK); Log log = remote("udp", server.getLocalPort())) {
            server.setSoTimeout(5000);
            logAllLevels(log);
            log.notice("two\nlines\n");
            var priorities = new ArrayList<String>();
            for (int i = 0; i < 6; i++) {
                String line = receive(server);
                assertTrue(line.matches("<\\d>" + RFC3339 + " vm gsrv\\[8781]: (127.0.0.1:5 - cid:1 - )?[fewndt]\n"),
                        line);
                priorities.add(line.substring(0, 3) + line.charAt(line.length() - 2));
            }
            assertEquals(List.of("<2>f", "<3>e", "<4>w", "<5>n", "<7>d", "<5>t"), priorities);
            assertTrue(receive(server).endsWith("]: two\nlines\n"));
        }
        assertEquals("", stderr.toString());
    }

    @Test
    void udpLineTooLongForADatagramIsCut() throws IOException {
        try (var server = new DatagramSocket(0, LOOPBACK); Log log = remote("udp", server.getLocalPort())) {
            server.setSoTimeout(5000);
            log.notice("x".repeat(100_000));
            log.notice("next");
            assertEquals(65_000, receive(server).length());
            assertTrue(receive(server).endsWith("]: next\n"));
        }
    }

    @Test
    void udpServerMayComeLater() throws IOException {
        int port;
        try (var free = new DatagramSocket(0, LOOPBACK)) {
            port = free.getLocalPort();
        }
        try (Log log = remote("udp://localhost:" + port)) {
            for (int i = 0; i < 10; i++) {
                log.notice("to nobody");
                log.flush();
            }
            try (var server = new DatagramSocket(port, LOOPBACK)) {
                server.setSoTimeout(5000);
                log.notice("now");
                assertTrue(receive(server).endsWith("]: now\n"));
            }
        }
        assertEquals("", stderr.toString());
    }

    @Test
    void tcpGetsALinePerMessage() throws IOException {
        try (var server = new ServerSocket(0, 1, LOOPBACK); Log log = remote("tcp", server.getLocalPort())) {
            BufferedReader in = accept(server);
            OffsetDateTime before = OffsetDateTime.now().withNano(0);
            log.notice("Server is ready");
            String line = in.readLine();
            assertTrue(line.matches("<5>" + RFC3339 + " vm gsrv\\[8781]: Server is ready"), line);
            OffsetDateTime time = OffsetDateTime.parse(line.substring(3, line.indexOf(' ')));
            assertTrue(!time.isBefore(before) && !time.isAfter(OffsetDateTime.now()), line);
            log.error("ends with one\n");
            log.warn("forged\n<2>message");
            assertTrue(in.readLine().endsWith("gsrv[8781]: ends with one"));
            assertTrue(in.readLine().endsWith("gsrv[8781]: forged#012<2>message"));
        }
    }

    @Test
    void tcpIsDialledAgainWhenTheServerRestarted() throws IOException {
        int port;
        try (var server = new ServerSocket(0, 1, LOOPBACK)) {
            port = server.getLocalPort();
            try (Log log = remote("tcp", port)) {
                BufferedReader in = accept(server);
                log.fatal("1");
                assertTrue(in.readLine().endsWith(": 1"));
                in.close();
                log.fatal("2");
                in = accept(server);
                assertTrue(in.readLine().endsWith(": 2"));
                in.close();
                server.close();
                log.fatal("3");
                try (var restarted = new ServerSocket()) {
                    restarted.setReuseAddress(true);
                    restarted.bind(new InetSocketAddress(LOOPBACK, port));
                    in = accept(restarted);
                    assertTrue(in.readLine().endsWith(": 3"));
                    log.notice("4");
                    assertTrue(in.readLine().endsWith(": 4"));
                }
                assertEquals(0, log.lost());
            }
        }
        assertEquals("error connecting to syslog: dial tcp 127.0.0.1:" + port + ": connect: connection refused\n",
                stderr.toString());
    }

    @Test
    void serverThatIsGoneCostsLinesButNoTime() throws IOException {
        try (var server = new ServerSocket(0, 1, LOOPBACK); Log log = remote("tcp", server.getLocalPort())) {
            BufferedReader in = accept(server);
            in.close();
            server.close();
            long start = System.nanoTime();
            for (int i = 0; i < 100_000; i++)
                log.notice("line " + i);
            log.flush();
            assertTrue(Duration.ofNanos(System.nanoTime() - start).toMillis() < 3000);
            assertTrue(log.lost() >= 50_000, () -> "" + log.lost());
        }
    }

    @Test
    void serverThatStopsReadingDoesNotHoldUpTheCallers() throws IOException {
        try (var server = new ServerSocket(0, 50, LOOPBACK); Log log = remote("tcp", server.getLocalPort())) {
            String large = "x".repeat(100_000);
            for (int i = 0; i < 1000; i++)
                log.notice(large);
            log.flush();
            assertTrue(log.lost() > 0);
        }
        assertEquals("error writing to syslog: i/o timeout\n", stderr.toString());
    }

    @Test
    void unixUrlIsAStreamWithTheShortTime() throws IOException {
        Path socket = dir.resolve("log");
        try (var server = listen(socket); Log log = remote("unix://" + socket)) {
            BufferedReader in = accept(server);
            log.notice("Server is ready");
            String line = in.readLine();
            assertTrue(line.matches("<5>" + DAY_TIME + " gsrv\\[8781]: Server is ready"), line);
        }
    }

    @Test
    void dayOfTheShortTimeIsPaddedWithASpace() {
        var out = new StringBuilder();
        LocalDateTime time = LocalDateTime.of(2026, 11, 1, 9, 8, 7);
        LineTime.seconds(SyslogFormat.DAY_TIME)
                .append(time.atZone(java.time.ZoneId.systemDefault()).toInstant(), out);
        assertEquals("Nov  1 09:08:07", out.toString());
    }

    @Test
    void localSyslogIsTheDaemonFacility() throws IOException {
        Path socket = dir.resolve("log");
        try (var server = listen(socket);
             Log log = new Log(localSyslog(), TestHost.withSyslog(socket, "no-such-program"))) {
            BufferedReader in = accept(server);
            logAllLevels(log);
            for (String expected : List.of("<26>", "<27>", "<28>", "<29>", "<31>", "<29>"))
                assertEquals(expected, in.readLine().substring(0, 4));
        }
    }

    /** Java cannot create a datagram listener like /dev/log. The logger program finds the stream socket as well. */
    @Test
    void loggerProgramSendsWhatTheJdkCannot() throws IOException {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/logger")));
        Path socket = dir.resolve("log");
        var host = TestHost.withSyslog(socket, "/usr/bin/logger");
        try (var server = listen(socket)) {
            LogTarget target = SyslogTarget.open(() -> LoggerProgram.start(socket, host), new Losses(stderr));
            BufferedReader in = accept(server);
            target.write(LogLine.of(LogLevel.NOTICE, null, "Server is ready"));
            target.write(LogLine.of(LogLevel.ERROR, null, "forged\n<2>message"));
            target.close();
            String line = in.readLine();
            assertTrue(line.matches("<29>" + DAY_TIME + " gsrv\\[8781]: Server is ready"), line);
            line = in.readLine();
            assertTrue(line.startsWith("<27>") && line.endsWith(" gsrv[8781]: forged#012<2>message"), line);
        }
    }

    @Test
    void whatCannotBeReachedIsSaidInGnatsdsWords() throws IOException {
        int port;
        try (var free = new ServerSocket(0, 1, LOOPBACK)) {
            port = free.getLocalPort();
        }
        String start = "error connecting to syslog: \"dial ";
        assertEquals(start + "tcp 127.0.0.1:" + port + ": connect: connection refused\"",
                openFailure("tcp://127.0.0.1:" + port));
        assertEquals(start + "tcp: address 127.0.0.1: missing port in address\"", openFailure("tcp://127.0.0.1"));
        assertEquals(start + "udp: address x: invalid port\"", openFailure("udp://127.0.0.1:x"));
        assertEquals(start + "tcp: lookup no.such.host.invalid: no such host\"",
                openFailure("tcp://no.such.host.invalid:514"));
        assertEquals(start + "unix /no/such/socket: connect: no such file or directory\"",
                openFailure("unix:///no/such/socket"));
        assertEquals("error invalid network type: \"foo\"", openFailure("foo://127.0.0.1:514"));
        assertEquals("error invalid network type: \"\"", openFailure("127.0.0.1:514"));
    }

    @Test
    void noLocalSyslogIsSaidInGnatsdsWords() throws IOException {
        Path socket = dir.resolve("log");
        var host = TestHost.withSyslog(socket, "false");
        String message = assertThrows(IOException.class, () -> new Log(localSyslog(), host)).getMessage();
        assertEquals("error connecting to syslog: \"Unix syslog delivery error\"", message);
        Files.createFile(socket);
        message = assertThrows(IOException.class, () -> new Log(localSyslog(), host)).getMessage();
        assertEquals("error connecting to syslog: \"Unix syslog delivery error\"", message);
    }

    @Test
    void fileIsPreferredToSyslog() throws IOException {
        Path file = dir.resolve("nats.log");
        var settings = new LogSettings(true, true, false, "info", "text", file.toString(), 0, 0, true,
                "udp://127.0.0.1:9");
        try (Log log = new Log(settings, TestHost.withStderr(stderr))) {
            log.notice("x");
        }
        assertEquals("[8781] [INF] x\n", Files.readString(file));
    }

    @Test
    void reopenIsIgnored() throws IOException {
        try (var server = new DatagramSocket(0, LOOPBACK); Log log = remote("udp", server.getLocalPort())) {
            server.setSoTimeout(5000);
            log.reopen();
            assertTrue(receive(server).endsWith("]: File log re-open ignored, not a file logger\n"));
        }
    }
}
