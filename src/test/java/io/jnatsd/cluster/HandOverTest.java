package io.jnatsd.cluster;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests that servers which dial each other go from two connections to one; {@link CrossDialling} is the long form. */
@Timeout(120)
class HandOverTest {
    @ParameterizedTest
    @CsvSource({"0,0", "0,20", "150,0"})
    void noMessageIsLostLateOrDoubledWhileTwoConnectionsBecomeOne(int there, int back) throws Exception {
        CrossDialling.Outcome outcome = CrossDialling.round(o -> { }, there, back, Duration.ofMillis(2500));
        assertTrue(outcome.isGood(), outcome.toString());
    }

    /** The last data on the old connection is in TLS records, and the connection ends with a TLS alert. */
    @ParameterizedTest
    @CsvSource({"0,0", "0,20", "150,0"})
    void noMessageIsLostWithTlsEither(int there, int back) throws Exception {
        CrossDialling.Outcome outcome = CrossDialling.round(MeshTest.TLS, there, back, Duration.ofMillis(2500));
        assertTrue(outcome.isGood(), outcome.toString());
    }
}
