package io.jnatsd.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jnatsd.cli.HeldPort;
import io.jnatsd.config.OptionsBuilder;
import io.jnatsd.config.ServerOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A client port that listens accepts connections, so it listens only after everything else that can fail or take time.
 */
@Timeout(30)
class PortOrderTest {
    /** With both ports in use, the error names the one that is opened first. */
    private static void assertBoundBeforeTheClientPort(BiConsumer<OptionsBuilder, Integer> other) throws IOException {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        try (ServerSocket first = new ServerSocket(0, 1, loopback); ServerSocket last = new ServerSocket(0, 1, loopback)) {
            ServerOptions options = ServerOptions.defaults().withHost("127.0.0.1").withPort(last.getLocalPort())
                    .with(o -> other.accept(o, first.getLocalPort()));
            String error = assertThrows(IOException.class, () -> Server.start(options)).getMessage();
            assertTrue(error.contains(":" + first.getLocalPort() + ": bind: address already in use"), error);
        }
    }

    @Test
    void theClientPortIsBoundLast() throws IOException {
        assertBoundBeforeTheClientPort((o, port) -> {
            o.clusterHost = "127.0.0.1";
            o.clusterPort = port;
        });
        assertBoundBeforeTheClientPort((o, port) -> {
            o.httpHost = "127.0.0.1";
            o.httpPort = port;
        });
        assertBoundBeforeTheClientPort((o, port) -> {
            o.webSocketHost = "127.0.0.1";
            o.webSocketPort = port;
        });
    }

    /** The system lets two sockets of a process bind a port until one of them listens. */
    @Test
    void aPortThatIsNamedTwiceIsInUse(@TempDir Path dir) throws IOException {
        try (HeldPort port = new HeldPort()) {
            assertInUseIfNamedTwice(port.number(), dir);
        }
    }

    private static void assertInUseIfNamedTwice(int port, Path dir) {
        List<Consumer<OptionsBuilder>> others = List.of(o -> {
            o.clusterHost = "0.0.0.0";
            o.clusterPort = port;
        }, o -> {
            o.httpHost = "127.0.0.1";
            o.httpPort = port;
        }, o -> {
            o.webSocketHost = "localhost";
            o.webSocketPort = port;
        });
        for (Consumer<OptionsBuilder> other : others) {
            ServerOptions options = ServerOptions.defaults().withHost("127.0.0.1").withPort(port).with(other)
                    .with(o -> o.pidFile = dir.resolve("pid"));
            assertEquals("Error listening on port: 127.0.0.1:" + port + ", \"listen tcp 127.0.0.1:" + port
                    + ": bind: address already in use\"",
                    assertThrows(IOException.class, () -> Server.start(options)).getMessage());
            assertFalse(Files.exists(dir.resolve("pid")));
        }
    }
}
