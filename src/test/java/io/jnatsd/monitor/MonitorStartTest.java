package io.jnatsd.monitor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jnatsd.config.OptionsBuilder;
import io.jnatsd.config.ServerOptions;
import io.jnatsd.log.Log;
import io.jnatsd.server.Server;
import io.jnatsd.server.ServerLog;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

@Isolated("nobody else should take the ports that become free")
class MonitorStartTest {
    @TempDir
    private Path dir;

    private static String failure(Consumer<OptionsBuilder> change) {
        return assertThrows(IOException.class, () -> TestMonitor.start(change).close()).getMessage();
    }

    @Test
    void withoutAPortThereIsNoMonitor() throws IOException {
        try (TestMonitor monitored = TestMonitor.start(o -> o.httpPort = 0)) {
            assertNull(monitored.server().monitorUrl());
        }
    }

    @Test
    void bothPortsAreTooMany() {
        assertEquals("Can't start monitoring: can't specify both HTTP (8222) and HTTPs (8443) ports", failure(o -> {
            o.httpPort = 8222;
            o.httpsPort = 8443;
        }));
    }

    @Test
    void httpsNeedsACertificate() {
        assertEquals("Can't start monitoring: TLS cert and key required for HTTPS", failure(o -> {
            o.httpPort = 0;
            o.httpsPort = -1;
        }));
    }

    @Test
    void aPortInUseIsNamed() throws IOException {
        try (TestMonitor first = TestMonitor.start()) {
            int port = first.port();
            assertEquals("Can't start monitoring: can't listen to the monitor port: listen tcp 127.0.0.1:" + port
                    + ": bind: address already in use", failure(o -> o.httpPort = port));
            first.json("/varz");
        }
    }

    @Test
    void anUnknownHostIsNamed() {
        assertEquals("Can't start monitoring: can't listen to the monitor port: listen tcp no.such.host.invalid:-1:"
                + " lookup no.such.host.invalid: no such host", failure(o -> o.httpHost = "no.such.host.invalid"));
    }

    @Test
    void theLogSaysWhereTheMonitorIs() throws IOException {
        Path file = dir.resolve("log");
        ServerOptions options = TestMonitor.options(o -> o.logFile = file.toString());
        String url;
        try (Log log = ServerLog.open(options.log()); Server server = Server.start(options, log)) {
            url = server.monitorUrl();
        }
        List<String> lines = Files.readAllLines(file);
        int monitor = indexOf(lines, "Starting http monitor on " + url.substring("http://".length()));
        assertTrue(monitor > 0 && monitor < indexOf(lines, "Listening for client connections on 127.0.0.1:"),
                lines::toString);
    }

    private static int indexOf(List<String> lines, String text) {
        for (int i = 0; i < lines.size(); i++)
            if (lines.get(i).contains(text))
                return i;
        return -1;
    }

    @Test
    void theMonitorListensWhereItIsToldAndNowhereElse() throws IOException {
        try (TestMonitor monitored = TestMonitor.start(o -> o.httpHost = "localhost")) {
            monitored.json("/varz");
            for (InetAddress other : NetworkInterface.networkInterfaces().flatMap(NetworkInterface::inetAddresses)
                    .filter(a -> !a.isLoopbackAddress()).toList())
                assertThrows(IOException.class, () -> new Socket(other, monitored.port()).close(), other::toString);
        }
    }

    @Test
    void theMonitorEndsWithItsServer() throws IOException {
        TestMonitor monitored = TestMonitor.start();
        int port = URI.create(monitored.server().monitorUrl()).getPort();
        monitored.json("/varz");
        monitored.close();
        assertThrows(ConnectException.class, () -> new Socket("127.0.0.1", port).close());
        try (TestMonitor next = TestMonitor.start(o -> o.httpPort = port)) {
            next.json("/varz");
        }
    }

    @Test
    void thePortsFileListsTheMonitor() throws IOException {
        try (TestMonitor monitored = TestMonitor.start(o -> o.portsFileDir = dir)) {
            try (var files = Files.list(dir)) {
                String ports = Files.readString(files.findFirst().orElseThrow());
                assertTrue(ports.contains("\"monitoring\":[\"" + monitored.server().monitorUrl() + "\"]"), ports);
            }
        }
    }
}
