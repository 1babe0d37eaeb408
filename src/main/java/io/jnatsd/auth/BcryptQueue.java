package io.jnatsd.auth;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/**
 * Checks that wait for a few threads to do them. Askers take turns, whatever each has waiting, and of one asker's the
 * newest goes first: in a flood the oldest have given up by the time that their turn would come. So a flood of bad
 * logins costs a good one little more than its own check.
 *
 * <p>Threads: {@link #submit} anybody's. The workers are platform threads: the checks would keep virtual ones from
 * their carriers.
 */
final class BcryptQueue implements AutoCloseable {
    /** Of one asker; the oldest beyond that are given up. */
    private static final int MAX_WAITING = 1000;

    private record Check(BooleanSupplier question, CompletableFuture<Boolean> answer) {
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition arrived = lock.newCondition();
    /** Askers with waiting checks, in the order of their turns. guarded by {@code lock}. */
    private final Map<String, Deque<Check>> waiting = new LinkedHashMap<>();
    private final int maxWorkers;
    /** guarded by {@code lock}. */
    private int workers;
    private int idle;
    private boolean closed;

    BcryptQueue(int maxWorkers) {
        this.maxWorkers = maxWorkers;
    }

    CompletableFuture<Boolean> submit(String asker, BooleanSupplier question) {
        Check check = new Check(question, new CompletableFuture<>());
        Check given = null;
        lock.lock();
        try {
            if (closed) {
                given = check;
            } else {
                Deque<Check> own = waiting.computeIfAbsent(asker, a -> new ArrayDeque<>());
                own.push(check);
                if (own.size() > MAX_WAITING)
                    given = own.pollLast();
                if (idle > 0)
                    arrived.signal();
                else if (workers < maxWorkers)
                    Thread.ofPlatform().daemon().name("bcrypt-" + ++workers).start(this::work);
            }
        } finally {
            lock.unlock();
        }
        if (given != null)
            given.answer.completeExceptionally(new AuthenticationTimeout("too many logins at once"));
        return check.answer;
    }

    private void work() {
        try {
            for (Check check; (check = next()) != null;)
                answer(check);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void answer(Check check) {
        try {
            check.answer.complete(check.question.getAsBoolean());
        } catch (RuntimeException e) {
            check.answer.completeExceptionally(e);
        }
    }

    /** Waits for a check; null when the queue is closed. */
    private Check next() throws InterruptedException {
        lock.lock();
        try {
            while (waiting.isEmpty() && !closed) {
                idle++;
                arrived.await();
                idle--;
            }
            if (closed)
                return null;
            String asker = waiting.keySet().iterator().next();
            Deque<Check> own = waiting.remove(asker);
            Check check = own.pop();
            if (!own.isEmpty())
                waiting.put(asker, own);
            return check;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            arrived.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
