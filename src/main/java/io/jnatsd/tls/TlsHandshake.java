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
 * Shakes hands within a time. Threads: shared; each handshake waits in the thread of its own connection, and the timer
 * at most ends the raw socket's input. A read timeout alone would not do: it bounds each read, and a peer that sends a
 * byte now and then could stretch the handshake at will.
 *
 * <p>After a failure the raw socket is still open for writing, for the plain {@code -ERR} that follows. A peer that
 * sent nothing or spoke plain gets no TLS alert before it: such a client reads what comes as NATS.
 */
public final class TlsHandshake {
    /** What each TLS connection begins with, and no NATS command. */
    public static final byte FIRST_BYTE = 0x16;

    /** How long a handshake may take to notice that its input has ended. */
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

    /** Whether the client certificates of an earlier handshake would still be accepted. */
    public boolean trusts(SSLSession session) {
        try {
            context.checkClient(session);
            return true;
        } catch (SSLException e) {
            return false;
        }
    }

    /** The server's side over an accepted socket. */
    public SSLSocket server(Socket raw) throws IOException {
        return server(raw, new byte[0]);
    }

    /**
     * The same, where {@code consumed} has already been read from the socket, to look whether it begins TLS.
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
                context.checkClient(tls.getSession());
            } catch (IOException e) {
                // Who speaks TLS would make nothing of a plain text behind it.
                raw.close();
                throw e;
            }
            return tls;
        });
    }

    /**
     * The first byte that a peer sends, for the caller to see whether it begins TLS; nothing if none comes within the
     * time of a handshake, or ever.
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
     * The client's side over a dialled socket, see {@link TlsContext#clientSocket}.
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
        // The JDK writes a flight of messages one by one: with Nagle's algorithm each handshake takes 90 ms.
        raw.setTcpNoDelay(true);
        int readTimeout = raw.getSoTimeout();
        // Where the end of input does not wake a reader that already waits, this does.
        raw.setSoTimeout(timeoutMillis());
        SSLSocket tls = null;
        IOException failure = null;
        try {
            tls = steps.take();
        } catch (IOException e) {
            failure = e;
        } catch (RuntimeException e) {
            // Nothing that a peer sends should lead here; if it does in some JDK, it is the peer that goes.
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
     * Whatever waits for input now reads its end, and the peer can still be told why. A handshake that waits for its
     * output instead, since the peer does not read, ends when the socket is closed a little later.
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
