package io.jnatsd.campaign;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The short form of {@link RollingRestart}. */
@Timeout(300)
class RollingRestartTest {
    private static final Duration ANSWERED = Duration.ofSeconds(30);

    @TempDir
    Path dir;

    @Test
    void noRequestFailsWhileServersAreReloadedAndRestarted() throws Exception {
        try (RollingRestart run = new RollingRestart(dir, 3, ANSWERED)) {
            run.next();
            run.next();
            run.end();
            assertEquals(List.of(), run.failures());
            assertTrue(run.requests() > 0);
        }
    }
}
