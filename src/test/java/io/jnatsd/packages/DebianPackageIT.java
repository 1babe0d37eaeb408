package io.jnatsd.packages;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.jnatsd.packages.Host.Ended;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The Debian package, installed by dpkg into a folder, so that this machine stays as it is. The commands of the unit are
 * run as systemd would run them; a script in Python takes the place of systemd's socket.
 */
@Timeout(300)
class DebianPackageIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String NOTIFY_SOCKET = """
            import os, socket, sys
            s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            s.bind(sys.argv[1])
            os.chmod(sys.argv[1], 0o777)
            print("open", flush=True)
            while True:
                print(s.recv(4096).decode(), flush=True)
            """;

    @TempDir
    private Path dir;
    private Path root;
    private Path config;

    @BeforeEach
    void install() throws Exception {
        assumeTrue(Stream.of("dpkg", "systemd-notify", "python3").allMatch(DebianPackageIT::isOnThePath));
        root = dir.resolve("root");
        Files.createDirectories(root.resolve("var/lib/dpkg/updates"));
        Files.createDirectories(root.resolve("var/lib/dpkg/info"));
        Files.createFile(root.resolve("var/lib/dpkg/status"));
        try (Stream<Path> files = Files.list(Path.of(System.getProperty("jnatsd.home"), "target"))) {
            dpkg("-i", files.filter(file -> file.toString().endsWith(".deb")).findAny().orElseThrow().toString());
        }
        config = root.resolve("etc/jnatsd/nats.conf");
    }

    @Test
    void theServiceTellsThatItIsReadyReloadsAndStops() throws Exception {
        Host host = new Host(dir);
        host.add("systemd-notify");
        Path socket = dir.resolve("notify"), notices = dir.resolve("notices");
        Process systemd = new ProcessBuilder("python3", "-c", NOTIFY_SOCKET, socket.toString()).redirectErrorStream(true)
                .redirectOutput(notices.toFile()).start();
        Process server = null;
        try {
            await().atMost(PATIENCE).until(() -> Files.readString(notices).startsWith("open\n"));
            Files.writeString(config, Files.readString(config).replace("127.0.0.1:4222", "127.0.0.1:-1"));
            host.set("NOTIFY_SOCKET", socket.toString());
            server = host.start(dir.resolve("server.out"), command("ExecStart", 0));
            await().atMost(PATIENCE).until(() -> Files.readString(notices).contains("READY=1"));

            assertEquals(new Ended(0, ""), host.run(command("ExecReload", server.pid())));
            Files.writeString(config, "port: x");
            Ended refused = host.run(command("ExecReload", server.pid()));
            assertEquals(1, refused.code());
            assertTrue(refused.text().contains("nats.conf:1:7: expected an integer"), refused.text());

            server.destroy();
            assertTrue(server.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS));
            assertEquals(0, server.exitValue());
            assertFalse(Files.readString(dir.resolve("server.out")).contains("[WRN]"));
        } finally {
            systemd.destroyForcibly();
            if (server != null)
                server.destroyForcibly();
        }
    }

    @Test
    void aPurgeRemovesAllFiles() throws Exception {
        Files.createDirectories(root.resolve("var/log/jnatsd"));
        assertTrue(Files.isSymbolicLink(root.resolve("usr/bin/jnatsd")));
        dpkg("-r", "jnatsd");
        assertTrue(Files.exists(config), "a removal keeps the configuration");
        dpkg("-P", "jnatsd");
        for (String path : List.of("usr/lib/jnatsd", "usr/bin/jnatsd", "etc/jnatsd", "var/log/jnatsd"))
            assertFalse(Files.exists(root.resolve(path)), path);
    }

    /** Returns a command of the unit, with the paths of the folder into which the package was installed. */
    private String[] command(String key, long mainPid) throws IOException {
        String line = Files.readAllLines(root.resolve("usr/lib/systemd/system/jnatsd.service")).stream()
                .filter(each -> each.startsWith(key + "=")).findAny().orElseThrow();
        return line.substring(key.length() + 1).replace("/usr/lib/", root + "/usr/lib/").replace("/etc/", root + "/etc/")
                .replace("$MAINPID", String.valueOf(mainPid)).split(" ");
    }

    private void dpkg(String... args) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("dpkg", "--root=" + root, "--force-script-chrootless",
                "--force-depends", "--force-not-root"));
        command.addAll(List.of(args));
        File output = dir.resolve("dpkg.out").toFile();
        Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output).start();
        assertTrue(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS));
        assertEquals(0, process.exitValue(), Files.readString(output.toPath()));
    }

    private static boolean isOnThePath(String program) {
        return Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }
}
