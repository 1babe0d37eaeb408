package io.jnatsd.campaign;

import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A client that publishes to itself, a message every few milliseconds, while others put the server under pressure. It
 * must get each message, in order. Threads: it has one of its own.
 */
final class Bystander implements AutoCloseable {
    private static final long PAUSE_NANOS = 5_000_000;

    private final PatientClient client;
    private final Thread thread = Thread.ofPlatform().name("bystander").unstarted(this::exchange);
    /** Held during an exchange, and while the server is measured. */
    private final ReentrantLock lock = new ReentrantLock();
    private volatile boolean ending;
    /** Written by the thread of its own. */
    private volatile Throwable failure;
    private volatile long messages;
    private volatile long slowestNanos;

    private Bystander(int port) throws IOException {
        client = new PatientClient(port).send("SUB bystander 1\r\n").roundTrip();
    }

    static Bystander at(Target target) throws IOException {
        Bystander bystander = new Bystander(target.port());
        bystander.thread.start();
        return bystander;
    }

    private void exchange() {
        try {
            while (!ending) {
                lock.lock();
                try {
                    exchangeOne();
                } finally {
                    lock.unlock();
                }
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        } catch (AssertionError | IOException e) {
            failure = e;
        }
    }

    private void exchangeOne() throws IOException {
        String text = String.format("%012d", messages);
        long begin = System.nanoTime();
        client.send("PUB bystander 12\r\n" + text + "\r\n").expect("MSG bystander 1 12").expect(text);
        slowestNanos = Math.max(slowestNanos, System.nanoTime() - begin);
        messages = messages + 1;
    }

    /** Returns the live heap of the server. It stands still while Java counts its objects, so no message is under way. */
    long liveHeap(Target target) throws IOException, InterruptedException {
        lock.lock();
        try {
            return VitalSigns.liveHeap(target.pid());
        } finally {
            lock.unlock();
        }
    }

    /** Leaves, and asserts that nothing was lost. Returns figures. */
    String leave() throws IOException, InterruptedException {
        ending = true;
        thread.join(PatientClient.PATIENCE_MILLIS);
        client.close();
        assertNull(failure, () -> "a client that was not involved: " + failure);
        assertTrue(messages > 0, "no message of a client that was not involved");
        return String.format("%,d messages of a client that was not involved, the slowest took %,d ms", messages,
                TimeUnit.NANOSECONDS.toMillis(slowestNanos));
    }

    @Override
    public void close() throws IOException {
        ending = true;
        client.close();
    }
}
