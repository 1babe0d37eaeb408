package io.jnatsd.connection;

import io.jnatsd.config.ServerOptions.Limits;
import io.jnatsd.delivery.Batch;
import io.jnatsd.delivery.Outbound;
import io.jnatsd.events.EventRecording;
import io.jnatsd.events.SlowConsumerEvent;
import io.jnatsd.protocol.Dialect;
import io.jnatsd.protocol.Op;
import io.jnatsd.protocol.Parser;
import io.jnatsd.protocol.ProtocolException;
import io.jnatsd.protocol.ReadBuffer;
import io.jnatsd.subject.Subscription;
import io.jnatsd.text.Quoted;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLSession;

/**
 * One socket with its reader: the loop that reads a batch, handles its commands and flushes what they caused, and the
 * ways in which it all ends. Subclasses know what the commands mean.
 *
 * <p>Threads: everything protected or private here belongs to the reader, a virtual thread, but for what is marked
 * otherwise. Others may append to {@link #outbound}, and call {@link #close}, {@link #kill} and the methods for
 * monitoring.
 */
public abstract class Connection implements Outbound.Owner, Runnable {
    /** After an error the peer has so long to read it and hang up; closing at once could destroy the message. */
    private static final Duration LINGER = Duration.ofSeconds(1);
    /**
     * A peer that sends more than this after its error is not waited for. It is more than a client library usually has
     * under way when the error is written, and little enough that nobody can keep a closed connection busy.
     */
    private static final int MOST_DISCARDED = 64 * 1024;
    /** Between two attempts to leave that fail for lack of memory. */
    private static final long FIRST_PAUSE_NANOS = 1_000_000, LONGEST_PAUSE_NANOS = 250_000_000;
    /** Bytes of a batch behind which more is likely to wait already. */
    private static final int BUSY_BATCH = 16 * 1024;

    protected final ServerState server;
    protected final Parser parser;
    final Dialect dialect;
    private final long id;
    private final Transport transport;
    private final ReadBuffer input;
    private final String label;
    protected final Outbound outbound;

    /** Set once, by whoever ends the connection; any thread. */
    private final AtomicReference<CloseReason> closeReason = new AtomicReference<>();
    private final CountDownLatch outputFinished = new CountDownLatch(1);
    /**
     * The peer should get to read all of it, while it may still be sending: closing a socket with input that is not
     * read destroys output that is not delivered. Written by whoever closes it.
     */
    private volatile boolean lastWords;
    /** The peer will send no more. Written by the reader. */
    private volatile boolean inputEnded;
    /** Bytes that came after the connection was closed with an error. */
    private int discarded;
    /** What made it a slow consumer, if it is one. Written by whoever finds that out. */
    private volatile Backlog backlog = Backlog.NONE;
    /** Set by the one thread that leaves, or attempts to. */
    private final AtomicBoolean left = new AtomicBoolean();
    /** It has left. Written by that thread. */
    private volatile boolean gone;
    protected final Batch batch = new Batch();

    protected Connection(ServerState server, Socket socket, Dialect dialect) throws IOException {
        this.server = server;
        this.transport = new Transport(socket);
        this.dialect = dialect;
        this.id = server.nextId();
        this.label = transport.address() + " - " + dialect.idName() + ":" + id;
        this.input = new ReadBuffer(socket.getInputStream());
        this.parser = new Parser(input, dialect);
        this.outbound = new Outbound(this, socket.getOutputStream(), server.watchdog, server.pendingBudget);
    }

    /** Secures the connection, sends the first lines and joins; false if it is being closed instead. */
    protected abstract boolean open(Opening opening) throws IOException;

    /** Deals with one command. */
    protected abstract void handle(Op op) throws ProtocolException;

    /** The batch is done, or an error is about to end it: what waits is delivered before, and counters become visible. */
    protected abstract void endBatch();

    /** Leaves every table and drops every subscription. Called once, by any thread, or again if it throws. */
    protected abstract void leave();

    /** The subject of its subscription that was sent most messages, empty if there is none. Any thread. */
    protected String busiestSubject() {
        return "";
    }

