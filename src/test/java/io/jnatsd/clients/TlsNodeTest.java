package io.jnatsd.clients;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.jnatsd.server.SecuredServer;
import io.jnatsd.tls.TestCerts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The official clients for Node over TLS, with and without a certificate of their own: runs {@code tls.mjs} of
 * {@code src/test/node}. It has an installation of its own, as {@link NodeClientTest} may be making the other one.
 */
@Timeout(90)
class TlsNodeTest {
    private static final Path HOME = Path.of(System.getProperty("jnatsd.home", ""));
    private static final Path SOURCES = HOME.resolve("src/test/node"), INSTALLED = HOME.resolve("target/node-tls");
    private static final int PATIENCE_SECONDS = 60;
    private static final String TLS =
            "tls { cert_file: \"CERTS/server-cert.pem\", key_file: \"CERTS/server-key.pem\", ca_file: \"CERTS/ca.pem\"";

    /** Without Node, npm or a package registry there is nothing to test. */
    @BeforeAll
    static void install() throws Exception {
        Path lock = INSTALLED.resolve("package-lock.json");
        // npm writes this one when all the rest is there.
        boolean upToDate = Files.exists(INSTALLED.resolve("node_modules/.package-lock.json")) && Files.exists(lock)
                && Files.mismatch(lock, SOURCES.resolve("package-lock.json")) < 0;
        Files.createDirectories(INSTALLED);
        for (String file : List.of("package.json", "package-lock.json", "tls.mjs", "watching.mjs"))
            Files.copy(SOURCES.resolve(file), INSTALLED.resolve(file), StandardCopyOption.REPLACE_EXISTING);
        String output = upToDate ? "" : run("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund",
                "--loglevel=error", "--prefer-offline", "--fetch-retries=1", "--fetch-timeout=20000");
        assumeTrue(Files.exists(INSTALLED.resolve("node_modules/.package-lock.json")), output);
    }

    private static String run(String... command) throws InterruptedException {
        try {
            Process process = new ProcessBuilder(command).directory(INSTALLED.toFile()).redirectErrorStream(true)
                    .start();
            process.onExit().orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS)
                    .whenComplete((ended, late) -> process.toHandle().destroyForcibly());
            String output = new String(process.getInputStream().readAllBytes(), UTF_8);
            process.waitFor();
            return output;
        } catch (IOException e) {
            return e.getMessage();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"nats", "@nats-io/transport-node"})
    void theClientTalksOverTls(String client) throws Exception {
        try (SecuredServer open = SecuredServer.start(TLS + " }");
                SecuredServer verify = SecuredServer.start(TLS + ", verify: true }");
                SecuredServer first = SecuredServer.start(TLS + ", handshake_first: true }")) {
            assertEquals("""
                    ok aClientThatTrustsTheServerTalks
                    ok aClientWithACertificateTalks
                    ok aClientWithoutACertificateIsRefusedWhereOneIsAskedFor
                    ok aClientThatDoesNotTrustTheServerGoesAway
                    ok aClientThatBeginsWithTlsTalksWhereTheServerDoes
                    end
                    """, run("node", "tls.mjs", client, "--open=localhost:" + open.port(),
                    "--verify=localhost:" + verify.port(), "--first=localhost:" + first.port(),
                    "--certs=" + TestCerts.folder()));
        }
    }
}
