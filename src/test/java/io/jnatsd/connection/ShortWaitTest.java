package io.jnatsd.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import org.junit.jupiter.api.Test;

class ShortWaitTest {
    private static final int READS = 1000, SMALL = 20, LARGE = 64 * 1024, NEVER = Integer.MAX_VALUE;

    /** Input that arrives at a poll of the given number, counted from the first one after a read. */
    private static final class Input extends InputStream {
        int arrivesAt;
        int polls;
        /** The bytes that the peer was sent. */
        long sent;

        Input(int arrivesAt) {
            this.arrivesAt = arrivesAt;
        }

        @Override
        public int available() {
            polls++;
            return polls >= arrivesAt ? 1 : 0;
        }

        @Override
        public int read() {
            throw new AssertionError("not read here");
        }
    }

    private static int polledReads(ShortWait wait, Input input, int batch, int answer) throws IOException {
        int polled = 0;
        for (int i = 0; i < READS; i++) {
            input.polls = 0;
            input.sent += answer;
            wait.await(batch);
            if (input.polls > 0)
                polled++;
        }
        return polled;
    }

    @Test
    void aPeerThatSendsSoonIsPolledOften() throws IOException {
        Input input = new Input(3);
        assertTrue(polledReads(new ShortWait(input, () -> input.sent, () -> false), input, SMALL, 6) > READS - 100);
    }

    @Test
    void aPeerThatSendsLateIsPolledSeldomAndAgainOftenWhenItBecomesQuick() throws IOException {
        Input input = new Input(NEVER);
        ShortWait wait = new ShortWait(input, () -> input.sent, () -> false);
        polledReads(wait, input, SMALL, 6);
        int polled = polledReads(wait, input, SMALL, 6);
        assertTrue(polled > 0 && polled < READS / 50, () -> polled + " polled reads");
        input.arrivesAt = 2;
        assertTrue(polledReads(wait, input, SMALL, 6) > READS - 100);
    }

    @Test
    void afterALargeBatchThereIsNoPoll() throws IOException {
        Input input = new Input(2);
        assertEquals(0, polledReads(new ShortWait(input, () -> input.sent, () -> false), input, LARGE, 6));
    }

    @Test
    void pollingEndsWhenOthersWantToRun() throws IOException {
        Input input = new Input(2);
        int polled = polledReads(new ShortWait(input, () -> input.sent, () -> true), input, SMALL, 6);
        assertTrue(polled < READS / 50, () -> polled + " polled reads");
    }

    @Test
    void aPeerThatGetsNoAnswersIsNotPolled() throws IOException {
        Input input = new Input(2);
        assertEquals(0, polledReads(new ShortWait(input, () -> input.sent, () -> false), input, SMALL, 0));
    }

    @Test
    void inputThatIsThereAlreadyEndsTheWaitAtOnce() throws IOException {
        Input input = new Input(1);
        polledReads(new ShortWait(input, () -> input.sent, () -> false), input, SMALL, 6);
        assertEquals(1, input.polls);
    }
}
