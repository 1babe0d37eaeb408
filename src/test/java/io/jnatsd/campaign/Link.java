package io.jnatsd.campaign;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A port whose connections go to another port of this machine, with a delay, a bound of bytes per second, held in one
 * direction, or cut. Threads: any thread; two threads for each connection.
 */
final class Link implements AutoCloseable {
    private static final int PIECE = 16 * 1024;
    private static final long SECOND = 1_000_000_000;

    private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final int target;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private volatile boolean refusing;
    private volatile long delayNanos;
    private volatile long bytesPerSecond = Long.MAX_VALUE;
    /** Guarded by the lock. */
    private boolean heldThere;
    /** Guarded by the lock. */
    private boolean heldBack;

    Link(int target) throws IOException {
        this.target = target;
        Thread.ofPlatform().daemon().name("link-" + target).start(this::accept);
    }

    int port() {
        return listener.getLocalPort();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket near = listener.accept();
                if (refusing) {
                    near.close();
                    continue;
                }
                connect(near);
            } catch (IOException e) {
                // The target does not listen, or the link is closed.
            }
        }
    }

    private void connect(Socket near) throws IOException {
        Socket far;
        try {
            far = new Socket(InetAddress.getLoopbackAddress(), target);
        } catch (IOException e) {
            near.close();
            throw e;
        }
        open.add(near);
        open.add(far);
        Thread.ofPlatform().daemon().start(() -> pump(near, far, true));
        Thread.ofPlatform().daemon().start(() -> pump(far, near, false));
    }

    private void pump(Socket from, Socket to, boolean there) {
        byte[] bytes = new byte[PIECE];
        try (from; to) {
            to.setTcpNoDelay(true);
            for (int got; (got = from.getInputStream().read(bytes)) >= 0;) {
                LockSupport.parkNanos(delayNanos + got * SECOND / bytesPerSecond);
                awaitRelease(there);
                to.getOutputStream().write(bytes, 0, got);
            }
        } catch (IOException e) {
            // The link is cut, or one side has closed its connection.
        } finally {
            open.remove(from);
            open.remove(to);
        }
    }

    private void awaitRelease(boolean there) {
        lock.lock();
        try {
            while (there ? heldThere : heldBack)
                changed.awaitUninterruptibly();
        } finally {
            lock.unlock();
        }
    }

    void delay(long nanos) {
        delayNanos = nanos;
    }

    void throttle(long bytes) {
        bytesPerSecond = bytes;
    }

    /** Holds back what goes to the target, and what comes from it. */
    void hold(boolean there, boolean back) {
        lock.lock();
        try {
            heldThere = there;
            heldBack = back;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Breaks all connections; what is on its way is lost. */
    void cut() throws IOException {
        for (Socket socket : open) {
            try {
                socket.setSoLinger(true, 0);
            } catch (SocketException e) {
                // It is closed already.
            }
            socket.close();
        }
        open.clear();
    }

    void refuse(boolean on) {
        refusing = on;
    }

    /** Ends all disturbances. */
    void heal() {
        refusing = false;
        delayNanos = 0;
        bytesPerSecond = Long.MAX_VALUE;
        hold(false, false);
    }

    @Override
    public void close() throws IOException {
        listener.close();
        hold(false, false);
        cut();
    }
}
