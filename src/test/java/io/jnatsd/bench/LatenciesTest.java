package io.jnatsd.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class LatenciesTest {
    @Test
    void smallValuesAreExact() {
        Latencies latencies = new Latencies();
        for (int i = 1; i <= 200; i++)
            latencies.record(i);
        assertEquals(100, latencies.percentile(50));
        assertEquals(180, latencies.percentile(90));
        assertEquals(198, latencies.percentile(99));
        assertEquals(200, latencies.percentile(99.9));
        assertEquals(200, latencies.percentile(100));
        assertEquals(1, latencies.percentile(0));
        assertEquals(100.5, latencies.mean());
    }

    @Test
    void wholeRanksAreNotRoundedUp() {
        Latencies latencies = new Latencies();
        for (int i = 0; i < 999; i++)
            latencies.record(7);
        latencies.record(500);
        assertEquals(7, latencies.percentile(99.9));
        assertEquals(500, latencies.max());
    }

    @Test
    void percentilesAgreeWithSortingWithinHalfAPercent() {
        Random random = new Random(42);
        Latencies latencies = new Latencies();
        long[] values = new long[20_000];
        for (int i = 0; i < values.length; i++) {
            values[i] = (long) Math.exp(random.nextDouble() * 40);
            latencies.record(values[i]);
        }
        Arrays.sort(values);
        for (double percent : new double[] {1, 10, 50, 90, 99, 99.9}) {
            long exact = values[(int) Math.ceil(values.length * percent / 100) - 1];
            long told = latencies.percentile(percent);
            assertTrue(told >= exact && told <= exact * 1.005 + 1, percent + ": " + told + " for " + exact);
        }
        assertEquals(values[0], latencies.min());
        assertEquals(values[values.length - 1], latencies.percentile(100));
    }

    @Test
    void extremesFit() {
        Latencies latencies = new Latencies();
        latencies.record(Long.MAX_VALUE);
        latencies.record(0);
        latencies.record(-5);
        assertEquals(0, latencies.percentile(50));
        assertEquals(Long.MAX_VALUE, latencies.percentile(99));
    }

    @Test
    void sumOfTwoIsAsIfRecordedInOne() {
        Latencies one = new Latencies(), other = new Latencies(), sum = new Latencies();
        one.record(1);
        other.record(3);
        other.record(1_000_000);
        sum.add(one);
        sum.add(other);
        sum.add(new Latencies());
        assertEquals(3, sum.percentile(50));
        assertEquals(1, sum.min());
        assertEquals(1_000_000, sum.max());
        assertTrue(new Latencies().isEmpty());
    }
}
