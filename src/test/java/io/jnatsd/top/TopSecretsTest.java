package io.jnatsd.top;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.jnatsd.cli.SecretText;
import java.io.ByteArrayInputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** No message of nats-top contains a password. */
final class TopSecretsTest {
    private static final List<String> FLAGS = List.of("-s 127.0.0.1:1 --user joe --pass SECRET",
            "-s 127.0.0.1:1 --user joe --pass=SECRET", "-s http://joe:SECRET@127.0.0.1:1", "-s https://joe:SECRET@127.0.0.1:x",
            "-s joe:SECRET@127.0.0.1:1", "-s 127.0.0.1:1 --passSECRET", "-s 127.0.0.1:1 --user joe --pas SECRET --pass x");

    private record Ran(int code, String shown) {
    }

    private static Ran top(List<String> args) {
        StringWriter shown = new StringWriter();
        PrintWriter out = new PrintWriter(shown, true);
        int code = Top.run(args.toArray(String[]::new), out, out, new ByteArrayInputStream(new byte[0]));
        return new Ran(code, shown.toString());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            --pass my abcd                 | Unexpected word (argument 3): a value with blanks needs quotes (see nats-top --help)
            --pass my --abcd               | Unknown option: '[REDACTED] (not shown, it may be part of the value of --pass; a value with blanks needs quotes)' (see nats-top --help)
            --passabcd                     | Unknown option: '--pass[REDACTED]' (see nats-top --help)
            --once -s http://joe:abcd@h:1  | --server takes no user and password: use --user and --pass
            --once -s http://joe:ab^cd     | --server is not a host, host:port or URL: Illegal character in authority
            """)
    void aWordThatMayBelongToASecretIsNotQuoted(String args, String text) {
        assertEquals(new Ran(2, "nats-top: " + text + "\n"), top(List.of(args.split(" "))));
    }

    @Test
    void noMessageShowsASecret() {
        Random random = new Random(17);
        for (int i = 0; i < 200; i++) {
            SecretText secret = SecretText.random(random);
            List<String> args = new ArrayList<>(List.of("--once", "-d", "0.01"));
            for (String word : FLAGS.get(random.nextInt(FLAGS.size())).split(" "))
                args.addAll(secret.words(word, random.nextInt(3) > 0));
            Ran ran = top(args);
            assertNotEquals(0, ran.code());
            secret.assertNotIn(ran.shown(), args.toString());
        }
    }
}
