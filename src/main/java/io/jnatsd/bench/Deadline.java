package io.jnatsd.bench;

import java.io.IOException;
import java.net.Socket;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Closes a socket unless it is closed itself in time. The sockets' own timeouts will not do: once the JDK has used one,
 * it polls before each later read, three system calls instead of one, and that would be measured.
 * Threads: a virtual thread waits, another thread works with the socket meanwhile.
 */
final class Deadline implements AutoCloseable {
    private final CountDownLatch kept = new CountDownLatch(1);
    private volatile boolean passed;

    Deadline(Socket socket, int millis) {
        Thread.ofVirtual().name("deadline").start(() -> {
            try {
                if (kept.await(millis, TimeUnit.MILLISECONDS))
                    return;
                passed = true;
                socket.close();
            } catch (IOException | InterruptedException e) {
                // The socket is gone all the same.
            }
        });
    }

    /** Whether it has closed the socket. */
    boolean isPassed() {
        return passed;
    }

    @Override
    public void close() {
        kept.countDown();
    }
}
