package io.jnatsd.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** No message about a command line contains a secret or a part of one. */
class SecretsInFlagsTest {
    private static final List<String> FLAGS = List.of("--pass SECRET", "-pass=SECRET", "--auth SECRET", "--auth=SECRET",
            "--user joe --pass SECRET", "--cluster nats://r:SECRET@127.0.0.1:6222", "--cluster_listen=nats://r:SECRET@h:x",
            "--cluster nats://h:6222 --routes nats://r:SECRET@h:1,nats://r:SECRET@h:2", "--cluster nats://h:1 --routes SECRET@h:1",
            "--passSECRET", "--auth:SECRET", "--pas=SECRET", "--routesnats://r:SECRET@h:1");

    @TempDir
    private static Path folder;

    private static Ended run(String... args) throws InterruptedException {
        ByteArrayOutputStream out = new ByteArrayOutputStream(), err = new ByteArrayOutputStream();
        int code = Main.run(args, new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8));
        return new Ended(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            --pass my abcd        | 1 | Unrecognized command: [REDACTED] (not shown, it may be part of the value of --pass; a value with blanks needs quotes)
            -auth=my abcd         | 1 | Unrecognized command: [REDACTED] (not shown, it may be part of the value of -auth; a value with blanks needs quotes)
            --auth my -p 1 abcd   | 1 | Unrecognized command: [REDACTED] (not shown, it may be part of the value of --auth; a value with blanks needs quotes)
            --pass my -abcd       | 2 | flag provided but not defined: [REDACTED] (not shown, it may be part of the value of --pass; a value with blanks needs quotes)
            --pass my ---abcd     | 2 | bad flag syntax: [REDACTED] (not shown, it may be part of the value of --pass; a value with blanks needs quotes)
            --routes my abcd      | 1 | Unrecognized command: [REDACTED] (not shown, it may be part of the value of --routes; a value with blanks needs quotes)
            --passabcd            | 2 | flag provided but not defined: -pass[REDACTED]
            --pas=abcd            | 2 | flag provided but not defined: -pas, did you mean --pass?
            --user my abcd        | 1 | Unrecognized command: "abcd"
            abcd --pass my        | 1 | Unrecognized command: "abcd"
            """)
    void aWordThatMayBelongToASecretIsNotQuoted(String args, int code, String text) throws Exception {
        assertEquals(new Ended(code, "", "jnatsd: " + text + " (jnatsd --help lists all flags)\n"), run(args.split(" ")));
    }

    @ParameterizedTest
    @CsvSource({"--pass,-V", "--pass,-VV", "--auth,--pass", "--auth,--port=1"})
    void aSecretMayBeginLikeAFlag(String flag, String secret) throws Exception {
        Ended expected = new Ended(1, "", "jnatsd: -t needs a configuration file, given with -c\n");
        assertEquals(expected, run("-t", flag, secret));
        assertEquals(expected, run("-t", flag + "=" + secret));
    }

    @Test
    void noMessageShowsASecret() throws Exception {
        String config = Files.writeString(folder.resolve("nats.conf"), "").toString();
        Random random = new Random(15);
        for (int i = 0; i < 500; i++) {
            SecretText secret = SecretText.random(random);
            List<String> args = new ArrayList<>(List.of("-t", "-c", config));
            for (String word : FLAGS.get(random.nextInt(FLAGS.size())).split(" "))
                args.addAll(secret.words(word, random.nextBoolean()));
            if (random.nextBoolean())
                args.addAll(List.of("-p", "4333"));
            Ended ended = run(args.toArray(String[]::new));
            secret.assertNotIn(ended.out() + ended.err(), args.toString());
        }
    }

    @Test
    void mkpasswdShowsNoPassword() {
        for (String[] args : new String[][] {{"abcd"}, {"-p", "abcd"}, {"-pabcd"}, {"-p", "-abcd"}, {"-p", "my", "abcd"}}) {
            ByteArrayOutputStream shown = new ByteArrayOutputStream();
            PrintStream out = new PrintStream(shown, true, StandardCharsets.UTF_8);
            assertEquals(1, MkPasswd.run(args, new MkPasswd.Input() {
                @Override
                public String read(String prompt) {
                    return null;
                }

                @Override
                public boolean typed() {
                    return false;
                }
            }, out, out));
            assertEquals(-1, shown.toString(StandardCharsets.UTF_8).indexOf("bcd"), Arrays.toString(args) + ": " + shown);
        }
    }
}
