package io.jnatsd.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.jnatsd.config.OptionsBuilder;
import io.jnatsd.config.OptionsReader;
import io.jnatsd.tls.TestCerts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The configurations in etc/, in the README and in the pages start a server, on other ports. */
@Timeout(30)
class ShippedConfigurationTest {
    private static final Path HOME = Path.of(System.getProperty("jnatsd.home", "."));
    private static final Pattern EXAMPLE = Pattern.compile("^```conf\n(.*?)^```$", Pattern.DOTALL | Pattern.MULTILINE);

    static List<Path> shipped() throws IOException {
        try (Stream<Path> files = Files.list(HOME.resolve("etc"))) {
            return files.filter(file -> file.toString().endsWith(".conf")).sorted().toList();
        }
    }

    static List<String> examples() throws IOException {
        List<String> examples = new ArrayList<>();
        try (Stream<Path> pages = Stream.concat(Stream.of(HOME.resolve("README.md")),
                Files.list(HOME.resolve("src/site/markdown")).sorted())) {
            for (Path page : pages.filter(file -> file.toString().endsWith(".md")).toList())
                EXAMPLE.matcher(Files.readString(page)).results().map(match -> match.group(1)).forEach(examples::add);
        }
        return examples;
    }

    @ParameterizedTest
    @MethodSource("shipped")
    void everyShippedFileStartsAServer(Path file) throws Exception {
        serve(OptionsReader.read(file));
    }

    @ParameterizedTest
    @MethodSource("examples")
    void everyExampleOfThePagesStartsAServer(String example, @TempDir Path dir) throws Exception {
        String moved = example;
        // They are there when the server is installed.
        for (String folder : List.of("/var/log", "/var/lib/jnatsd", "/run/jnatsd"))
            moved = moved.replace(folder, dir.toString());
        Path file = Files.writeString(dir.resolve("nats.conf"), moved);
        serve(OptionsReader.read(file));
    }

    @Test
    void thePagesHaveExamples() throws IOException {
        assertFalse(examples().isEmpty());
    }

    private static void serve(OptionsReader.ReadResult read) throws Exception {
        assertEquals(List.of(), read.warnings());
        OptionsBuilder options = read.options();
        options.host = "127.0.0.1";
        options.port = -1;
        options.httpPort = options.httpPort == 0 ? 0 : -1;
        options.httpsPort = options.httpsPort == 0 ? 0 : -1;
        options.clusterPort = options.clusterPort == 0 ? 0 : -1;
        options.pidFile = null;
        options.routes = List.of();
        try (Server server = Server.start(options.build());
                RawClient plain = RawClient.connect(server.port());
                RawClient client = options.tls == null ? plain : secured(plain)) {
            client.send("PING\r\n");
            client.expect("(PONG|-ERR '.*')\r\n");
        }
    }

    private static RawClient secured(RawClient plain) throws Exception {
        SSLContext known = TestCerts.client("ca.pem", "client-cert.pem", "client-key.pem");
        return new RawClient(SecuredServer.upgrade(plain.socket(), known));
    }
}
