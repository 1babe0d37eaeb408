package io.jnatsd.auth;

import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/**
 * Password checks that wait for a small number of threads. Requesters are served in turn, however many checks each has.
 * Among the checks of one requester, the one with the most waiting callers is done first, and of several such checks
 * the newest, because in a flood of logins the callers of the oldest ones have given up when it would be their turn. So
 * a flood of wrong logins delays a correct login by little more than its own check. Equal questions share one check,
 * which is done as soon as one of their requesters is served. A check without waiting callers is not done.
 *
 * <p>Threads: any thread; {@code lock} is a leaf. The workers are platform threads, because the checks would block the
 * carriers of virtual threads.
 */
final class BcryptQueue implements AutoCloseable {
    /** The limit for one requester; its oldest checks beyond that are dropped. */
    private static final int MAX_WAITING = 1000;

    private static final class Check {
        private final Object question;
        private final BooleanSupplier work;
        private final CompletableFuture<Boolean> answer = new CompletableFuture<>();
        /** Guarded by {@code lock}. */
        private int waiters;
        /**
         * The check is done, running or cancelled, so its entries in the queues are ignored. Guarded by {@code lock}.
         */
        private boolean taken;

        private Check(Object question, BooleanSupplier work) {
            this.question = question;
            this.work = work;
        }
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition arrived = lock.newCondition();
    /** Checks by question, until they are answered. Guarded by {@code lock}. */
    private final Map<Object, Check> open = new HashMap<>();
    /**
     * Requesters with waiting checks, in the order of their turns; each queue has the newest check first. Guarded by
     * {@code lock}.
     */
    private final Map<String, SequencedSet<Check>> waiting = new LinkedHashMap<>();
    private final int maxWorkers;
    /** Guarded by {@code lock}. */
    private int workers;
    private boolean closed;

    BcryptQueue(int maxWorkers) {
        this.maxWorkers = maxWorkers;
    }

    /**
     * Waits until the work was done, by any worker.
     *
     * @param asker the requester
     * @param question equal for checks that can share the result
     */
    boolean ask(String asker, Object question, BooleanSupplier work, Duration patience)
            throws AuthenticationTimeout, InterruptedException {
        Check check = enter(asker, question, work);
        try {
            return check.answer.get(patience.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new AuthenticationTimeout("too many logins at once");
        } catch (ExecutionException e) {
            throw new AuthenticationTimeout(String.valueOf(e.getCause().getMessage()));
        } finally {
            leave(check);
        }
    }

    private Check enter(String asker, Object question, BooleanSupplier work) throws AuthenticationTimeout {
        lock.lock();
        try {
            if (closed)
                throw new AuthenticationTimeout("the server is stopping");
            Check check = open.computeIfAbsent(question, q -> new Check(q, work));
            check.waiters++;
            if (!check.taken)
                enqueue(asker, check);
            return check;
        } finally {
            lock.unlock();
        }
    }

    /** Adds a check to the queue of this requester, also if other requesters wait for it already. */
    private void enqueue(String asker, Check check) {
        assert lock.isHeldByCurrentThread();
        SequencedSet<Check> own = waiting.computeIfAbsent(asker, a -> new LinkedHashSet<>());
        own.addFirst(check);
        if (own.size() > MAX_WAITING)
            own.removeLast();
        if (workers < maxWorkers)
            Thread.ofPlatform().daemon().name("bcrypt-" + ++workers).start(this::work);
        arrived.signal();
    }

    private void leave(Check check) {
        lock.lock();
        try {
            if (--check.waiters == 0 && !check.taken) {
                check.taken = true;
                open.remove(check.question, check);
            }
        } finally {
            lock.unlock();
        }
    }

    private void work() {
        try {
            for (Check check; (check = next()) != null;)
                answer(check);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Completes a check. An equal question that comes later is checked again. */
    private void answer(Check check) {
        try {
            boolean right = check.work.getAsBoolean();
            close(check);
            check.answer.complete(right);
        } catch (RuntimeException | Error e) {
            close(check);
            check.answer.completeExceptionally(e);
        }
    }

    private void close(Check check) {
        lock.lock();
        try {
            open.remove(check.question, check);
        } finally {
            lock.unlock();
        }
    }

    /** Waits for a check; returns null when the queue is closed. */
    private Check next() throws InterruptedException {
        lock.lock();
        try {
            while (true) {
                while (waiting.isEmpty() && !closed)
                    arrived.await();
                if (closed)
                    return null;
                String asker = waiting.keySet().iterator().next();
                SequencedSet<Check> own = waiting.remove(asker);
                own.removeIf(check -> check.taken);
                if (own.isEmpty())
                    continue;
                Check check = own.stream().max(Comparator.comparingInt(c -> c.waiters)).get();
                check.taken = true;
                own.remove(check);
                if (!own.isEmpty())
                    waiting.put(asker, own);
                return check;
            }
        } finally {
            lock.unlock();
        }
    }

    /** Ends all waiting. */
    @Override
    public void close() {
        List<Check> given;
        lock.lock();
        try {
            closed = true;
            given = List.copyOf(open.values());
            arrived.signalAll();
        } finally {
            lock.unlock();
        }
        for (Check check : given)
            check.answer.completeExceptionally(new AuthenticationTimeout("the server is stopping"));
    }
}
