package io.jnatsd.jetstream.store;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * Forces the files of all streams to the disk at intervals, so that a loss of power costs at most what was stored since.
 * Threads: {@link #run} is a platform thread; any thread calls the other methods.
 */
public final class SyncThread implements Runnable {
    private final long interval;
    private final Consumer<Throwable> failed;
    private final Set<FileStore> stores = ConcurrentHashMap.newKeySet();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final AtomicLong count = new AtomicLong();
    private final AtomicLong nanos = new AtomicLong();
    /** Guarded by {@link #lock}. */
    private boolean closed;

    /**
     * @param interval in nanoseconds
     * @param failed is told of what cannot be forced
     */
    public SyncThread(long interval, Consumer<Throwable> failed) {
        this.interval = interval;
        this.failed = failed;
    }

    public void add(FileStore store) {
        stores.add(store);
    }

    public void remove(FileStore store) {
        stores.remove(store);
    }

    @Override
    public void run() {
        try {
            while (rest())
                forceAll();
        } catch (InterruptedException e) {
            // The server ends.
        }
    }

    private boolean rest() throws InterruptedException {
        lock.lock();
        try {
            for (long left = interval; left > 0 && !closed;)
                left = changed.awaitNanos(left);
            return !closed;
        } finally {
            lock.unlock();
        }
    }

    private void forceAll() {
        for (FileStore each : stores) {
            if (!each.isDirty())
                continue;
            long start = System.nanoTime();
            try {
                each.force();
            } catch (Throwable e) {
                // The files of other streams, and those of this one the next time, are still to be forced.
                failed.accept(e);
            }
            nanos.addAndGet(System.nanoTime() - start);
            count.incrementAndGet();
        }
    }

    /** Returns how often the files of a stream were forced. */
    public long count() {
        return count.get();
    }

    /** Returns how long that took, all together, in seconds. */
    public double seconds() {
        return nanos.get() / (double) TimeUnit.SECONDS.toNanos(1);
    }

    public void close() {
        lock.lock();
        try {
            closed = true;
            changed.signal();
        } finally {
            lock.unlock();
        }
    }
}
