package io.jnatsd.delivery;

import io.jnatsd.protocol.Message;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The subjects with the most traffic of late: an estimate in little memory, however many subjects there are. A sampled
 * message stands for those that went by since the one before. A fixed number of counters goes to the busiest: a
 * subject without one takes over the smallest, with its count, which is remembered as possible error (the
 * "space-saving" algorithm). Counts fade with time, so what is left is a rate.
 *
 * <p>Threads: any thread; {@code lock} guards everything. A reader that finds it taken leaves its sample out rather than
 * wait.
 */
public final class TopSubjects {
    private static final int COUNTERS = 256;
    /** Longer subjects get no counter: only a max_control_line above the default lets them through. */
    private static final int LONGEST = 4096;
    /** After so long a count has faded to 1/e. */
    private static final double FADE_SECONDS = 30;
    /** Instead of shrinking all counts, new ones weigh more; when they weigh so much, all are scaled down. */
    private static final double HEAVIEST = 1e9;

    private final ReentrantLock lock = new ReentrantLock();
    private final List<Counter> counters = new ArrayList<>();
    private final long started = System.nanoTime();
    /** When a new count weighed 1. */
    private long lightest = started;

    private static final class Counter {
        private byte[] subject;
        private int hash;
        private double messages, error, bytes;
    }

    /** Messages and payload bytes a second that a subject has had lately, at the least. */
    public record Rate(String subject, double messages, double bytes) {
    }

    /** So many messages, of which this is one. */
    void sample(Message one, long messages, long bytes) {
        if (one.subjectLength() > LONGEST || !lock.tryLock())
            return;
        try {
            double weight = weight();
            Counter counter = counter(one);
            counter.messages += messages * weight;
            counter.bytes += bytes * weight;
        } finally {
            lock.unlock();
        }
    }

    private Counter counter(Message m) {
        byte[] in = m.buffer();
        int start = m.subjectStart(), end = start + m.subjectLength();
        Counter smallest = null;
        for (Counter c : counters) {
            if (c.hash == m.subjectHash() && Arrays.equals(c.subject, 0, c.subject.length, in, start, end))
                return c;
            if (smallest == null || c.messages < smallest.messages)
                smallest = c;
        }
        if (counters.size() < COUNTERS)
            counters.add(smallest = new Counter());
        smallest.subject = Arrays.copyOfRange(in, start, end);
        smallest.hash = m.subjectHash();
        smallest.error = smallest.messages;
        smallest.bytes = 0;
        return smallest;
    }

    private double weight() {
        double weight = Math.exp(seconds(lightest) / FADE_SECONDS);
        if (weight < HEAVIEST)
            return weight;
        for (Counter c : counters) {
            c.messages /= weight;
            c.error /= weight;
            c.bytes /= weight;
        }
        lightest = System.nanoTime();
        return 1;
    }

    private static double seconds(long since) {
        return (System.nanoTime() - since) / (double) TimeUnit.SECONDS.toNanos(1);
    }

    /** The busiest, busiest first. */
    public List<Rate> busiest(int most) {
        List<Rate> rates = new ArrayList<>();
        lock.lock();
        try {
            // What a steady rate of 1 a second would have added up to by now.
            double unit = weight() * FADE_SECONDS * -Math.expm1(-seconds(started) / FADE_SECONDS);
            for (Counter c : counters)
                rates.add(new Rate(new String(c.subject, StandardCharsets.UTF_8), (c.messages - c.error) / unit,
                        c.bytes / unit));
        } finally {
            lock.unlock();
        }
        rates.sort(Comparator.comparingDouble(Rate::messages).reversed());
        return rates.size() <= most ? rates : new ArrayList<>(rates.subList(0, most));
    }
}
