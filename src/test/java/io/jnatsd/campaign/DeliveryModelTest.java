package io.jnatsd.campaign;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The short form of {@link DeliveryCampaign}: fixed seeds, one server and a mesh. */
class DeliveryModelTest {
    private static final int CLIENTS = 8;

    @TempDir
    Path dir;

    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void oneServerDoesWhatTheModelSays(long seed) throws Exception {
        DeliveryRun.play(RandomScript.of(seed, CLIENTS, 1, 4000), dir, 1);
    }

    @ParameterizedTest
    @ValueSource(longs = {3, 4})
    void aMeshDoesWhatTheModelSays(long seed) throws Exception {
        DeliveryRun.play(RandomScript.of(seed, CLIENTS, 3, 2000), dir, 3);
    }

    @Test
    void theTextOfAScriptGivesTheSameScript() {
        List<Step> script = RandomScript.of(5, CLIENTS, 2, 2000);
        assertEquals(script, Step.parse(script.stream().map(Step::toString).toList()));
    }
}
