package io.jnatsd.jetstream.consumer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class PendingMessagesTest {
    @Test
    void messagesAreFoundAndKeepTheirOrderWhateverIsRemoved() {
        Random random = new Random(2);
        PendingMessages pending = new PendingMessages();
        TreeMap<Long, Pending> expected = new TreeMap<>();
        long sequence = 0;
        for (int i = 0; i < 20_000; i++) {
            // Grows to thousands, and shrinks to nothing.
            boolean add = random.nextInt(10) < (i / 5000 % 2 == 0 ? 7 : 3);
            if (add) {
                sequence += 1 + random.nextInt(3);
                Pending message = new Pending(sequence, i);
                pending.add(message);
                expected.put(sequence, message);
            } else {
                long any = random.nextInt((int) sequence + 2);
                Long key = random.nextBoolean() ? expected.ceilingKey(any) : Long.valueOf(any);
                assertSame(key == null ? null : expected.remove(key), key == null ? null : pending.remove(key));
            }
            assertEquals(expected.size(), pending.size());
            assertSame(expected.isEmpty() ? null : expected.firstEntry().getValue(), pending.first());
        }
        List<Long> order = new ArrayList<>();
        for (Pending each = pending.first(); each != null; each = each.after)
            order.add(each.sequence);
        assertEquals(List.copyOf(expected.keySet()), order);
        expected.forEach((key, message) -> assertSame(message, pending.get(key)));
    }

    @Test
    void aRemovedMessageIsNeitherDueNorDeliveredAgain() {
        PendingMessages pending = new PendingMessages();
        for (long sequence = 1; sequence <= 3; sequence++) {
            Pending message = new Pending(sequence, sequence);
            pending.add(message);
            pending.due(message, 10 * sequence);
        }
        pending.again(pending.get(2));
        assertSame(pending.get(2), pending.firstAgain());
        pending.remove(1);
        pending.remove(2);
        assertNull(pending.firstAgain());
        assertEquals(30, pending.earliestDue());
        assertNull(pending.pollDue(29));
        assertEquals(3, pending.pollDue(30).sequence);
    }
}
