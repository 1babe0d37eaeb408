package io.jnatsd.config;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whatever a file holds, it is read or refused with positions; nothing else is thrown, and nothing hangs. */
class FuzzTest {
    private static final String RICH = """
            # Comment
            PASS: $2a$11$W2zko751KUvVy59mUTWmpOdWjpEm5qhcCZRd05GjI/sSOT.xtiHyG
            listen: 127.0.0.1:4222 // another
            "http" = 8222; server_name 'my server', max_payload=1MB
            write_deadline: "3s"; ping_interval 60
            authorization {
              ADMIN = { publish = ">", subscribe = [">", 'a b'] }
              users = [
                {user: alice, password: $PASS, permissions: $ADMIN}
                {user: bob,   password: "b\\x41\\t\\"\\\\", max_connections: 2},
                {user: joe, password: 5ecret, permissions: {
                  publish: {allow: a, deny: [b, c]}, allow_responses: {max: 5, expires: "1m"}}}
              ]
              timeout: 0.5
            }
            cluster {
              listen: "127.0.0.1:-1", routes = [
                nats-route://a:b@h:4248 # one
                "nats-route://h:4249", ]
              tls { cert_file: "a", key_file: b, cipher_suites: [TLS_RSA_WITH_RC4_128_SHA] }
            }
            unknown (
            block (text)
            )
            date: 2016-05-04T18:53:41Z, x: -1.5, y: $ENV, z: [[], [{}, [1,
            2]]]
            include './nothing.conf'
            trace: off
            """;
    private static final String LETTERS =
            "{}[]()\"'#/\\=:;,.-$ \n\r\t0123456789abkmgx%*>\u0000\u00e9\u2028\ufeff\ud83d";

    private static void feed(String text) {
        try {
            OptionsReader.read("fuzz.conf", text, Map.of("ENV", "[1, {a: $ENV2}]", "ENV2", "a b")::get);
        } catch (ConfigException e) {
            assertFalse(e.problems().isEmpty());
            assertTrue(e.problems().size() <= 20);
            for (Problem problem : e.problems())
                assertTrue(problem.line() > 0 && problem.column() > 0, () -> problem + " in\n" + text);
        }
    }

    @Test
    void everyBeginningOfAFileIsReadOrRefused() {
        assertTimeoutPreemptively(Duration.ofSeconds(60), () -> {
            for (int end = 0; end <= RICH.length(); end++)
                feed(RICH.substring(0, end));
        });
    }

    @Test
    void everyFileWithoutOneCharacterIsReadOrRefused() {
        assertTimeoutPreemptively(Duration.ofSeconds(60), () -> {
            for (int i = 0; i < RICH.length(); i++)
                feed(RICH.substring(0, i) + RICH.substring(i + 1));
        });
    }

    @Test
    void randomChangesAreReadOrRefused() {
        Random random = new Random(20170630);
        assertTimeoutPreemptively(Duration.ofSeconds(60), () -> {
            for (int i = 0; i < 20_000; i++)
                feed(changed(random));
        });
    }

    private static String changed(Random random) {
        int start = random.nextInt(RICH.length());
        int end = Math.min(RICH.length(), start + random.nextInt(400));
        StringBuilder text = new StringBuilder(RICH.substring(start, end));
        for (int changes = random.nextInt(6); changes >= 0; changes--) {
            int at = random.nextInt(text.length() + 1);
            char letter = LETTERS.charAt(random.nextInt(LETTERS.length()));
            switch (random.nextInt(4)) {
                case 0 -> text.insert(at, letter);
                case 1 -> text.setLength(at);
                case 2 -> text.insert(at, RICH, start, Math.min(RICH.length(), start + random.nextInt(50)));
                default -> {
                    if (at < text.length())
                        text.setCharAt(at, letter);
                }
            }
        }
        return text.toString();
    }

    @Test
    void randomTextIsReadOrRefused() {
        Random random = new Random(4222);
        assertTimeoutPreemptively(Duration.ofSeconds(60), () -> {
            for (int i = 0; i < 5_000; i++) {
                StringBuilder text = new StringBuilder();
                for (int length = random.nextInt(60); length > 0; length--)
                    text.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
                feed(text.toString());
            }
        });
    }
}
