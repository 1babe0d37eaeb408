package io.jnatsd.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.api.Test;

class DepartedMembersTest {
    private final DepartedMembers departed = new DepartedMembers();

    @Test
    void theOldestAreForgottenWhenThereAreTooMany() {
        for (int i = 0; i < 10_000; i++)
            departed.add("QRSID:1:" + i, "workers");
        assertNull(departed.queue("QRSID:1:0"));
        assertEquals("workers", departed.queue("QRSID:1:9999"));
        assertEquals("workers", departed.queue("QRSID:1:9000"));
    }

    @Test
    void theOldestAreForgottenWhenTheirNamesTakeTooMuchMemory() {
        String queue = "q".repeat(4000);
        for (int i = 0; i < 1000; i++)
            departed.add("QRSID:1:" + i, queue);
        assertNull(departed.queue("QRSID:1:0"));
        assertEquals(queue, departed.queue("QRSID:1:999"));
        assertEquals(queue, departed.queue("QRSID:1:900"));
    }

    @Test
    void aMemberThatLeavesAgainCountsOnce() {
        String queue = "q".repeat(4000);
        departed.add("QRSID:1:1", "workers");
        for (int i = 0; i < 1000; i++)
            departed.add("QRSID:1:2", queue);
        assertEquals("workers", departed.queue("QRSID:1:1"));
    }
}
