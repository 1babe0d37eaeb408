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
 * An estimate of the subjects with the most traffic, in a fixed amount of memory. A sampled message represents all
 * messages since the previous sample. There is a fixed number of counters. A subject without a counter takes over the
 * smallest one including its count, which is stored as the possible error (the "space-saving" algorithm). Counts decay
 * over time, so that they represent a rate.
 *
 * <p>Threads: any thread. {@code lock} guards all fields. A reader that cannot take the lock at once skips its sample.
 */
public final class TopSubjects {
    private static final int COUNTERS = 256;
    /** Longer subjects get no counter. They are only possible if max_control_line is above its default. */
    private static final int LONGEST = 4096;
    /** The time in which a count decays to 1/e. */
    private static final double FADE_SECONDS = 30;
    /** New counts get a higher weight instead of reducing all old ones. At this weight all counts are scaled down. */
    private static final double HEAVIEST = 1e9;

    private final ReentrantLock lock = new ReentrantLock();
    private final List<Counter> counters = new ArrayList<>();
    private final long started = System.nanoTime();
    /** The time at which a new count had the weight 1. */
    private long lightest = started;

    private static final class Counter {
        private byte[] subject;
        private int hash;
        private double messages, error, bytes;
    }

    /** The recent rate of a subject in messages and payload bytes per second, as a lower bound. */
    public record Rate(String subject, double messages, double bytes) {
    }

    /** Counts a sample that represents this number of messages and bytes. */
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

    /** Returns the busiest subjects, in descending order. */
    public List<Rate> busiest(int most) {
        List<Rate> rates = new ArrayList<>();
        lock.lock();
        try {
            // The count that a constant rate of 1 per second would have reached by now.
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
