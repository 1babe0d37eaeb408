package io.jnatsd.cli;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jnatsd.Authenticator;
import io.jnatsd.Credentials;
import io.jnatsd.NatsUser;
import io.jnatsd.server.RawClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/** The program out of memory: it recovers, or ends with exit code 3. */
@Isolated("a server in a process of its own is kept busy")
@Timeout(240)
class OutOfMemoryTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int MESSAGE_BYTES = 64 * 1024;

    /** Ends a thread without a handler with an OutOfMemoryError, as may happen to a thread of the JDK. */
    public static final class Exhausting implements Authenticator {
        @Override
        public Optional<NatsUser> authenticate(Credentials shown) {
            if (shown.user().equals("joe"))
                Thread.ofPlatform().name("of-the-jdk").start(() -> {
                    throw new OutOfMemoryError("Java heap space");
                });
            return Optional.of(NatsUser.named("joe"));
        }
    }

    private static List<String> command(String... options) {
        List<String> command = ServerProcess.java("-a", "127.0.0.1", "-p", "-1");
        command.addAll(1, List.of(options));
        return command;
    }

    /** Publishes to itself without reading, until the server closes the connection. */
    private static void fill(int port) throws IOException {
        String message = "PUB foo " + MESSAGE_BYTES + "\r\n" + "x".repeat(MESSAGE_BYTES) + "\r\n";
        try (RawClient client = RawClient.quiet(port)) {
            client.send("SUB foo 1\r\n");
            while (true)
                client.send(message);
        } catch (IOException | AssertionError e) {
            assertTrue(e.getMessage() != null);
        }
    }

    /** Usually it recovers. The result depends on what else needs memory at that moment. */
    @Test
    void aServerThatClientsFillRecoversOrEnds(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("no-limits.conf"),
                "max_pending: 1GB\nmax_pending_total: 1GB\nwrite_deadline: \"1m\"\n");
        List<String> command = command("-Xmx40m");
        command.addAll(List.of("-c", file.toString()));
        try (ServerProcess server = ServerProcess.launch(command)) {
            int port = server.port();
            for (int i = 0; i < 2 && server.isAlive(); i++) {
                fill(port);
                await().atMost(PATIENCE).until(() -> !server.isAlive() || serves(port));
            }
            assertTrue(server.err().matches("(?s).* - cid:\\d+ - Internal error in reader: java.lang.OutOfMemoryError: .*"),
                    server::err);
            if (server.isAlive()) {
                server.signal("TERM");
                // It may find out that it is out of memory while it stops.
                assertTrue(List.of(0, EmergencyExit.CODE).contains(server.ended().code()), server::err);
            } else {
                assertEquals(EmergencyExit.CODE, server.ended().code());
            }
        }
    }

    private static boolean serves(int port) {
        try (RawClient next = RawClient.quiet(port)) {
            next.send("SUB a 1\r\nPUB a 2\r\nok\r\n").expectText("MSG a 1 2\r\nok\r\n");
            return true;
        } catch (IOException | AssertionError e) {
            return false;
        }
    }

    @Test
    void theProgramEndsWhenAThreadOfTheJdkHasEnded(@TempDir Path folder) throws Exception {
        Path services = Files.createDirectories(folder.resolve("META-INF/services"));
        Files.writeString(services.resolve(Authenticator.class.getName()), Exhausting.class.getName() + "\n");
        List<String> command = command();
        int classPath = command.indexOf("-cp") + 1;
        String tests = Path.of(OutOfMemoryTest.class.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
        command.set(classPath, String.join(System.getProperty("path.separator"), command.get(classPath), tests,
                folder.toString()));
        try (ServerProcess server = ServerProcess.launch(command); RawClient joe = RawClient.connect(server.port())) {
            joe.send("CONNECT {\"user\":\"joe\",\"pass\":\"x\"}\r\n");
            Ended ended = server.ended();
            assertEquals(EmergencyExit.CODE, ended.code());
            assertTrue(ended.err().contains("[FTL] Out of memory in thread of-the-jdk, the server ends with exit code 3"),
                    ended::err);
        }
    }
}
