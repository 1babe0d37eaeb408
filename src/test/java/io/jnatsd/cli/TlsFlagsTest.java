package io.jnatsd.cli;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonParser;
import io.jnatsd.config.OptionsReader;
import io.jnatsd.server.RawClient;
import io.jnatsd.server.SecuredServer;
import io.jnatsd.server.Server;
import io.jnatsd.tls.TestCerts;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** TLS from the command line, and files that cannot be used at the start. */
@Timeout(60)
class TlsFlagsTest {
    private static final String CERT = TestCerts.file("server-cert.pem"), KEY = TestCerts.file("server-key.pem");

    private static Process program(String... args) throws IOException {
        List<String> command = new ArrayList<>(List.of(System.getProperty("java.home") + File.separator + "bin"
                + File.separator + "java", "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path"),
                "io.jnatsd.cli.Main", "-a", "127.0.0.1", "-p", "-1"));
        command.addAll(List.of(args));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.onExit().orTimeout(40, TimeUnit.SECONDS)
                .whenComplete((ended, late) -> process.toHandle().destroyForcibly());
        return process;
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            --tls                      | TLS Server certificate must be present and valid.
            --tlsverify                | TLS Server certificate must be present and valid.
            --tls --tlscert any.pem    | TLS Server private key must be present and valid.
            """)
    void bothFilesAreNeeded(String flags, String error) throws Exception {
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        PrintStream stream = new PrintStream(err, true, StandardCharsets.UTF_8);
        assertEquals(1, Main.run(flags.split(" "), stream, stream));
        assertEquals("jnatsd: " + error + System.lineSeparator(), err.toString(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            server-cert.pem  | server-key.pem     | 0 | configuration file %s is valid
            expired-cert.pem | expired-key.pem    | 0 | expired
            server-cert.pem  | mismatched-key.pem | 1 | tls: private key does not match public key
            server-cert.pem  | encrypted-key.pem  | 1 | encrypted
            none.pem         | server-key.pem     | 1 | none.pem: no such file or directory
            """)
    void aCheckLoadsTheFiles(String cert, String key, int code, String said, @TempDir Path folder) throws Exception {
        Path config = Files.writeString(folder.resolve("nats.conf"), "cluster { port: 6222, tls { cert_file: \""
                + TestCerts.file(cert) + "\", key_file: \"" + TestCerts.file(key) + "\" } }");
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        PrintStream stream = new PrintStream(err, true, StandardCharsets.UTF_8);
        assertEquals(code, Main.run(new String[] {"-t", "-c", config.toString()}, stream, stream), err::toString);
        assertTrue(err.toString(StandardCharsets.UTF_8).contains(said.replace("%s", config.toString())), err::toString);
    }

    @Test
    void whatCannotBeUsedIsOneLineAndExitCode1() throws Exception {
        Process process = program("-T=false", "--tls", "--tlscert", CERT, "--tlskey",
                TestCerts.file("mismatched-key.pem"));
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(1, process.waitFor());
        List<String> lines = output.lines().map(line -> line.replaceFirst("^\\[\\d+] ", "")).toList();
        assertEquals(List.of("[FTL] error parsing X509 certificate/key pair: "
                + "tls: private key does not match public key"), lines.subList(1, lines.size()));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            none.pem              | server-key.pem        | ca.pem          | open %s/none.pem: no such file or directory
            server-cert.pem       | none.pem              | ca.pem          | open %s/none.pem: no such file or directory
            server-cert.pem       | encrypted-key.pem     | ca.pem          | encrypted
            ca-key.pem            | server-key.pem        | ca.pem          | ca-key.pem
            server-cert.pem       | server-key.pem        | none.pem        | open %s/none.pem: no such file or directory
            server-cert.pem       | server-key.pem        | server-key.pem  | failed to parse root ca certificate
            """)
    void eachErrorSaysWhatIsWrong(String cert, String key, String ca, String why) throws Exception {
        String config = "tls { cert_file: \"%s\", key_file: \"%s\", ca_file: \"%s\", verify: true }"
                .formatted(TestCerts.file(cert), TestCerts.file(key), TestCerts.file(ca));
        IOException e = assertThrows(IOException.class, () -> Server.start(OptionsReader.read("test.conf",
                "listen: \"127.0.0.1:-1\"\n" + config, name -> null).options().build()).close());
        String expected = why.replace("%s", TestCerts.folder());
        assertTrue(e.getMessage().contains(expected), e::getMessage);
        assertEquals(1, e.getMessage().lines().count());
    }

    @Test
    void theFlagsOfTheSecurityPageAreEnough(@TempDir Path folder) throws Exception {
        String page = Files.readString(Path.of(System.getProperty("jnatsd.home", "."), "src/site/markdown/security.md"));
        String flags = page.lines().filter(line -> line.startsWith("$ bin/jnatsd --tlsverify ")).findFirst()
                .orElseThrow().replace("test-certs", TestCerts.folder()).substring("$ bin/jnatsd ".length());
        Process process = program((flags + " --ports_file_dir " + folder).split(" "));
        try {
            SSLContext known = TestCerts.client("ca.pem", "client-cert.pem", "client-key.pem");
            int port = port(folder);
            try (RawClient plain = RawClient.connect(port);
                    RawClient client = new RawClient(SecuredServer.upgrade(plain.socket(), known))) {
                client.roundTrip();
            }
            assertThrows(IOException.class, () -> SecuredServer.upgrade(RawClient.connect(port).socket(),
                    TestCerts.client("ca.pem"), "TLSv1.2"));
        } finally {
            process.destroy();
            process.waitFor();
        }
    }

    private static int port(Path folder) {
        return await().atMost(Duration.ofSeconds(30)).until(() -> {
            try (Stream<Path> files = Files.list(folder)) {
                List<Path> ports = files.filter(file -> file.toString().endsWith(".ports")).toList();
                return ports.isEmpty() ? 0 : URI.create(JsonParser.parseString(Files.readString(ports.getFirst()))
                        .getAsJsonObject().getAsJsonArray("nats").get(0).getAsString()).getPort();
            }
        }, port -> port > 0);
    }
}
