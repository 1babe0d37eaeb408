package io.jnatsd.jetstream.consumer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DeadlinesTest {
    private static final class Timer extends Deadlines.Element {
    }

    @Test
    void theEarliestComesFirstHoweverDeadlinesChange() {
        Random random = new Random(1);
        Deadlines<Timer> deadlines = new Deadlines<>();
        List<Timer> set = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            int choice = random.nextInt(4);
            if (choice == 0 || set.isEmpty()) {
                Timer added = new Timer();
                deadlines.set(added, random.nextInt(1000));
                set.add(added);
            } else if (choice == 1) {
                deadlines.set(set.get(random.nextInt(set.size())), random.nextInt(1000));
            } else if (choice == 2) {
                deadlines.remove(set.remove(random.nextInt(set.size())));
            } else {
                Timer first = deadlines.poll(Long.MAX_VALUE);
                assertEquals(set.stream().mapToLong(timer -> timer.deadline).min().orElseThrow(), first.deadline);
                set.remove(first);
            }
            assertEquals(set.stream().mapToLong(timer -> timer.deadline).min().orElse(Long.MAX_VALUE), deadlines.earliest());
        }
        set.sort(Comparator.comparingLong(timer -> timer.deadline));
        for (Timer timer : set)
            assertEquals(timer.deadline, deadlines.poll(Long.MAX_VALUE).deadline);
        assertNull(deadlines.poll(Long.MAX_VALUE));
    }

    @Test
    void whatIsNotDueStays() {
        Deadlines<Timer> deadlines = new Deadlines<>();
        Timer timer = new Timer();
        deadlines.set(timer, 10);
        assertNull(deadlines.poll(9));
        assertSame(timer, deadlines.poll(10));
        deadlines.set(timer, 20);
        deadlines.set(timer, Long.MAX_VALUE);
        assertEquals(Long.MAX_VALUE, deadlines.earliest());
    }
}
