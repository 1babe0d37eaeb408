package io.jnatsd.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.jnatsd.cli.SecretText;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** No message of nats-bench contains a password or a token. */
final class BenchSecretsTest {
    private static final List<String> FLAGS = List.of("-s 127.0.0.1:1 --user joe --pass SECRET", "-s 127.0.0.1:1 --token SECRET",
            "-s 127.0.0.1:1 --token=SECRET", "-s nats://joe:SECRET@127.0.0.1:1", "-s nats://SECRET@127.0.0.1:1",
            "--server=http://joe:SECRET@127.0.0.1:1", "-s nats://joe:SECRET@127.0.0.1:x", "-s joe:SECRET@",
            "-s 127.0.0.1:1 --passSECRET", "-s 127.0.0.1:1 --user joe --pass -sSECRET", "-s127.0.0.1:1 --user joe --pas SECRET --pass x");

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            --pass my abcd             | Unexpected word (argument 3): a value with blanks needs quotes
            --token my --abcd          | Unknown option: '[REDACTED] (not shown, it may be part of the value of --token; a value with blanks needs quotes)'
            -snats://joe:my --abcd@h   | Unknown option: '[REDACTED] (not shown, it may be part of the value of -s; a value with blanks needs quotes)'
            --tokenabcd                | Unknown option: '--token[REDACTED]'
            -s nats://joe:abcd@h:x     | --server: invalid port after host, expected 1 to 65535
            -s nats://joe:abcd         | --server: invalid port after host, expected 1 to 65535
            -s http://joe:abcd@h       | --server: the URL begins with neither nats:// nor tls://
            -s nats://joe:abcd@        | --server: the URL names no host
            -s nats://joe:%abcd%zz@h   | --server: the user or password has a %, which must be written as %25
            """)
    void aWordThatMayBelongToASecretIsNotQuoted(String args, String text) {
        assertEquals(new Ran(2, "", "nats-bench: " + text + " (see nats-bench --help)\n"), Ran.bench(args.split(" ")));
    }

    @Test
    void noMessageShowsASecret() {
        Random random = new Random(16);
        for (int i = 0; i < 300; i++) {
            SecretText secret = SecretText.random(random);
            List<String> args = new ArrayList<>();
            for (String word : FLAGS.get(random.nextInt(FLAGS.size())).split(" "))
                args.addAll(secret.words(word, random.nextInt(3) > 0));
            Ran ran = Ran.bench(args.toArray(String[]::new));
            assertNotEquals(0, ran.code());
            secret.assertNotIn(ran.out() + ran.err(), args.toString());
        }
    }
}
