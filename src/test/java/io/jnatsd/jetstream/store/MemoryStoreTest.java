package io.jnatsd.jetstream.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MemoryStoreTest extends MessageStoreTests {
    @BeforeEach
    void open() {
        store = new MemoryStore(MessageSize.MEMORY, 1);
    }

    @Override
    MessageSize sizes() {
        return MessageSize.MEMORY;
    }

    @Test
    void memoryIsGivenBack() {
        for (int i = 0; i < 20_000; i++)
            append("s." + i, "x".repeat(100), -1);
        long full = store.memory();
        for (int i = 0; i < 20_000; i += 2)
            store.remove(i + 1);
        assertTrue(store.memory() < full * 3 / 4, full + " " + store.memory());
        store.purge(SubjectFilter.ALL, 0, 0);
        assertTrue(store.memory() <= Arena.BLOCK, String.valueOf(store.memory()));
    }

    @Test
    void aStreamTakesAsMuchMemoryAsItsMessagesNeed() {
        assertEquals(0, store.memory());
        append("a", "x", -1);
        assertTrue(store.memory() < 16 * 1024, "of one message: " + store.memory());
        for (int i = 0; i < 2000; i++)
            append("a", "x".repeat(1000), -1);
        assertTrue(store.memory() > 2_000_000 && store.memory() < 3_000_000, "of 2 MB: " + store.memory());
        store.purge(SubjectFilter.ALL, 0, 0);
        assertTrue(store.memory() < 16 * 1024, "of none: " + store.memory());
        for (int i = 0; i < 2000; i++) {
            append("a", "x".repeat(i % 40_000), -1);
            store.removeFirst();
        }
        assertTrue(store.memory() < 64 * 1024, "of none: " + store.memory());
    }
}
