package io.jnatsd.cli;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** {@code -sl} and {@code --health} with the pid file of a server in a container, which has other pids and another /tmp. */
@Timeout(120)
@EnabledOnOs(OS.LINUX)
class ContainedServerTest {
    private static final String CONTAIN = "mount --bind \"$1\" /mnt && mount -t tmpfs none /tmp && shift && exec \"$@\"";

    @TempDir
    private Path dir;

    /** Only root, or a user who may have namespaces of its own, can do that. */
    private static void assumeNamespaces() throws Exception {
        assumeFalse(System.getProperty("java.class.path").contains("/tmp/"), "the classes are in the folder that containers do not share");
        Process attempt = new ProcessBuilder("unshare", "-m", "-p", "-f", "--mount-proc", "mount", "-t", "tmpfs", "none", "/tmp")
                .redirectErrorStream(true).start();
        attempt.getInputStream().readAllBytes();
        assumeTrue(attempt.waitFor() == 0, "no namespaces here");
    }

    private ServerProcess startContained(String name) throws IOException {
        Path folder = Files.createDirectory(dir.resolve(name));
        Files.writeString(folder.resolve("nats.conf"), "ping_max: 3\n");
        List<String> command = new ArrayList<>(List.of("unshare", "-m", "-p", "-f", "--mount-proc", "--kill-child", "sh", "-c",
                CONTAIN, "sh", folder.toString()));
        command.addAll(ServerProcess.java("-a", "127.0.0.1", "-p", "-1", "-c", "/mnt/nats.conf", "-P", "/mnt/nats.pid"));
        return ServerProcess.launch(command);
    }

    @Test
    void theServerIsFoundByItsPidFile() throws Exception {
        assumeNamespaces();
        try (ServerProcess server = startContained("a")) {
            Path pid = dir.resolve("a/nats.pid");
            assertEquals("1", Files.readString(pid));
            assertEquals(new Ended(0, "healthy\n", ""), CommandLineTest.run("--health", "-P", pid.toString()));
            Files.writeString(dir.resolve("a/nats.conf"), "ping_max: 4\n");
            SignalCommand.run("reload=" + pid);
            server.awaitLine("[INF] Reloaded: ping_max = 4");
            Files.writeString(dir.resolve("a/nats.conf"), "ping_max: x\n");
            assertTrue(assertThrows(Exception.class, () -> SignalCommand.run("reload=" + pid)).getMessage()
                    .startsWith("/mnt/nats.conf:1:11: expected an integer"), "the answer comes over the control socket");
            try (ServerProcess other = startContained("b")) {
                assertTrue(assertThrows(IOException.class, () -> SignalCommand.run("reload=" + pid)).getMessage()
                        .startsWith("several containers have a server with the pid of " + pid + ", name one by its pid here:\n"));
            }
            // The other one may take a moment to end.
            await().ignoreExceptions().until(() -> {
                SignalCommand.run("ldm=" + pid);
                return true;
            });
            server.awaitLine("[INF] Entering lame duck mode, stop accepting new clients");
        }
    }

    /** A signal for a reload would end any other program. */
    @Test
    void anOldPidFileDoesNotEndAnotherProgram() throws Exception {
        Process other = new ProcessBuilder("sleep", "60").start();
        try {
            Path pid = Files.writeString(dir.resolve("nats.pid"), String.valueOf(other.pid()));
            for (String command : List.of("reload", "stop", "quit"))
                assertTrue(assertThrows(IOException.class, () -> SignalCommand.run(command + "=" + pid)).getMessage()
                        .startsWith("the process " + other.pid() + " of " + pid + " is not a server: "));
            assertTrue(other.isAlive());
        } finally {
            other.destroyForcibly();
        }
    }
}
