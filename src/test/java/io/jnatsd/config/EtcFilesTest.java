package io.jnatsd.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The configurations that are shipped. */
class EtcFilesTest {
    private static final Path ETC = Path.of(System.getProperty("jnatsd.home", "."), "etc");

    static List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(ETC)) {
            return files.filter(file -> file.toString().endsWith(".conf")).toList();
        }
    }

    @ParameterizedTest
    @MethodSource("files")
    void everyFileLoadsWithoutWarnings(Path file) throws Exception {
        OptionsReader.ReadResult result = OptionsReader.read(file, name -> null);
        assertEquals(List.of(), result.warnings());
        assertFalse(result.plainTextSecrets());
    }

    @Test
    void theFilesThatAreTalkedAboutAreThere() throws IOException {
        List<String> names = files().stream().map(file -> file.getFileName().toString()).toList();
        assertTrue(names.containsAll(
                List.of("nats.conf", "seed.conf", "cluster-member.conf", "auth.conf", "tls.conf")));
    }

    @Test
    void theDefaultConfigurationIsTheDefault() throws Exception {
        ServerOptions options = OptionsReader.read(ETC.resolve("nats.conf"), name -> null).options().build();
        assertEquals(ServerOptions.defaults(), options.with(o -> o.configFile = null));
    }

    @Test
    void theDefaultConfigurationShowsEveryKey() throws IOException {
        String text = Files.readString(ETC.resolve("nats.conf"));
        for (KeyTable<?> table : List.of(Options.TOP_LEVEL, Options.AUTHORIZATION, Options.USER, Options.PERMISSIONS,
                Options.SUBJECT_RULES, Options.RESPONSES, Options.TLS, Options.CLUSTER, Options.WEBSOCKET)) {
            for (String name : table.names()) {
                // It is only accepted for the sake of files for newer servers.
                if (!name.equals("authentication"))
                    assertTrue(Pattern.compile("\\b" + name + "\\b").matcher(text).find(), name);
            }
        }
    }

    @Test
    void whatIsCommentedOutIsCorrect() throws Exception {
        String text = Pattern.compile("^( *)#(?=[a-z{}\\]\"])", Pattern.MULTILINE)
                .matcher(Files.readString(ETC.resolve("nats.conf"))).replaceAll("$1");
        // Of the three kinds of logins one must be chosen.
        text = text.replaceFirst("\n  user: .*\n  password: .*\n", "\n").replaceFirst("\n  token: .*\n", "\n");
        OptionsReader.ReadResult result = OptionsReader.read("nats.conf", text, name -> null);
        assertEquals(List.of(), result.warnings());
        ServerOptions o = result.options().build();
        OptionsBuilder builder = new OptionsBuilder();
        builder.jetStream = true;
        ServerOptions defaults = builder.build();
        assertEquals(defaults.limits(), o.limits());
        assertEquals(defaults.lameDuck(), o.lameDuck());
        assertEquals(defaults.auth().timeout(), o.auth().timeout());
        assertEquals(3, o.auth().users().size());
        assertEquals(1, o.cluster().routes().size());
        assertEquals("test-certs/ca.pem", o.cluster().tls().caFile());
        assertEquals(8080, o.webSocket().port());
        assertEquals(defaults.webSocket().handshakeTimeout(), o.webSocket().handshakeTimeout());
    }
}
