package io.jnatsd.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jnatsd.config.ServerOptions;
import io.jnatsd.log.Log;
import io.jnatsd.log.LogSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The pid file and the ports file. */
@Timeout(30)
class RunFilesTest {
    private static final String PID = String.valueOf(ProcessHandle.current().pid());

    @TempDir
    private Path dir;
    private ServerOptions options;

    @BeforeEach
    void options() {
        options = ServerOptions.defaults().withHost("127.0.0.1").withPort(-1);
    }

    @Test
    void thePidFileHoldsThePidAndStays() throws Exception {
        Path file = dir.resolve("pid");
        Files.writeString(file, "1234567890 from a server of long ago");
        Server.start(options.with(o -> o.pidFile = file)).close();
        assertEquals(PID, Files.readString(file));
    }

    @Test
    void thePidFileIsNotForEverybody() throws Exception {
        Path file = dir.resolve("pid");
        Server.start(options.with(o -> o.pidFile = file)).close();
        Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
        assertTrue(permissions.containsAll(
                Set.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE)));
        assertFalse(permissions.contains(PosixFilePermission.OTHERS_READ));
    }

    @Test
    void aPidFileThatCannotBeWrittenIsAnErrorAndFreesThePort() throws Exception {
        Server first = Server.start(options);
        int port = first.port();
        first.close();
        for (Path bad : List.of(dir.resolve("no/such/dir/pid"), dir)) {
            IOException e = assertThrows(IOException.class,
                    () -> Server.start(options.withPort(port).with(o -> o.pidFile = bad)));
            assertEquals("Could not write pidfile: open " + bad + (bad.equals(dir) ? ": is a directory"
                    : ": no such file or directory"), e.getMessage());
        }
        Server.start(options.withPort(port)).close();
    }

    @Test
    void thePortsFileIsThereBeforeTheServerIsReadyAndGoesWithIt() throws Exception {
        Path file = dir.resolve("jnatsd_" + PID + ".ports");
        List<String> seen = new ArrayList<>();
        // Records the log lines at which the ports file existed.
        Consumer<String> witness = line -> {
            if (Files.exists(file))
                seen.add(line.substring(line.indexOf("[INF]") + 6));
        };
        try (Log log = Log.to(witness, LogSettings.STDERR);
                Server server = Server.start(options.with(o -> o.portsFileDir = dir), log)) {
            assertEquals("{\"nats\":[\"nats://127.0.0.1:" + server.port() + "\"]}", Files.readString(file));
            log.flush();
            assertTrue(seen.contains("Server is ready"), seen.toString());
        }
        assertFalse(Files.exists(file));
    }

    @Test
    void aFolderForThePortsFileThatIsNotThereIsAnError() {
        IOException e = assertThrows(IOException.class,
                () -> Server.start(options.with(o -> o.portsFileDir = dir.resolve("none"))));
        assertEquals("Error writing ports file (" + dir.resolve("none/jnatsd_" + PID + ".ports")
                + "): no such file or directory", e.getMessage());
    }

    @Test
    void aPortsFileThatCannotBeMovedIntoPlaceLeavesNothing() throws Exception {
        Path taken = Files.createDirectories(dir.resolve("jnatsd_" + PID + ".ports").resolve("full"));
        assertThrows(IOException.class, () -> Server.start(options.with(o -> o.portsFileDir = dir)));
        try (Stream<Path> files = Files.list(dir)) {
            assertEquals(List.of(taken.getParent()), files.toList());
        }
    }

    /** With a file size limit of zero bytes, the pid file can be created but not written. */
    @Test
    void aPidFileThatCannotBeWrittenIsNotLeftEmpty() throws Exception {
        Path file = dir.resolve("pid");
        Process server = new ProcessBuilder("sh", "-c", "ulimit -f 0; exec \"$0\" \"$@\"",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:-UsePerfData", "-Xshare:auto",
                "-cp", System.getProperty("java.class.path"), "io.jnatsd.cli.Main", "-a", "127.0.0.1", "-p", "-1", "-P",
                file.toString()).redirectErrorStream(true).start();
        try {
            String output = new String(server.getInputStream().readAllBytes());
            assertTrue(output.contains("Could not write pidfile"), output);
            assertFalse(Files.exists(file));
        } finally {
            server.destroyForcibly();
        }
    }
}
