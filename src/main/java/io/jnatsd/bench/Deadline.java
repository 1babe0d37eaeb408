package io.jnatsd.bench;

import java.io.IOException;
import java.net.Socket;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Closes a socket unless it is closed itself in time. Socket timeouts are not used, because the JDK polls before each
 * read once a timeout has been set, which makes three system calls of one and would affect the measurement. Threads: a
 * virtual thread waits while another thread uses the socket.
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
                // The socket is unusable in any case.
            }
        });
    }

    /** Returns whether the deadline has closed the socket. */
    boolean isPassed() {
        return passed;
    }

    @Override
    public void close() {
        kept.countDown();
    }
}
