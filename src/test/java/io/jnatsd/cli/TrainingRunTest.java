package io.jnatsd.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The training run works. The launcher does not report its failure. */
@Timeout(120)
class TrainingRunTest {
    @Test
    void itIsPlayedToTheEnd() throws Exception {
        List<String> command = ServerProcess.java();
        command.set(command.size() - 1, TrainingRun.class.getName());
        try (ServerProcess process = ServerProcess.launchQuiet(command)) {
            Ended ended = process.ended();
            assertEquals(0, ended.code(), ended.err());
            assertTrue(ended.err().contains("Server is ready"), ended.err());
        }
    }
}
