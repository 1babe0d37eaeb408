package io.jnatsd.campaign;

import io.jnatsd.campaign.ChaosMesh.Event;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The short form of {@link MeshChaos}, with limits for a busy machine. */
@Timeout(300)
class MeshChaosTest {
    private static final int BUSY = 10;

    @TempDir
    Path dir;

    @Test
    void aMeshHealsAndLosesNothingBetweenServersThatAreNotDisturbed() throws Exception {
        try (MeshChaos chaos = new MeshChaos(dir, 3, 17, BUSY)) {
            chaos.step(0, Event.CUT);
            chaos.step(1, Event.NEW_CERTIFICATES);
            chaos.step(2, Event.KILL);
            chaos.step(1, Event.HOLD_ONE_WAY);
        }
    }
}
