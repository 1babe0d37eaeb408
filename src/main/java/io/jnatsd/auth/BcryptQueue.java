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
 * Checks that wait for a few threads to do them. Askers take turns, whatever each has waiting. Of one asker's checks
 * the one goes first that most wait for, and the newest of those: in a flood the oldest have given up by the time that
 * their turn would come. So a flood of bad logins costs a good one little more than its own check. Those who ask the
 * same share one check, which comes as soon as any of them is served; one that nobody waits for any more is not done.
 *
 * <p>Threads: all methods are anybody's; {@code lock} is a leaf. The workers are platform threads: the checks would
 * keep virtual ones from their carriers.
 */
final class BcryptQueue implements AutoCloseable {
    /** Of one asker; the oldest beyond that lose their turn. */
    private static final int MAX_WAITING = 1000;

    private static final class Check {
        private final Object question;
        private final BooleanSupplier work;
        private final CompletableFuture<Boolean> answer = new CompletableFuture<>();
        /** guarded by {@code lock}. */
        private int waiters;
        /** Done, under way or not wanted any more: its places in the lines are void. guarded by {@code lock}. */
        private boolean taken;

        private Check(Object question, BooleanSupplier work) {
            this.question = question;
            this.work = work;
        }
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition arrived = lock.newCondition();
    /** Checks by question, until they are answered. guarded by {@code lock}. */
    private final Map<Object, Check> open = new HashMap<>();
    /** Askers with waiting checks, in the order of their turns, each line newest first. guarded by {@code lock}. */
    private final Map<String, SequencedSet<Check>> waiting = new LinkedHashMap<>();
    private final int maxWorkers;
    /** guarded by {@code lock}. */
    private int workers;
    private boolean closed;

    BcryptQueue(int maxWorkers) {
        this.maxWorkers = maxWorkers;
    }

    /**
     * Waits until the work has been done, by somebody.
     *
     * @param asker whose turn it takes
     * @param question equal for those who can share the answer
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
                line(asker, check);
            return check;
        } finally {
            lock.unlock();
        }
    }

    /** A check that others asked for gets a place in this asker's line as well. */
    private void line(String asker, Check check) {
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

    /** Who asks from here on is not told what others were. */
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

    /** Waits for a check; null when the queue is closed. */
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

    /** Nobody waits any longer. */
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
