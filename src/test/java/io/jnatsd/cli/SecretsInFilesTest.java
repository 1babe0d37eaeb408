package io.jnatsd.cli;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jnatsd.config.ConfigException;
import io.jnatsd.config.OptionsReader;
import io.jnatsd.config.Problem;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random secrets at all places of a configuration file where a secret may be, in valid and in damaged files: no message
 * contains more than three consecutive characters of the secret.
 */
class SecretsInFilesTest {
    /** SECRET stands for the secret, with different quotes. */
    private static final List<String> FILES = List.of(
            "authorization { user: joe, password: SECRET }",
            "authorization {\n  user: joe\n  password: SECRET\n  timeout: 1\n}\nport: 4222\n",
            "authorization { token: SECRET }\nserver_name: n1\n",
            "authorization { user joe; pass = SECRET; timeout 1 }\nserver_name = 'n1'",
            "authorization { users = [ {user: joe, password: SECRET, permissions: {publish: a}}, {user: sue, password: x} ] }",
            "authorization {\n  users = [\n    {user: joe, password: SECRET},\n    {password: SECRET, user: sue}\n  ]\n}\n",
            "authorization { users [\n {\n user: \"joe\"\n password: SECRET\n permissions { publish \"a\" } }\n ] }\n",
            "authorization { users = [ {nkey: SECRET}, {nkey: SECRET, permissions: {publish: a}} ] }",
            "http_user: \"admin\"\nhttp_password: SECRET\nhttp: 8222\n",
            "http_user: admin, http_password: SECRET, http: 8222\n",
            "cluster {\n  port: 6222\n  authorization { user: r, password: SECRET, timeout: 2 }\n}\n",
            "{\"authorization\": {\"user\": \"joe\", \"password\": SECRET}, \"port\": 4222}",
            "PW: SECRET\nauthorization { user: joe, password: $PW }\n",
            "PW = SECRET; port = 4222\nauthorization { user: joe, password: $PW }\n",
            "authorization { PW: SECRET, user: joe, password: $PW }\n",
            "accounts { A { users: [ {user: joe, password: SECRET} ] } }",
            "jetstream { store_dir: x, key: SECRET }\nleafnodes { remotes: [ {url: x, account: SECRET} ] }");
    /** SECRET stands for the secret without quotes. */
    private static final List<String> URLS = List.of(
            "cluster {\n  port: 6222\n  routes: [ \"nats-route://r:SECRET@127.0.0.1:6223\" ]\n}\n",
            "cluster {\n  port: 6222\n  routes = [\n    nats-route://r:SECRET@127.0.0.1:6223\n    nats://a:6222\n  ]\n}\n",
            "cluster { port: 6222, routes: ['nats://SECRET@h:1', \"nats://r:SECRET@h:2\"], name: c }\n",
            "R: \"nats://r:SECRET@h:2\"\ncluster { port: 6222, routes: [$R] }\n",
            "leafnodes { remotes: [ {url: \"nats-leaf://u:SECRET@h:7422\"} ] }\ngateway { gateways: [ {urls: [\"nats://u:SECRET@h:1\"]} ] }");

    @TempDir
    private static Path folder;

    private static String written(Random random, String secret) {
        return switch (random.nextInt(5)) {
            case 0 -> '"' + secret + '"';
            case 1 -> "'" + secret + "'";
            case 2 -> '"' + secret.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
            default -> secret;
        };
    }

    private static String file(Random random, String secret) {
        boolean url = random.nextInt(4) == 0;
        List<String> texts = url ? URLS : FILES;
        String text = texts.get(random.nextInt(texts.size()));
        while (text.contains("SECRET"))
            text = text.replaceFirst("SECRET",
                    Matcher.quoteReplacement(url ? secret : written(random, secret)));
        return random.nextInt(3) == 0 ? text.replace("\n", "\r\n") : text;
    }

    private static String damaged(Random random, String text) {
        if (text.isEmpty())
            return text;
        int at = random.nextInt(text.length());
        return switch (random.nextInt(5)) {
            case 0 -> text.substring(0, at);
            case 1 -> text.substring(0, at) + text.substring(at + 1);
            case 2 -> text.substring(0, at) + SecretText.character(random) + text.substring(at + 1);
            case 3 -> text.substring(0, at) + SecretText.character(random) + text.substring(at);
            default -> text;
        };
    }

    private static String problems(String text, Map<String, String> environment) {
        try {
            return OptionsReader.read("test.conf", text, environment::get).warnings().stream().map(Problem::toString)
                    .collect(Collectors.joining("\n"));
        } catch (ConfigException e) {
            return e.getMessage();
        }
    }

    @Test
    void noMessageShowsASecret() {
        Random random = new Random(12);
        int refused = 0;
        for (int i = 0; i < 6000; i++) {
            SecretText secret = SecretText.random(random);
            String text = damaged(random, file(random, secret.text()));
            String shown = problems(text, Map.of());
            refused += shown.isEmpty() ? 0 : 1;
            secret.assertNotIn(shown, text);
        }
        assertTrue(refused > 1000, "many of these files are refused");
    }

    @Test
    void noMessageShowsASecretOfTheEnvironment() {
        Random random = new Random(13);
        for (int i = 0; i < 2000; i++) {
            SecretText secret = SecretText.random(random);
            Map<String, String> environment = Map.of("PW", damaged(random, written(random, secret.text())),
                    "URL", damaged(random, "nats://r:" + secret.text() + "@h:1"),
                    "USERS", "[{user: joe, password: " + written(random, secret.text()) + "}]", "INDIRECT", "[$PW]");
            String text = damaged(random, """
                    server_name: n1, http_user: admin, http_password: $PW
                    V: $PW
                    LIST: $INDIRECT
                    authorization { users: $USERS }
                    cluster { port: 6222, routes: [$URL], authorization { user: r, password: $V } }
                    """);
            secret.assertNotIn(problems(text, environment), text + "\n" + environment);
        }
    }

    @Test
    void testingAFileShowsNoSecret() throws Exception {
        Random random = new Random(14);
        for (int i = 0; i < 300; i++) {
            SecretText secret = SecretText.random(random);
            String text = damaged(random, file(random, secret.text()));
            Path file = folder.resolve("secret.conf"), main = folder.resolve("main.conf");
            Files.writeString(file, text);
            Files.writeString(main, "server_name: n1\ninclude secret.conf\nping_max: 3\n");
            secret.assertNotIn(tested(file), text);
            secret.assertNotIn(tested(main), text);
        }
    }

    private static String tested(Path file) throws InterruptedException {
        ByteArrayOutputStream shown = new ByteArrayOutputStream();
        try (PrintStream out = new PrintStream(shown)) {
            Main.run(new String[] {"-t", "-c", file.toString()}, out, out);
        }
        return shown.toString(StandardCharsets.UTF_8);
    }
}
