package io.jnatsd.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jnatsd.connection.Lifecycle.Phase;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class LifecycleTest {
    private final Lifecycle life = new Lifecycle();

    @Test
    void aConnectionOpensClosesLingersAndDies() throws Exception {
        assertEquals(Phase.OPENING, life.phase());
        life.opened();
        assertEquals(Phase.OPEN, life.phase());
        assertFalse(life.isEnding());
        assertNull(life.reason());
        assertTrue(life.close(CloseReason.STALE, true));
        assertEquals(Phase.CLOSING, life.phase());
        assertTrue(life.isEnding());
        assertTrue(life.lingerNeeded());
        assertFalse(life.awaitOutput(0));
        life.linger();
        assertEquals(Phase.LINGERING, life.phase());
        assertTrue(life.awaitOutput(0));
        life.die();
        assertEquals(Phase.DEAD, life.phase());
        assertEquals(CloseReason.STALE, life.reason());
    }

    @Test
    void theFirstReasonIsKept() {
        assertTrue(life.close(CloseReason.CLIENT_CLOSED, false));
        assertFalse(life.close(CloseReason.SERVER_SHUTDOWN, true));
        assertEquals(CloseReason.CLIENT_CLOSED, life.reason());
        assertFalse(life.lingerNeeded());
    }

    @Test
    void aConnectionThatEndsWhileItOpensIsNeverOpen() {
        life.close(CloseReason.TLS_HANDSHAKE, true);
        life.opened();
        assertEquals(Phase.CLOSING, life.phase());
    }

    @Test
    void aDeadConnectionDoesNotLinger() throws Exception {
        life.close(CloseReason.KICKED, true);
        life.die();
        life.linger();
        assertEquals(Phase.DEAD, life.phase());
        assertTrue(life.awaitOutput(0));
    }

    @Test
    void everyReasonIsKeptAsItIs() {
        for (CloseReason reason : CloseReason.values()) {
            Lifecycle each = new Lifecycle();
            each.close(reason, false);
            assertEquals(reason, each.reason());
            each.die();
            assertEquals(reason, each.reason());
        }
    }

    @Test
    void ofManyThreadsThatCloseOneDoes() throws Exception {
        try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
            for (int round = 0; round < 1000; round++) {
                Lifecycle each = new Lifecycle();
                CyclicBarrier start = new CyclicBarrier(2);
                List<Future<Boolean>> closed = threads.invokeAll(List.of(() -> {
                    start.await();
                    return each.close(CloseReason.STALE, false);
                }, () -> {
                    start.await();
                    return each.close(CloseReason.KICKED, false);
                }));
                boolean first = closed.get(0).get(), second = closed.get(1).get();
                assertTrue(first != second);
                assertEquals(first ? CloseReason.STALE : CloseReason.KICKED, each.reason());
            }
        }
    }
}
