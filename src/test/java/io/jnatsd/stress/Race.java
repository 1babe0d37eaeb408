package io.jnatsd.stress;

import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Actions that threads do at the same time, in very many rounds, to find an order of their steps that gives a wrong
 * result. A subclass names the results that are allowed. The programs that run races are not part of the build, because
 * they need minutes.
 *
 * <p>Threads: one for each action; {@link #begin} and {@link #outcome} run on the first of them while the others wait.
 */
public abstract class Race {
    private static final Duration USUAL_TIME = Duration.ofSeconds(10);
    /** If no round ends for this time, the actions wait for each other for ever. */
    private static final Duration STUCK = Duration.ofSeconds(60);
    private static final int SPINS_BEFORE_YIELD = 200;
    /** The actions begin at random distances of up to this number of spins. */
    private static final int MOST_DELAY = 400;

    private final String name;
    private final int actions;
    private final Set<String> allowed;
    private final Map<String, Long> outcomes = new TreeMap<>();
    /** Number of arrivals at the barrier since the start. */
    private final AtomicLong arrivals = new AtomicLong();
    private final AtomicInteger running = new AtomicInteger();
    /** Written by the main thread. */
    private volatile boolean timeIsUp;
    /** No round follows. Written by the first action, before the others leave the barrier. */
    private volatile boolean over;
    private volatile Throwable failure;
    private volatile long rounds;

    /**
     * @param actions number of actions, each on a thread of its own
     * @param allowed the outcomes that are right
     */
    protected Race(String name, int actions, String... allowed) {
        this.name = name;
        this.actions = actions;
        this.allowed = Set.of(allowed);
    }

    /** Prepares a round. */
    protected abstract void begin() throws Exception;

    /** Does one of the actions, at the same time as the others. */
    protected abstract void act(int action) throws Exception;

    /** Returns the result of a round, after all actions have ended. */
    protected abstract String outcome() throws Exception;

    /**
     * Runs races one after the other, prints their outcomes, and ends the JVM: with exit code 1 if one of the outcomes
     * is not allowed.
     *
     * @param args the seconds of each race, and a part of the names of the races that are run; both optional
     */
    public static void run(String[] args, Race... races) throws InterruptedException {
        Duration time = args.length > 0 ? Duration.ofSeconds(Long.parseLong(args[0])) : USUAL_TIME;
        boolean good = true;
        for (Race race : races)
            if (args.length < 2 || race.name.contains(args[1]))
                good &= race.run(time);
        System.exit(good ? 0 : 1);
    }

    private boolean run(Duration time) throws InterruptedException {
        running.set(actions);
        Thread[] threads = new Thread[actions];
        for (int i = 0; i < actions; i++) {
            int action = i;
            threads[i] = Thread.ofPlatform().daemon().name("action-" + i).start(() -> runRounds(action));
        }
        long end = System.nanoTime() + time.toNanos(), moved = System.nanoTime(), seen = 0;
        while (running.get() > 0) {
            Thread.sleep(50);
            timeIsUp |= System.nanoTime() - end > 0;
            if (rounds != seen) {
                seen = rounds;
                moved = System.nanoTime();
            }
            if (System.nanoTime() - moved > STUCK.toNanos()) {
                System.out.println(name + ": STUCK in round " + seen);
                for (Thread thread : threads)
                    System.out.println(thread.getName() + " " + Arrays.toString(thread.getStackTrace()));
                return false;
            }
        }
        return report();
    }

    private boolean report() {
        boolean good = failure == null;
        System.out.printf("%s: %,d rounds%n", name, rounds);
        for (Map.Entry<String, Long> entry : outcomes.entrySet()) {
            boolean right = allowed.contains(entry.getKey());
            good &= right;
            System.out.printf("  %-9s %,12d  %s%n", right ? "allowed" : "FORBIDDEN", entry.getValue(), entry.getKey());
        }
        if (failure != null)
            failure.printStackTrace(System.out);
        return good;
    }

    private void runRounds(int action) {
        long passed = 0;
        int random = action * 31 + 17;
        try {
            while (true) {
                if (action == 0 && timeIsUp)
                    over = true;
                else if (action == 0)
                    begin();
                awaitAll(++passed);
                if (over)
                    return;
                random ^= random << 13;
                random ^= random >>> 17;
                random ^= random << 5;
                for (int i = (random & 0xFFFF) % MOST_DELAY; i > 0; i--)
                    Thread.onSpinWait();
                act(action);
                awaitAll(++passed);
                if (action == 0 && failure == null) {
                    outcomes.merge(outcome(), 1L, Long::sum);
                    rounds++;
                }
            }
        } catch (Throwable e) {
            over = true;
            failure = e;
        } finally {
            running.decrementAndGet();
        }
    }

    /** Waits until all actions have reached the same point, unless one has failed. */
    private void awaitAll(long passed) {
        arrivals.incrementAndGet();
        for (int i = 0; arrivals.get() < passed * actions && failure == null; i++)
            if (i < SPINS_BEFORE_YIELD)
                Thread.onSpinWait();
            else
                Thread.yield();
    }
}
