package io.jnatsd.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.jnatsd.subject.FakeReceiver;
import io.jnatsd.subject.Receiver;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BatchFlushTest {
    private final Batch batch = new Batch();
    private final List<String> events = new ArrayList<>();
    private final FakeReceiver a = new FakeReceiver("a", null, events), b = new FakeReceiver("b", null, events);

    private void expect(String... expected) {
        assertEquals(List.of(expected), events);
        events.clear();
    }

    @Test
    void aReceiverIsFlushedOnceAtTheEndOfTheBatch() throws Exception {
        batch.sent(a, Receiver.DELIVERED | Receiver.FLUSH);
        batch.sent(b, Receiver.DELIVERED | Receiver.FLUSH);
        batch.sent(a, Receiver.DELIVERED);
        expect();
        batch.flush(false);
        expect("a: flush", "b: flush");
        batch.flush(true);
        expect();
    }

    @Test
    void aReceiverThatAnotherReaderFlushesIsNotFlushed() throws Exception {
        batch.sent(a, Receiver.DELIVERED);
        batch.flush(false);
        expect();
    }

    @Test
    void theReaderWaitsOnceForTheLastReceiverThatIsBehind() throws Exception {
        batch.sent(a, Receiver.DELIVERED | Receiver.FLUSH | Receiver.CROWDED);
        batch.sent(b, Receiver.DELIVERED | Receiver.CROWDED);
        batch.flush(false);
        expect("a: flush", "b: flush", "b: await room");
        batch.flush(false);
        expect();
    }

    @Test
    void anOverflowIsHandledAtOnce() throws Exception {
        batch.sent(a, Receiver.DELIVERED | Receiver.CROWDED | Receiver.OVERFLOW);
        expect("a: overflowed");
        batch.sent(b, Receiver.DELIVERED | Receiver.OVER_BUDGET);
        expect("b: over budget");
    }

    @Test
    void aFlushThatFailsDoesNotPreventTheFlushOfTheOthers() throws Exception {
        RuntimeException failure = new IllegalStateException("no flush");
        FakeReceiver broken = new FakeReceiver("broken", null, events);
        broken.failToFlush(failure);
        for (Receiver receiver : List.of(a, broken, b))
            batch.sent(receiver, Receiver.DELIVERED | Receiver.FLUSH);
        assertSame(failure, assertThrows(RuntimeException.class, () -> batch.flush(false)));
        expect("a: flush", "broken: flush", "b: flush");
        batch.flush(false);
        expect();
    }

    @Test
    void aNegativeLimitMeansNoLimit() {
        batch.begin(-1);
        assertEquals(Long.MAX_VALUE, batch.maxPending());
        batch.begin(1000);
        assertEquals(1000, batch.maxPending());
    }
}
