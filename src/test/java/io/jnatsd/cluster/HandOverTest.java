package io.jnatsd.cluster;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Servers that dial each other go from two connections to one; {@link CrossDialling} has the long form. */
@Timeout(120)
class HandOverTest {
    @ParameterizedTest
    @CsvSource({"0,0", "0,20", "150,0"})
    void noMessageIsLostLateOrDoubledWhileTwoConnectionsBecomeOne(int there, int back) throws Exception {
        CrossDialling.Outcome outcome = CrossDialling.round(o -> { }, there, back, Duration.ofMillis(2500));
        assertTrue(outcome.isGood(), outcome.toString());
    }

    /** What the old connection still carries comes in TLS records, and it ends with an alert of TLS. */
    @ParameterizedTest
    @CsvSource({"0,0", "0,20", "150,0"})
    void norWhereTheyUseTls(int there, int back) throws Exception {
        CrossDialling.Outcome outcome = CrossDialling.round(MeshTest.TLS, there, back, Duration.ofMillis(2500));
        assertTrue(outcome.isGood(), outcome.toString());
    }
}
