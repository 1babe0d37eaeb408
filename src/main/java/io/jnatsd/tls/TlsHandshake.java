package io.jnatsd.tls;

import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;

/**
 * Does TLS handshakes with a timeout. Threads: any thread; each handshake runs on the thread of its connection, and the
 * timer only shuts down the input of the raw socket. A read timeout would not be sufficient, because a peer that sends
 * single bytes could extend the handshake without limit.
 *
 * <p>After a failure the raw socket can still be written to, for the plain {@code -ERR}. A peer that has sent nothing
 * or plain text gets no TLS alert before it, because such a peer interprets its input as the NATS protocol.
 */
public final class TlsHandshake {
    /** The first byte of every TLS connection; no NATS command begins with it. */
    public static final byte FIRST_BYTE = 0x16;

    /** The time in which a handshake must end after its input was shut down. */
    private static final long CLOSE_AFTER_MILLIS = 1000;

    private enum State { RUNNING, DONE, TIMED_OUT }

    private final TlsContext context;
    private final Duration timeout;
    private final ScheduledExecutorService timer;

    public TlsHandshake(TlsContext context, Duration timeout, ScheduledExecutorService timer) {
        this.context = context;
        this.timeout = timeout;
        this.timer = timer;
    }

    public TlsContext context() {
        return context;
    }

    /** Returns whether the client certificates of an earlier handshake would still be accepted. */
    public boolean trusts(SSLSession session) {
        return context.trusts(session);
    }

    /** Does the server side over an accepted socket. */
    public SSLSocket server(Socket raw) throws IOException {
        return server(raw, new byte[0]);
    }

    /**
     * Does the server side; {@code consumed} was already read from the socket to detect TLS.
     *
     * @throws SocketTimeoutException {@code TLS handshake timeout}
     */
    public SSLSocket server(Socket raw, byte[] consumed) throws IOException {
        return within(raw, () -> {
            byte[] first = consumed.length > 0 ? consumed : raw.getInputStream().readNBytes(1);
            if (first.length == 0)
                throw new EOFException("EOF");
            if (first[0] != FIRST_BYTE)
                throw new SSLException("tls: first record does not look like a TLS handshake");
            SSLSocket tls = context.serverSocket(raw, first);
            try {
                tls.startHandshake();
            } catch (IOException e) {
                // A peer in an established TLS session cannot read a plain text error.
                raw.close();
                throw e;
            }
            try {
                context.checkClient(tls.getSession());
            } catch (IOException e) {
                // The JDK cannot send an alert after the handshake. The connection is reset, because the peer could not
                // distinguish an orderly end from that of a connection that was accepted.
                raw.setSoLinger(true, 0);
                raw.close();
                throw e;
            }
            return tls;
        });
    }

    /**
     * Reads the first byte of the peer, so that the caller can detect TLS. Returns an empty array if none arrives
     * within the timeout, or at the end of the stream.
     */
    public byte[] firstByte(Socket raw) throws IOException {
        int readTimeout = raw.getSoTimeout();
        raw.setSoTimeout(timeoutMillis());
        try {
            return raw.getInputStream().readNBytes(1);
        } catch (SocketTimeoutException e) {
            return new byte[0];
        } finally {
            raw.setSoTimeout(readTimeout);
        }
    }

    private int timeoutMillis() {
        return (int) Math.clamp(timeout.toMillis(), 1, Integer.MAX_VALUE);
    }

    /**
     * Does the client side over a dialled socket, see {@link TlsContext#clientSocket}.
     *
     * @param otherName a name that the certificate may be for instead of the host; empty for none
     * @throws SocketTimeoutException {@code TLS handshake timeout}
     */
    public SSLSocket client(Socket raw, String host, int port, String otherName) throws IOException {
        return within(raw, () -> {
            SSLSocket tls = context.clientSocket(raw, host, port, otherName);
            tls.startHandshake();
            context.checkServer(tls.getSession());
            return tls;
        });
    }

    private interface Steps {
        SSLSocket take() throws IOException;
    }

    private SSLSocket within(Socket raw, Steps steps) throws IOException {
        AtomicReference<State> state = new AtomicReference<>(State.RUNNING);
        ScheduledFuture<?> deadline = timer.schedule(() -> endInput(raw, state), timeout.toNanos(),
                TimeUnit.NANOSECONDS);
        // The JDK writes the messages of a flight one by one; with Nagle's algorithm each handshake would take 90 ms.
        raw.setTcpNoDelay(true);
        int readTimeout = raw.getSoTimeout();
        // Needed on systems where shutting down the input does not wake a blocked reader.
        raw.setSoTimeout(timeoutMillis());
        SSLSocket tls = null;
        IOException failure = null;
        try {
            tls = steps.take();
        } catch (IOException e) {
            failure = e;
        } catch (RuntimeException e) {
            // Not expected; an unexpected exception of the JDK is treated as a failure of the peer.
            failure = new SSLException(e.toString(), e);
        } finally {
            deadline.cancel(false);
        }
        boolean inTime = state.getAndSet(State.DONE) == State.RUNNING;
        if (!inTime || failure instanceof SocketTimeoutException) {
            SocketTimeoutException late = new SocketTimeoutException("TLS handshake timeout");
            late.initCause(failure);
            throw late;
        }
        if (failure != null)
            throw failure;
        raw.setSoTimeout(readTimeout);
        return tls;
    }

    /**
     * Shuts down the input, so that a blocked read ends and the peer can still be sent an error. If the handshake is
     * blocked in a write, because the peer does not read, it ends when the socket is closed a little later.
     */
    private Void endInput(Socket raw, AtomicReference<State> state) throws IOException {
        if (!state.compareAndSet(State.RUNNING, State.TIMED_OUT))
            return null;
        timer.schedule(() -> {
            if (state.get() == State.TIMED_OUT)
                raw.close();
            return null;
        }, CLOSE_AFTER_MILLIS, TimeUnit.MILLISECONDS);
        raw.shutdownInput();
        return null;
    }
}
