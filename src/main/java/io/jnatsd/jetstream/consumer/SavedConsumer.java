package io.jnatsd.jetstream.consumer;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;

/**
 * A consumer as it is kept in a file: its configuration as JSON, and how far it is. What was delivered or acknowledged
 * after it was saved is delivered again. Threads: immutable.
 *
 * @param next the sequence from which on messages are new
 * @param replayUntil the last sequence that is delivered with pauses, 0 for none
 * @param firstOnes the sequences that come before {@code next}
 * @param pending for each message that is not acknowledged: its sequence, that of its delivery, and how often it was
 *         delivered
 * @param exhausted the sequences that were delivered as often as allowed
 */
record SavedConsumer(byte[] config, Instant created, Progress.Position delivered, Progress.Position floor, long next,
        long replayUntil, long[] firstOnes, long[] pending, long[] exhausted) {
    private static final int VERSION = 1, POSITION = 28, FIXED = 4 + 12 + 2 * POSITION + 16 + 4 * Integer.BYTES;
    /** Numbers of a message in {@code pending}. */
    static final int PENDING = 3;

    byte[] bytes() {
        int longs = firstOnes.length + pending.length + exhausted.length;
        ByteBuffer to = ByteBuffer.allocate(FIXED + config.length + Long.BYTES * longs).order(ByteOrder.LITTLE_ENDIAN);
        to.putInt(VERSION).putInt(config.length).put(config);
        put(to, created);
        put(to, delivered);
        put(to, floor);
        to.putLong(next).putLong(replayUntil);
        put(to, firstOnes);
        put(to, pending);
        put(to, exhausted);
        return to.array();
    }

    private static void put(ByteBuffer to, Instant time) {
        to.putLong(time == null ? 0 : time.getEpochSecond()).putInt(time == null ? 0 : time.getNano());
    }

    private static void put(ByteBuffer to, Progress.Position position) {
        to.putLong(position.consumerSequence()).putLong(position.streamSequence());
        put(to, position.time());
    }

    private static void put(ByteBuffer to, long[] numbers) {
        to.putInt(numbers.length);
        for (long each : numbers)
            to.putLong(each);
    }

    /** Returns what {@link #bytes} returned; null if this version cannot read it. */
    static SavedConsumer of(byte[] bytes) {
        ByteBuffer from = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        try {
            if (from.getInt() != VERSION)
                return null;
            byte[] config = new byte[from.getInt()];
            from.get(config);
            Instant created = instant(from);
            Progress.Position delivered = position(from), floor = position(from);
            return new SavedConsumer(config, created, delivered, floor, from.getLong(), from.getLong(), longs(from), longs(from),
                    longs(from));
        } catch (BufferUnderflowException | NegativeArraySizeException e) {
            return null;
        }
    }

    private static Instant instant(ByteBuffer from) {
        long seconds = from.getLong();
        int nanos = from.getInt();
        return seconds == 0 && nanos == 0 ? null : Instant.ofEpochSecond(seconds, nanos);
    }

    private static Progress.Position position(ByteBuffer from) {
        return new Progress.Position(from.getLong(), from.getLong(), instant(from));
    }

    private static long[] longs(ByteBuffer from) {
        long[] numbers = new long[from.getInt()];
        for (int i = 0; i < numbers.length; i++)
            numbers[i] = from.getLong();
        return numbers;
    }
}
