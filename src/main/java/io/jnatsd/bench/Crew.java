package io.jnatsd.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;

/**
 * The connections of one run and the threads that use them. All threads start at the same moment; the first failure
 * ends the run. Threads: one thread creates and runs it; the jobs call {@link #count} and {@link #startNanos}. Jobs run
 * on platform threads, so that measured times do not include the scheduling of virtual threads.
 */
final class Crew implements AutoCloseable {
    private static final long PROGRESS_MILLIS = 100;

    private final Endpoint endpoint;
    private final Tls tls;
    private final int timeoutMillis;
    private final List<Peer> peers = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private int leaders;

    private final CountDownLatch gate = new CountDownLatch(1);
    private final AtomicReference<IOException> failure = new AtomicReference<>();
    private final LongAdder steps = new LongAdder();
    /** The number of leading jobs that have not ended. Set before the threads start. */
    private CountDownLatch working;
    /** Written before the gate opens. */
    private long startNanos;

    /** The task of a thread. It ends when its peer is finished; its thread is interrupted then. */
    interface Job {
        void run() throws IOException, InterruptedException;
    }

    /** @param timeoutMillis for each step of connecting, and for a run without progress */
    Crew(Endpoint endpoint, Tls tls, int timeoutMillis) {
        this.endpoint = endpoint;
        this.tls = tls;
        this.timeoutMillis = timeoutMillis;
    }

    Peer connect(String name) throws BenchFailure {
        Peer peer = Peer.connect(endpoint, tls, name, timeoutMillis);
        peers.add(peer);
        return peer;
    }

    /** Adds a job that the run waits for. */
    void lead(String name, Job job) {
        leaders++;
        threads.add(Thread.ofPlatform().daemon().name(name).unstarted(() -> {
            perform(job);
            working.countDown();
        }));
    }

    /** Adds a job that lasts as long as the run. */
    void follow(String name, Job job) {
        threads.add(Thread.ofPlatform().daemon().name(name).unstarted(() -> perform(job)));
    }

    private void perform(Job job) {
        try {
            gate.await();
            job.run();
        } catch (IOException e) {
            fail(e);
        } catch (InterruptedException e) {
            // The run has ended.
        } catch (RuntimeException | OutOfMemoryError e) {
            fail(new BenchFailure("internal error in " + Thread.currentThread().getName() + ": " + e));
        }
    }

    private void fail(IOException e) {
        failure.compareAndSet(null, e);
        while (working.getCount() > 0)
            working.countDown();
    }

    /** Counts messages sent or received. A run is given up when nothing has been counted for the timeout. */
    void count(long messages) {
        steps.add(messages);
    }

    /** Returns when the gate was opened. */
    long startNanos() {
        return startNanos;
    }

    /**
     * Runs all jobs until the leading jobs have ended.
     *
     * @param patient whether to wait for the first message without a timeout
     * @return false if the run was given up for lack of progress
     */
    boolean run(Progress progress, boolean patient) throws BenchFailure, InterruptedException {
        working = new CountDownLatch(leaders);
        threads.forEach(Thread::start);
        startNanos = System.nanoTime();
        gate.countDown();
        boolean ended = watch(progress, patient);
        close();
        for (Thread thread : threads)
            thread.join();
        progress.clear();
        IOException fault = failure.get();
        if (fault != null)
            throw fault instanceof BenchFailure known ? known : new BenchFailure("failed", fault);
        return ended;
    }

    private boolean watch(Progress progress, boolean patient) throws InterruptedException {
        long seen = 0, since = System.nanoTime();
        while (!working.await(PROGRESS_MILLIS, TimeUnit.MILLISECONDS)) {
            long now = System.nanoTime(), done = steps.sum();
            if (done != seen || patient && done == 0) {
                seen = done;
                since = now;
            }
            if (now - since > TimeUnit.MILLISECONDS.toNanos(timeoutMillis))
                return false;
            progress.draw(done, now - startNanos);
        }
        return true;
    }

    @Override
    public void close() {
        peers.forEach(Peer::finish);
        threads.forEach(Thread::interrupt);
    }
}