    /** It is over: for the record. Called once, by the reader. */
    protected void recordEnd() {
    }

    /** One of its subscriptions has had its last message. Called by the publisher's reader. */
    @Override
    public abstract void exhausted(Subscription sub);

    /** The subscription with this sid that other servers may address; null if there is none. Any thread. */
    public Subscription subscription(String sid) {
        return null;
    }

    /** The server that its subscriptions stand for, which gets each message once; null if they are a client's. */
    @Override
    public String remoteId() {
        return null;
    }

    /** Called by a reader that is about to wait: what it has delivered so far is written. */
    protected final void flushBatch() {
        endBatch();
        flushTouched();
    }

    /** The peer is a server. */
    @Override
    public final boolean isRoute() {
        return dialect == Dialect.ROUTE;
    }

    /** Reads until the connection ends. */
    @Override
    public final void run() {
        try {
            server.began(this);
            if (open(new Opening(this, server.log, transport, input, outbound)))
                readBatches();
            else
                drain();
        } catch (IOException e) {
            if (closeReason.get() == null)
                server.log.debug(this, "Error reading: " + e.getMessage());
            kill(CloseReason.READ_ERROR);
        } catch (Throwable e) {
            // A defect of ours must cost this connection at most, and be seen.
            failed("reader", e, CloseReason.READ_ERROR);
        } finally {
            end();
        }
    }

    /** Ends a connection whose reader could not be started. */
    public final void discard() {
        kill(CloseReason.READ_ERROR);
        leaveOnce();
        parser.release();
    }

    private void readBatches() throws IOException {
        while (parser.fill()) {
            if (closeReason.get() == null)
                handleBatch();
            else if (!discardBatch())
                return;
        }
        inputEnded = discarded <= MOST_DISCARDED;
        close(CloseReason.CLIENT_CLOSED, "");
    }

    /** Opening failed, and the peer is being told why. */
    private void drain() throws IOException {
        while (parser.fill())
            if (!discardBatch())
                return;
        inputEnded = true;
    }

    private boolean discardBatch() {
        int bytes = parser.batchSize();
        parser.discard();
        return readsOn(bytes);
    }

    /**
     * Counts bytes that were read and brought no command. Once the peer is being told about its error, only a small
     * number of them is read. A server that shuts down reads on: a close with unread input could destroy messages that
     * the peer has not read yet. Called by the reader.
     *
     * @return whether to go on reading
     */
    public final boolean readsOn(int bytes) {
        CloseReason why = closeReason.get();
        if (why == null || why == CloseReason.SERVER_SHUTDOWN || !(lastWords || transport.isFramed()))
            return true;
        discarded += bytes;
        return discarded <= MOST_DISCARDED;
    }

    private void handleBatch() {
        try {
            beginBatch();
            for (Op op; (op = parser.next()) != Op.NEED_MORE && closeReason.get() == null;)
                handle(op);
        } catch (ProtocolException e) {
            endBatch();
            server.log.error(this, e.logText());
            if (server.log.traceOn())
                for (String text : e.texts())
                    server.log.trace(this, "<<- [-ERR " + text + "]");
            close(CloseReason.of(e.fault()), e.wire());
        } finally {
            // Receivers wait for the promised flush, whatever becomes of this reader.
            endBatch();
            flushTouched();
        }
    }

    /** Limits that a reload may have changed are looked up here, once per batch. */
    protected void beginBatch() {
        Limits limits = server.limits;
        parser.limits(limits.maxControlLine(), limits.maxPayload());
        batch.begin(limits.maxPending());
    }

    /** Appends to this connection's own output. */
    protected final void reply(byte[] text) {
        batch.sent(outbound, outbound.append(text, batch.maxPending()));
    }

    private void flushTouched() {
        try {
            batch.flush(parser.batchSize() > BUSY_BATCH);
        } catch (InterruptedException e) {
            kill(CloseReason.SERVER_SHUTDOWN);
        }
    }

