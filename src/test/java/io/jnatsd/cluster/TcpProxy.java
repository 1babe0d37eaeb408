package io.jnatsd.cluster;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/** A link that can be cut, held in one direction or both, delayed and throttled. Threads: any thread. */
public final class TcpProxy implements AutoCloseable {
    private static final long SECOND = 1_000_000_000;

    private final ServerSocket port;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private volatile int target;
    private volatile boolean refusing;
    private volatile Duration delay = Duration.ZERO;
    private volatile long bytesPerSecond = Long.MAX_VALUE;
    /** Guarded by {@code lock}. */
    private boolean heldThere;
    /** Guarded by {@code lock}. */
    private boolean heldBack;

    public TcpProxy() throws IOException {
        port = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofPlatform().daemon().start(this::acceptAll);
    }

    public int number() {
        return port.getLocalPort();
    }

    public void to(int targetPort) {
        target = targetPort;
    }

    private void acceptAll() {
        while (!port.isClosed()) {
            try {
                Socket near = port.accept();
                if (refusing)
                    near.close();
                else
                    connect(near);
            } catch (IOException e) {
                // Accept the next connection, or end.
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
        pump(near, far, true);
        pump(far, near, false);
    }

    private void pump(Socket from, Socket to, boolean there) throws IOException {
        to.setTcpNoDelay(true);
        Thread.ofPlatform().daemon().start(() -> {
            byte[] bytes = new byte[16 * 1024];
            try (from; to) {
                for (int got; (got = from.getInputStream().read(bytes)) >= 0;) {
                    LockSupport.parkNanos(delay.toNanos() + got * SECOND / bytesPerSecond);
                    awaitRelease(there);
                    to.getOutputStream().write(bytes, 0, got);
                }
            } catch (IOException e) {
                // The link is closed.
            } finally {
                open.remove(from);
                open.remove(to);
            }
        });
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

    /** Stops forwarding without closing connections. */
    public void hold(boolean on) {
        hold(on, on);
    }

    /** Stops forwarding what goes to the target, and what comes from it. */
    public void hold(boolean there, boolean back) {
        lock.lock();
        try {
            heldThere = there;
            heldBack = back;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    public void delay(Duration each) {
        delay = each;
    }

    /** Forwards no more than this in one direction. */
    public void throttle(long bytes) {
        bytesPerSecond = bytes;
    }

    /** Breaks all connections; data in flight is lost. */
    public void cut() throws IOException {
        for (Socket socket : open) {
            try {
                socket.setSoLinger(true, 0);
            } catch (SocketException e) {
                // Already closed.
            }
            socket.close();
        }
        open.clear();
    }

    /** Refuses all connections. */
    public void refuse(boolean on) {
        refusing = on;
    }

    /** Ends all disturbances. */
    public void heal() {
        refusing = false;
        delay = Duration.ZERO;
        bytesPerSecond = Long.MAX_VALUE;
        hold(false);
    }

    @Override
    public void close() throws IOException {
        port.close();
        hold(false);
        cut();
    }
}
