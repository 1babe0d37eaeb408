package io.jnatsd.server;

import java.io.IOException;
import java.nio.channels.Channel;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Closes a channel after a time, which ends the calls that block on it: Unix domain sockets have no timeouts. Threads:
 * one that uses the channel, and a platform thread that waits. A virtual thread would not do, because blocking calls on
 * such sockets can occupy all carriers.
 */
final class TimeLimit implements AutoCloseable {
    private final long nanos;
    private final CountDownLatch done = new CountDownLatch(1);
    /** Written by the thread that uses the channel. */
    private volatile long end;
    /** Written by the waiting thread before it closes the channel. */
    private volatile boolean passed;

    TimeLimit(Channel channel, Duration time) {
        nanos = time.toNanos();
        renew();
        Thread.ofPlatform().daemon().name("time-limit").start(() -> closeAtTheEnd(channel));
    }

    private void closeAtTheEnd(Channel channel) {
        try {
            for (long left = nanos; left > 0; left = end - System.nanoTime())
                if (done.await(left, TimeUnit.NANOSECONDS))
                    return;
            passed = true;
            channel.close();
        } catch (InterruptedException | IOException e) {
            // This thread is never interrupted. If the close fails, the channel has ended its calls all the same.
            done.countDown();
        }
    }

    /** Starts the time again, after the peer has made progress. */
    void renew() {
        end = System.nanoTime() + nanos;
    }

    /** Returns whether the channel has been closed, or is about to be. */
    boolean passed() {
        return passed;
    }

    @Override
    public void close() {
        done.countDown();
    }
}