    /**
     * Ends the connection in good order: it leaves at once, then what waits for it and the error text are written, and
     * the peer may read them before the socket closes. Any thread may call it; only the first reason counts.
     *
     * @param wire protocol text to end with, empty for none
     */
    public final void close(CloseReason why, String wire) {
        if (!closeReason.compareAndSet(null, why))
            return;
        try {
            leaveOnce();
            lastWords = !wire.isEmpty() || why == CloseReason.SERVER_SHUTDOWN;
            if (!wire.isEmpty()) {
                traceErrors(wire);
                outbound.append(wire.getBytes(StandardCharsets.UTF_8), Long.MAX_VALUE);
            }
            outbound.finish();
        } catch (Throwable e) {
            // No memory, for example: then it ends without good order.
            kill(why);
            throw e;
        }
    }

    private void traceErrors(String wire) {
        if (server.log.traceOn() && server.traffic.traceFilter().wants(outbound))
            for (String line : wire.split("\r\n"))
                server.log.trace(this, "<<- [" + line.replaceFirst("^-ERR '(.*)'$", "-ERR $1") + "]");
    }

    /**
     * The output is written to the end; the peer sees it end, and has a moment to end its own. Called by the writer, or
     * by any thread while nothing has been put over the plain socket.
     */
    @Override
    public final void outputFinished() {
        boolean linger = (lastWords || transport.isFramed()) && !inputEnded;
        if (linger)
            server.after(LINGER, this::closeSocket);
        try {
            transport.sayGoodbye(closeReason.get());
            if (linger)
                transport.shutdownOutput();
        } catch (IOException e) {
            linger = false;
        }
        if (!linger)
            closeSocket();
        outputFinished.countDown();
    }

    /** Whether it ends for this reason, and not for an earlier one. Whoever calls this ends it then. */
    final boolean endsFor(CloseReason why) {
        return closeReason.compareAndSet(null, why);
    }

    /** Ends the connection at once. Any thread may call it; the reader notices and leaves. */
    public final boolean kill(CloseReason why) {
        boolean first = endsFor(why);
        outbound.die();
        closeSocket();
        outputFinished.countDown();
        return first;
    }

    @Override
    public final void overflowed() {
        cutOff(CloseReason.PENDING_BYTES, "MaxPending of " + server.limits.maxPending() + " Exceeded");
    }

    @Override
    public final void deadlineExceeded() {
        cutOff(CloseReason.WRITE_DEADLINE, "WriteDeadline of " + server.limits.writeDeadline().toMillis()
                + "ms exceeded with %d bytes pending");
    }

    @Override
    public final void overBudget() {
        server.cutOffLargest();
    }

    /**
     * Ends the connection because it does not read, and logs whose it is. Any thread, which holds no lock.
     *
     * @param limit the limit that was exceeded; {@code %d} stands for the pending bytes
     */
    final void cutOff(CloseReason why, String limit) {
        try {
            // Before it is cut off, when it still has subscriptions.
            if (closeReason.get() == null)
                backlog = new Backlog(busiestSubject(), outbound.stats().pending());
            if (endsFor(why))
                reportSlow(why, limit, backlog);
        } finally {
            kill(why);
        }
    }

    private void reportSlow(CloseReason why, String limit, Backlog waiting) {
        server.slowConsumers.increment();
        if (isRoute())
            server.slowRoutes.increment();
        if (EventRecording.isPossible())
            new SlowConsumerEvent(label, why.toString()).peer(clientName(), user())
                    .backlog(waiting.subject(), waiting.pending()).commit();
        server.log.notice(this, "Slow Consumer Detected: " + limit.replace("%d", Long.toString(waiting.pending()))
                + named("name", clientName()) + named("user", user())
                + (waiting.subject().isEmpty() ? "" : ", subject " + waiting.subject()));
    }

    private static String named(String what, String name) {
        return name.isEmpty() ? "" : ", " + what + " " + Quoted.of(name);
    }

    /** What made it a slow consumer; {@link Backlog#NONE} if it is none. */
    protected final Backlog backlog() {
        return backlog;
    }

