package io.jnatsd.monitor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GoTimeTest {
    @ParameterizedTest
    @CsvSource({"22, 22s", "262, 4m22s", "14662, 4h4m22s", "2779462, 32d4h4m22s", "696571462, 22y32d4h4m22s",
        "0, 0s", "3600, 1h0m0s", "86400, 1d0h0m0s", "31536000, 1y0d0h0m0s", "-5, 0s"})
    void uptimeHasNoLeadingZeroUnits(long seconds, String text) {
        assertEquals(text, GoTime.uptime(Duration.ofSeconds(seconds).plusMillis(seconds < 0 ? 0 : 999)));
    }

    @ParameterizedTest
    @CsvSource({"2026-11-21T19:53:14.272328598Z, .272328598", "2026-11-21T19:53:14.5Z, .5", "2026-11-21T19:53:14Z, ''"})
    void timesHaveAsManyDigitsAsTheyNeed(String time, String fraction) {
        String text = GoTime.format(Instant.parse(time));
        assertEquals(Instant.parse(time), OffsetDateTime.parse(text).toInstant());
        assertEquals(fraction, text.replaceFirst("^.{19}", "").replaceFirst("(Z|[+-]\\d\\d:\\d\\d)$", ""));
    }
}
