package io.jnatsd.connection;

import java.io.IOException;
import java.io.InputStream;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * A short wait for input by polling, before the reader waits in {@code read}. A virtual thread that waits in
 * {@code read} costs several system calls and two switches of threads, more than the rest of a round trip. A client that
 * sends one request after the other sends the next one within microseconds of the answer.
 *
 * <p>Polling is only tried after the peer was sent something, and with a peer for which it succeeds: after each
 * failure, more reads go by without it, and after each success fewer. It ends when other virtual threads want to run.
 *
 * <p>Threads: the connection's reader only.
 */
final class ShortWait {
    /** Less than 200 microseconds: the time that a peer on the same machine needs. */
    private static final int POLLS = 192;
    private static final int POLLS_BETWEEN_YIELDS = 16;
    /** A longer yield means that another virtual thread has run. */
    private static final long LONG_YIELD_NANOS = 5_000;
    /** After a larger batch, more input is probably on its way already. */
    private static final int SMALL_BATCH = 1024;
    private static final int FIRST_SKIPPED = 7, MOST_SKIPPED = 63;

    /** The input of the plain socket; a TLS socket over it would report less. */
    private final InputStream plain;
    /** The number of bytes that were sent to the peer. */
    private final LongSupplier output;
    private final BooleanSupplier others;
    private long lastOutput;
    /** The number of reads that go by without polling after the last attempt. */
    private int skipped = FIRST_SKIPPED;
    /** The number of them that are still to come. */
    private int toSkip = FIRST_SKIPPED;

    ShortWait(InputStream plain, LongSupplier output) {
        this(plain, output, ShortWait::isOtherRunnable);
    }

    /** @param others lets other virtual threads run, and returns whether there was one */
    ShortWait(InputStream plain, LongSupplier output, BooleanSupplier others) {
        this.plain = plain;
        this.output = output;
        this.others = others;
    }

    /**
     * Waits until a byte has arrived, if that is soon.
     *
     * @param batchSize number of bytes of the last read
     */
    void await(int batchSize) throws IOException {
        if (batchSize > SMALL_BATCH)
            return;
        if (toSkip > 0) {
            toSkip--;
            return;
        }
        long sent = output.getAsLong();
        boolean isAnswered = sent != lastOutput;
        lastOutput = sent;
        if (!isAnswered || plain.available() > 0)
            return;
        skipped = arrives() ? skipped / 2 : Math.min(2 * skipped + 1, MOST_SKIPPED);
        toSkip = skipped;
    }

    private boolean arrives() throws IOException {
        for (int i = 0; i < POLLS; i++) {
            if (i % POLLS_BETWEEN_YIELDS == 0 && others.getAsBoolean())
                return false;
            if (plain.available() > 0)
                return true;
        }
        return false;
    }

    private static boolean isOtherRunnable() {
        long begun = System.nanoTime();
        Thread.yield();
        return System.nanoTime() - begun > LONG_YIELD_NANOS;
    }
}