    @Override
    public final void writeFailed(Throwable e) {
        if (!(e instanceof IOException))
            failed("writer", e, CloseReason.WRITE_ERROR);
        else if (kill(CloseReason.WRITE_ERROR))
            server.log.debug(this, "Error flushing: " + e.getMessage());
    }

    /** Something that is no error of the peer's was thrown: it ends the connection, and after that it is logged. */
    private void failed(String what, Throwable e, CloseReason why) {
        if (e instanceof OutOfMemoryError)
            server.reserve.release();
        try {
            kill(why);
        } finally {
            server.threads.failed(this, what, e);
        }
    }

    private void closeSocket() {
        try {
            transport.close();
        } catch (IOException e) {
            server.log.debug(this, "Error closing: " + e.getMessage());
        }
    }

    /** The reader's last steps: pending output is given its time, then everything goes. */
    private void end() {
        leaveForSure();
        try {
            awaitOutput();
            kill(CloseReason.CLIENT_CLOSED);
            // Cached match results may refer to this connection for long.
            parser.release();
            server.reserve.tryRenew();
            recordEnd();
        } catch (Throwable e) {
            failed("reader", e, CloseReason.READ_ERROR);
        } finally {
            server.ended(this);
        }
        if (server.log.debugOn())
            server.log.debug(this, dialect.title() + " connection closed: " + closeReason.get());
    }

    private void awaitOutput() {
        try {
            long patience = server.limits.writeDeadline().toMillis();
            if (!outputFinished.await(patience, TimeUnit.MILLISECONDS))
                server.log.debug(this, "Error flushing: not finished after " + patience + "ms");
        } catch (InterruptedException e) {
            server.log.debug(this, "Error flushing: interrupted");
        }
    }

    /** What a connection holds is freed only when it has left: for lack of memory, that is attempted until it works. */
    private void leaveForSure() {
        boolean again = true;
        for (long pause = FIRST_PAUSE_NANOS; again; pause = Math.min(2 * pause, LONGEST_PAUSE_NANOS)) {
            try {
                leaveOnce();
                again = !gone;
            } catch (Throwable e) {
                failed("reader", e, CloseReason.READ_ERROR);
                again = e instanceof OutOfMemoryError;
            }
            if (again)
                LockSupport.parkNanos(pause);
        }
    }

    /** Whether commands of this connection are traced. */
    @Override
    public final boolean isTraced() {
        return server.log.traceOn() && server.traffic.traceFilter().wants(outbound);
    }

    /** An outgoing or incoming line, if it is to be traced. */
    protected final void trace(String text) {
        if (isTraced())
            server.log.trace(this, text);
    }

    private void leaveOnce() {
        if (!left.compareAndSet(false, true))
            return;
        boolean done = false;
        try {
            leave();
            done = true;
            gone = true;
        } finally {
            if (!done)
                left.set(false);
        }
    }

    /** The number shown as cid or rid. */
    @Override
    public final long id() {
        return id;
    }

    /** Of the peer; null if the socket went before anybody looked. */
    public final InetSocketAddress remoteAddress() {
        return (InetSocketAddress) socket().getRemoteSocketAddress();
    }

    /** Null while the connection is open. */
    public final CloseReason closeReason() {
        return closeReason.get();
    }

    public final Outbound outbound() {
        return outbound;
    }

    protected final boolean isClosing() {
        return closeReason.get() != null;
    }

    /** TLS session; null on a plain connection. */
    public final SSLSession session() {
        return transport.session();
    }

    /** Whether it goes in frames. */
    public final boolean isWebSocket() {
        return transport.isFramed();
    }

    /** The peer's address without its port. */
    public final String ip() {
        return transport.ip();
    }

    protected final Socket socket() {
        return transport.socket();
    }

    @Override
    public final String label() {
        return label;
    }

    /** {@code cid:7-read}, as it shows in thread dumps. */
    @Override
    public final String threadName(String role) {
        return label.substring(label.lastIndexOf(' ') + 1) + "-" + role;
    }
}
