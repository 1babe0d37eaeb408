package io.jnatsd.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jnatsd.config.ServerOptions.User;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Large and hostile files end soon. */
class LargeFileTest {
    private static final String HASH = "$2a$11$W2zko751KUvVy59mUTWmpOdWjpEm5qhcCZRd05GjI/sSOT.xtiHyG";

    @Test
    void fiftyThousandUsersLoadQuickly(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("users.conf");
        StringBuilder text = new StringBuilder("authorization {\n  users = [\n");
        for (int i = 0; i < 50_000; i++)
            text.append("    {user: user").append(i).append(", password: ").append(HASH)
                    .append(", permissions: {publish: [a.").append(i).append(".>], subscribe: _INBOX.>}}\n");
        Files.writeString(file, text.append("  ]\n}\n"));
        assertTrue(Files.size(file) > 5_000_000);
        // CPU time, since tests may run beside other work.
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long start = threads.getCurrentThreadCpuTime();
        List<User> users = OptionsReader.read(file, name -> null).options().users;
        long millis = (threads.getCurrentThreadCpuTime() - start) / 1_000_000;
        assertTrue(millis < 1500, () -> millis + " ms");
        assertEquals(50_000, users.size());
        assertEquals("user49999", users.getLast().name());
        assertEquals(List.of("a.49999.>"), users.getLast().permissions().publish().allow());
    }

    @Test
    void manyKeysAndVariablesTakeLinearTime() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 100_000; i++)
            text.append("key").append(i).append(" = ").append(i == 0 ? "1" : "$key" + (i - 1)).append('\n');
        assertTimeoutPreemptively(Duration.ofSeconds(30),
                () -> assertEquals(1L, Config.parse(text.toString()).get("key99999")));
    }

    @Test
    void manyProblemsTakeLinearTime() {
        String users = "{user: a, permissions: {publish: a..b}}\n".repeat(50_000);
        assertTimeoutPreemptively(Duration.ofSeconds(30), () -> assertEquals(20,
                Config.error("authorization { users [" + users + "] }").lines().count()));
        StringBuilder unknown = new StringBuilder();
        for (int i = 0; i < 50_000; i++)
            unknown.append("max_payloads").append(i).append(": 1\n");
        assertTimeoutPreemptively(Duration.ofSeconds(30),
                () -> assertEquals(100, Config.warnings(unknown.toString()).size()));
    }
}
