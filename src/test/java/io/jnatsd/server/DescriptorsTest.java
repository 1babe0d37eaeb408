package io.jnatsd.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DescriptorsTest {
    @ParameterizedTest
    @CsvSource({"64, 12", "1024, 80", "4096, 320", "65536, 1088", "1048576, 1088"})
    void someAreLeft(long limit, long left) {
        AtomicLong open = new AtomicLong(20);
        AtomicInteger counts = new AtomicInteger();
        Descriptors descriptors = new Descriptors(limit, () -> {
            counts.incrementAndGet();
            return open.get();
        });
        while (descriptors.sufficeForAnother())
            open.incrementAndGet();
        assertEquals(limit - left, open.get());
        assertTrue(counts.get() < 120, "counted " + counts + " times");
        assertFalse(descriptors.sufficeForAnother());
        open.decrementAndGet();
        assertTrue(descriptors.sufficeForAnother());
    }

    @Test
    void whatOthersUseCounts() {
        AtomicLong open = new AtomicLong(20);
        Descriptors descriptors = new Descriptors(1024, open::get);
        while (descriptors.sufficeForAnother())
            open.addAndGet(2);
        assertTrue(open.get() <= 1024 - 80 + 2, open::toString);
    }

    @Test
    void portsThatCountOnTheirOwnLeaveTheReserveTogether() {
        AtomicLong open = new AtomicLong(20);
        List<Descriptors> ports = Stream.generate(() -> new Descriptors(64, open::get)).limit(4).toList();
        for (int i = 0; i < 100; i++)
            for (Descriptors port : ports)
                if (port.sufficeForAnother())
                    open.incrementAndGet();
        assertTrue(open.get() <= 64 - 12 + ports.size(), open::toString);
    }

    @Test
    void anUnknownLimitIsNone() {
        assertTrue(new Descriptors(Long.MAX_VALUE, () -> 1_000_000_000).sufficeForAnother());
    }
}
