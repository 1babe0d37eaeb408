package io.jnatsd.jetstream.api;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class ApiFuzzTest {
    @Test
    void whateverIsAskedIsAnsweredAndNothingFails() throws IOException {
        long seed = ThreadLocalRandom.current().nextInt(), end = System.nanoTime() + TimeUnit.SECONDS.toNanos(2);
        try (ApiFuzz fuzz = new ApiFuzz(seed)) {
            do
                assertEquals("", fuzz.play(), "seed " + seed);
            while (System.nanoTime() < end);
        }
    }
}
