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

/** A link that can be cut, paused and slowed down. */
final class TcpProxy implements AutoCloseable {
    private final ServerSocket port;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private volatile int target;
    private volatile boolean refusing;
    private volatile Duration delay = Duration.ZERO;
    /** Guarded by {@code lock}. */
    private boolean held;

    TcpProxy() throws IOException {
        port = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofPlatform().daemon().start(this::acceptAll);
    }

    int number() {
        return port.getLocalPort();
    }

    void to(int targetPort) {
        target = targetPort;
    }

    private void acceptAll() {
        while (!port.isClosed()) {
            try {
                Socket near = port.accept();
                if (refusing) {
                    near.close();
                    continue;
                }
                Socket far = new Socket(InetAddress.getLoopbackAddress(), target);
                open.add(near);
                open.add(far);
                pump(near, far);
                pump(far, near);
            } catch (IOException e) {
                // Accept the next connection, or end.
            }
        }
    }

    private void pump(Socket from, Socket to) throws IOException {
        from.setTcpNoDelay(true);
        Thread.ofPlatform().daemon().start(() -> {
            byte[] bytes = new byte[16 * 1024];
            try (from; to) {
                for (int got; (got = from.getInputStream().read(bytes)) >= 0;) {
                    LockSupport.parkNanos(delay.toNanos());
                    awaitRelease();
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

    private void awaitRelease() {
        lock.lock();
        try {
            while (held)
                changed.awaitUninterruptibly();
        } finally {
            lock.unlock();
        }
    }

    /** Stops forwarding without closing connections. */
    void hold(boolean on) {
        lock.lock();
        try {
            held = on;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    void delay(Duration each) {
        delay = each;
    }

    /** Breaks all connections; data in flight is lost. */
    void cut() throws IOException {
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
    void refuse(boolean on) {
        refusing = on;
    }

    @Override
    public void close() throws IOException {
        port.close();
        hold(false);
        cut();
    }
}
