package io.jnatsd.cli;

import static org.junit.jupiter.api.Assertions.assertFalse;

import io.jnatsd.config.ConfigException;
import io.jnatsd.config.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Any command line is read, or refused with lines that say why; nothing else is thrown. */
@Timeout(60)
class CommandLineFuzzTest {
    private static final int CASES = 1500;
    private static final String[] VALUES = {"", "-1", "0", "4222", "65536", "99999999999999999999", "-", "--", "=", "true", "false",
        "nats://a:b@127.0.0.1:1", "nats://[::1", "nats://", "127.0.0.1:x", "a b", "\u0000", "\u001b[2J", "\n", "%s%n", "${sys:user.home}",
        "$HOME", "@file", "@", "'", "\"", "1e9", "1GB", "-1s", "\u00e9", "\ud83d", "x".repeat(5000), "/dev/null", "/", "/proc/self/mem"};

    @TempDir
    private Path dir;

    /** A message may quote a value, which has no line breaks of its own. */
    private static void assertOneLine(String text, List<String> args) {
        assertFalse(text == null || text.isBlank() || text.contains("\n\tat "), () -> args + " gave: " + text);
        assertFalse(text.contains("Exception") && !args.toString().contains("Exception"), () -> args + " gave: " + text);
    }

    @Test
    void aCommandLineIsReadOrRefused() throws IOException {
        Random random = new Random(1017);
        List<String> flags = List.copyOf(Flag.byName().keySet());
        Path config = Files.writeString(dir.resolve("nats.conf"), "port: -1\n");
        for (int i = 0; i < CASES; i++) {
            List<String> args = new ArrayList<>();
            for (int n = random.nextInt(1, 6); n > 0; n--) {
                String flag = flags.get(random.nextInt(flags.size())), value = VALUES[random.nextInt(VALUES.length)];
                switch (random.nextInt(6)) {
                    case 0 -> args.add(flag);
                    case 1 -> args.add(flag + "=" + value);
                    case 2 -> args.add(value);
                    case 3 -> args.add(flag.substring(0, random.nextInt(1, flag.length() + 1)) + value);
                    case 4 -> args.addAll(List.of("-c", config.toString()));
                    default -> args.addAll(List.of(flag, value));
                }
            }
            read(args);
        }
    }

    private static void read(List<String> args) {
        try {
            new Configuration(Flags.parse(args.toArray(String[]::new))).loadFirst();
        } catch (UsageException e) {
            assertOneLine(e.getMessage(), args);
        } catch (ConfigException e) {
            for (Problem problem : e.problems())
                assertOneLine(problem.toString(), args);
        } catch (RuntimeException e) {
            throw new AssertionError("thrown for " + args, e);
        }
    }
}
