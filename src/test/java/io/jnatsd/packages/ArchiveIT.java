package io.jnatsd.packages;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jnatsd.packages.Host.Ended;
import io.jnatsd.server.RawClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The runtime archive, unpacked into a folder that nobody may write. {@code mvn verify -Ppackages} makes and tests it. */
@Timeout(300)
class ArchiveIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Pattern PORT = Pattern.compile("Listening for client connections on \\S+:(\\d+)\n");
    private static final long MOST_BYTES = 60_000_000;

    @TempDir
    private Path dir;
    private Host host;
    private Path home;
    private Path config;
    private Path log;

    @BeforeEach
    void unpack() throws Exception {
        host = new Host(dir);
        try (Stream<Path> files = Files.list(Path.of(System.getProperty("jnatsd.home"), "target"))) {
            Path archive = files.filter(file -> file.toString().endsWith("-linux-x64.tar.gz")).findAny().orElseThrow();
            assertTrue(Files.size(archive) <= MOST_BYTES);
            assertEquals(0, new ProcessBuilder("tar", "-xzf", archive.toString(), "-C", dir.toString()).inheritIO().start()
                    .waitFor());
            home = dir.resolve(archive.getFileName().toString().replace(".tar.gz", ""));
        }
        Host.protect(home);
        config = dir.resolve("nats.conf");
        log = dir.resolve("nats.log");
    }

    @Test
    void everyCommandRunsWithoutJavaOnThePath() throws Exception {
        Ended version = host.run(command("jnatsd"), "-v");
        assertEquals(new Ended(0, "jnatsd version " + version() + "\nAOT cache: in use\n"), version);
        for (String name : new String[] {"jnatsd", "nats-bench", "nats-top", "mkpasswd"}) {
            Ended help = host.run(command(name), "--help");
            assertEquals(0, help.code(), help.text());
            assertTrue(help.text().startsWith("Usage: " + name), help.text());
            String page = Files.readString(home.resolve("share/man/man1/" + name + ".1"));
            assertTrue(page.contains("\n.SH OPTIONS\n.TP\n\\fB\\-"), page);
            Ended completion = host.run("bash", "-n", home.resolve("share/bash-completion/completions/" + name).toString());
            assertEquals(new Ended(0, ""), completion);
        }
        Ended test = host.run(command("jnatsd"), "-t", "-c", home.resolve("etc/nats.conf").toString());
        assertEquals(0, test.code(), test.text());
    }

    @Test
    void theServerLogsInReloadsRotatesAndStops() throws Exception {
        configure("secret");
        Path pid = dir.resolve("pid");
        Process server = host.start(dir.resolve("server.out"), command("jnatsd"), "-c", config.toString(), "-P", pid.toString());
        try {
            awaitLog("Server is ready");
            Matcher port = PORT.matcher(Files.readString(log));
            assertTrue(port.find());
            assertLogin(Integer.parseInt(port.group(1)), "secret", true);

            configure("changed");
            assertEquals(new Ended(0, ""), host.run(command("jnatsd"), "-sl", "reload=" + pid));
            assertLogin(Integer.parseInt(port.group(1)), "secret", false);
            assertLogin(Integer.parseInt(port.group(1)), "changed", true);

            Files.writeString(config, "port: x");
            Ended refused = host.run(command("jnatsd"), "-sl", "reload=" + pid);
            assertEquals(1, refused.code());
            assertTrue(refused.text().contains("nats.conf:1:7: expected an integer"), refused.text());

            Files.move(log, dir.resolve("nats.log.1"));
            assertEquals(new Ended(0, ""), host.run(command("jnatsd"), "-sl", "reopen=" + pid));
            assertTrue(Files.exists(log));

            assertEquals(new Ended(0, ""), host.run(command("jnatsd"), "-sl", "quit=" + pid));
            assertTrue(server.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS));
            assertEquals(0, server.exitValue());
            awaitLog("Server Exiting..");
            assertEquals("", Files.readString(dir.resolve("server.out")));
        } finally {
            server.destroyForcibly();
        }
    }

    private String command(String name) {
        return home.resolve("bin").resolve(name).toString();
    }

    private String version() {
        Matcher version = Pattern.compile("jnatsd-(.+)-linux-x64").matcher(home.getFileName().toString());
        assertTrue(version.matches());
        return version.group(1);
    }

    private void configure(String password) throws IOException {
        Files.writeString(config, "listen: \"127.0.0.1:-1\"\nlog_file: \"" + log + "\"\n"
                + "authorization { user: joe, password: " + password + " }\n");
    }

    private void awaitLog(String end) {
        await(end).atMost(PATIENCE).until(() -> Files.exists(log) && Files.readString(log).contains(end + "\n"));
    }

    private static void assertLogin(int port, String password, boolean succeeds) throws IOException {
        try (RawClient client = RawClient.connect(port)) {
            client.send("CONNECT {\"verbose\":false,\"user\":\"joe\",\"pass\":\"" + password + "\"}\r\n");
            if (succeeds)
                client.roundTrip();
            else
                client.expectEnd("-ERR 'Authorization Violation'\r\n");
        }
    }
}
