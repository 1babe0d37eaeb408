package io.jnatsd.jetstream.store;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The short form of {@link CrashCampaign}. */
@Timeout(300)
class CrashTest {
    private static final int ROUNDS = 30;

    @TempDir
    private Path folder;

    @Test
    void whatWasAcknowledgedSurvivesTheEndOfTheProcess() throws Exception {
        try (CrashCampaign campaign = new CrashCampaign(folder, 1, 150)) {
            for (int round = 1; round <= ROUNDS; round++)
                assertEquals(List.of(), campaign.round(round % 3 == 0, round % 10 == 0), "round " + round);
            assertEquals(List.of(), campaign.end());
        }
    }
}
