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
import io.jnatsd.tls.TlsHandshake;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLSession;

/**
 * A socket and its reader: the loop that reads a batch, handles its commands and flushes the output that they caused,
 * and the ways in which the connection ends. Subclasses implement the commands.
 *
 * <p>Threads: protected and private members are used by the reader only, a virtual thread, unless marked otherwise. Any
 * thread may append to {@link #outbound}, and call {@link #close}, {@link #kill} and the methods for monitoring.
 */
public abstract class Connection implements Outbound.Owner, InputBudget.Owner, Runnable {
    /** After an error, the peer has this time to read it and close. Closing the socket at once could discard it. */
    private static final Duration LINGER = Duration.ofSeconds(1);
    /**
     * A peer that sends more than this after an error is not waited for. The value is more than a client library
     * usually has in flight when the error is sent, and small enough that a peer cannot keep a closed connection busy.
     */
    private static final int MOST_DISCARDED = 64 * 1024;
    /** Pauses between attempts to leave that fail for lack of memory. */
    private static final long FIRST_PAUSE_NANOS = 1_000_000, LONGEST_PAUSE_NANOS = 250_000_000;
    /** After a batch of this size, more input is probably available. */
    private static final int BUSY_BATCH = 16 * 1024;

    protected final ServerState server;
    protected final Parser parser;
    final Dialect dialect;
    private final long id;
    private final Transport transport;
    private final InputBudget.Share inputMemory;
    private final ReadBuffer input;
    private final String label;
    protected final Outbound outbound;

    private final Lifecycle life = new Lifecycle();
    /** The peer has ended its output. Written by the reader. */
    private volatile boolean inputEnded;
    /** Number of bytes that arrived after the connection was closed with an error. */
    private int discarded;
    /** The backlog of a slow consumer. Written by the thread that detects it. */
    private volatile Backlog backlog = Backlog.NONE;
    /** Set by the thread that leaves, and reset if that fails. */
    private final AtomicBoolean left = new AtomicBoolean();
    /** Leaving is complete. Written by the thread that leaves. */
    private volatile boolean gone;
    protected final Batch batch = new Batch();
    /** What goes wrong on this connection; null unless a program has injected faults. Written once, by any thread. */
    private volatile ConnectionFaults faults;

    protected Connection(ServerState server, Socket socket, Dialect dialect) throws IOException {
        this.server = server;
        this.transport = new Transport(socket);
        this.dialect = dialect;
        this.id = server.nextId();
        this.label = transport.address() + " - " + dialect.idName() + ":" + id;
        this.inputMemory = server.inputBudget.new Share(this);
        this.input = new ReadBuffer(socket.getInputStream(), inputMemory);
        this.parser = new Parser(input, dialect);
        this.outbound = new Outbound(this, socket.getOutputStream(), server.watchdog, server.pendingBudget);
    }

    /** Secures the connection, sends the first lines and registers it. Returns false if it is being closed instead. */
    protected abstract boolean open(Opening opening) throws IOException;

    /** Handles one command. */
    protected abstract void handle(Op op) throws ProtocolException;

    /** Called at the end of a batch, or before an error ends it: delivers held messages, and publishes counters. */
    protected abstract void endBatch();

    /** Unregisters the connection and removes its subscriptions. Called once, by any thread, and again if it throws. */
    protected abstract void leave();

    /** Returns the subject of its subscription with the most deliveries, empty if there is none. Any thread. */
    protected String busiestSubject() {
        return "";
    }

    /** Records the end of the connection. Called once, by the reader. */
    protected void recordEnd() {
    }

    /** Removes a subscription that has received its last message. Called by the publisher's reader. */
    @Override
    public abstract void exhausted(Subscription sub);

    /** Returns the subscription with this sid that other servers may address, or null. Any thread. */
    public Subscription subscription(String sid) {
        return null;
    }

    /** Returns the id of the server whose subscriptions these are; null for a client. */
    @Override
    public String remoteId() {
        return null;
    }

    /** Writes what was delivered so far. Called by a reader that is about to wait. */
    protected final void flushBatch() {
        endBatch();
        flushTouched();
    }

    /** Returns whether the peer is a server. */
    @Override
    public final boolean isRoute() {
        return dialect == Dialect.ROUTE;
    }

    /** Reads until the connection ends. */
    @Override
    public final void run() {
        try {
            server.began(this);
            if (server.mayOpen(this) && open(new Opening(this, server.log, transport, input, outbound))) {
                life.opened();
                server.identified(this);
                readBatches();
            } else {
                drain();
            }
        } catch (IOException e) {
            if (!life.isEnding())
                server.log.debug(this, "Error reading: " + e.getMessage());
            kill(CloseReason.READ_ERROR);
        } catch (Throwable e) {
            // A defect of this server must end only this connection, and must be logged.
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
        ShortWait shortWait = new ShortWait(socket().getInputStream(), outbound::appended);
        while (parser.fill()) {
            if (!life.isEnding())
                handleBatch();
            else if (!discardBatch())
                return;
            shortWait.await(parser.batchSize());
        }
        inputEnded = discarded <= MOST_DISCARDED;
        close(CloseReason.CLIENT_CLOSED, "");
    }

    /** Reads and discards input after {@link #open} failed, while the error is sent to the peer. */
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
     * Counts bytes that were read and contain no command. After an error was sent to the peer, only a limited number of
     * bytes is read. A server that shuts down continues reading, because closing with unread input could discard
     * messages that the peer has not read yet. Called by the reader.
     *
     * @return whether to continue reading
     */
    public final boolean readsOn(int bytes) {
        CloseReason why = life.reason();
        if (why == null || why == CloseReason.SERVER_SHUTDOWN || !(life.lingerNeeded() || transport.isFramed()))
            return true;
        discarded += bytes;
        return discarded <= MOST_DISCARDED;
    }

    private void handleBatch() {
        try {
            beginBatch();
            if (faults != null)
                handleWith(faults);
            for (Op op; (op = parser.next()) != Op.NEED_MORE && !life.isEnding();) {
                handle(op);
                if (op == Op.CONNECT && faults != null)
                    handleWith(faults);
            }
        } catch (ProtocolException e) {
            endBatch();
            server.log.error(this, e.logText());
            if (server.log.traceOn())
                for (String text : e.texts())
                    server.log.trace(this, "<<- [-ERR " + text + "]");
            if (e.texts().isEmpty())
                server.report(this, IncidentSink.Kind.PROTOCOL, e.logText());
            close(CloseReason.of(e.fault()), e.wire());
        } finally {
            // The flush was promised to the receivers, so it is done whatever happens to this reader.
            endBatch();
            flushTouched();
        }
    }

    /**
     * Handles the rest of the batch on a connection with faults, which may hold the reader before each command. A
     * connection may get faults by its CONNECT, which tells the name and the user.
     */
    private void handleWith(ConnectionFaults injected) throws ProtocolException {
        injected.batchCame();
        while (true) {
            if (injected.isReadingPaused()) {
                flushBatch();
                injected.awaitReading();
            }
            Op op = life.isEnding() ? Op.NEED_MORE : parser.next();
            if (op == Op.NEED_MORE)
                return;
            for (int times = injected.times(op, parser.message()); times > 0; times--)
                handle(op);
            injected.handled();
        }
    }

    /** Reads the limits that a reload may have changed, once per batch. */
    protected void beginBatch() {
        Limits limits = server.limits;
        parser.limits(limits.maxControlLine(), limits.maxPayload());
        batch.begin(limits.maxPending());
    }

    /** Appends to the output of this connection. */
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
     * Ends the connection in order: leaves at once, writes the pending output and the error text, and gives the peer
     * time to read them before the socket is closed. Any thread may call it; only the first reason counts.
     *
     * @param wire protocol text to send last, empty for none
     */
    public final void close(CloseReason why, String wire) {
        // Closing a socket with unread input discards output that the peer has not read.
        boolean lingerNeeded = !wire.isEmpty() || why == CloseReason.SERVER_SHUTDOWN;
        if (!life.close(why, lingerNeeded))
            return;
        if (faults != null)
            faults.wake();
        try {
            inputMemory.end();
            leaveOnce();
            if (!wire.isEmpty()) {
                traceErrors(wire);
                server.report(this, why.incident(), IncidentSink.text(wire));
                outbound.append(wire.getBytes(StandardCharsets.UTF_8), Long.MAX_VALUE);
            }
            outbound.finish();
        } catch (Throwable e) {
            // For example if there is no memory: the socket is then closed at once.
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
     * Ends the output after all of it was written, and gives the peer time to end its own. Called by the writer, or by
     * any thread while no other stream was put over the plain socket.
     */
    @Override
    public final void outputFinished() {
        boolean linger = (life.lingerNeeded() || transport.isFramed()) && transport.endsInOrder() && !inputEnded;
        if (linger)
            server.after(LINGER, this::die);
        try {
            transport.endLayers(life.reason());
            if (linger)
                transport.shutdownOutput();
        } catch (IOException e) {
            linger = false;
        }
        if (linger)
            life.linger();
        else
            die();
    }

    /** Sets the reason for closing; the caller then ends the connection. Returns false if there is an earlier one. */
    final boolean endsFor(CloseReason why) {
        return life.close(why, false);
    }

    /** Ends the connection at once. Any thread may call it; the reader then leaves. */
    public final boolean kill(CloseReason why) {
        boolean first = endsFor(why);
        inputMemory.end();
        outbound.die();
        die();
        if (faults != null)
            faults.wake();
        return first;
    }

    /** Has the socket reset when it is closed, so that the peer sees an error instead of the end of the stream. */
    public final void resetWhenClosed() {
        transport.resetWhenClosed();
    }

    /** Returns what goes wrong on this connection, or null. Any thread. */
    public final ConnectionFaults faults() {
        return faults;
    }

    /** Sets what goes wrong on this connection from now on. Called once, by any thread. */
    public final void faults(ConnectionFaults injected) {
        faults = injected;
    }

    @Override
    public final void inputStalled(int come) {
        if (endsFor(CloseReason.STALE)) {
            String text = "Stale Connection: no more than " + come
                    + " bytes of a message have come, and others wait for memory";
            server.log.notice(this, text);
            server.report(this, IncidentSink.Kind.STALE, text);
        }
        kill(CloseReason.STALE);
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
     * Ends the connection as a slow consumer, and logs that with its name and user. Any thread that holds no lock.
     *
     * @param limit the limit that was exceeded; {@code %d} is replaced by the number of pending bytes
     */
    final void cutOff(CloseReason why, String limit) {
        try {
            // Must be read before the connection ends and its subscriptions are removed.
            if (!life.isEnding())
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
        String text = "Slow Consumer Detected: " + limit.replace("%d", Long.toString(waiting.pending()));
        String subject = waiting.subject().isEmpty() ? "" : ", subject " + waiting.subject();
        server.report(this, why.incident(), text + subject);
        server.log.notice(this, text + named("name", clientName()) + named("user", user()) + subject);
    }

    private static String named(String what, String name) {
        return name.isEmpty() ? "" : ", " + what + " " + Quoted.of(name);
    }

    /** Returns the backlog of a slow consumer, or {@link Backlog#NONE}. */
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

    /** Ends the connection after a failure that the peer did not cause, and then logs it. */
    private void failed(String what, Throwable e, CloseReason why) {
        if (e instanceof OutOfMemoryError)
            server.reserve.release();
        try {
            kill(why);
        } finally {
            server.threads.failed(this, what, e);
        }
    }

    private void die() {
        try {
            transport.close();
        } catch (IOException e) {
            server.log.debug(this, "Error closing: " + e.getMessage());
        } finally {
            life.die();
        }
    }

    /** Ends the reader: waits for the pending output for a limited time, then releases everything. */
    private void end() {
        leaveWithRetries();
        try {
            // Others may wait for the memory, and cached match results may keep this object reachable for a long time.
            parser.release();
            awaitOutput();
            kill(CloseReason.CLIENT_CLOSED);
            server.reserve.tryRenew();
            recordEnd();
        } catch (Throwable e) {
            failed("reader", e, CloseReason.READ_ERROR);
        } finally {
            server.ended(this);
        }
        if (server.log.debugOn())
            server.log.debug(this, dialect.title() + " connection closed: " + life.reason());
    }

    private void awaitOutput() {
        try {
            long patience = server.limits.writeDeadline().toMillis();
            if (!life.awaitOutput(patience))
                server.log.debug(this, "Error flushing: not finished after " + patience + "ms");
        } catch (InterruptedException e) {
            server.log.debug(this, "Error flushing: interrupted");
        }
    }

    /** Leaving is retried while memory is short, because only that frees the memory of the connection. */
    private void leaveWithRetries() {
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

    /** Returns whether commands of this connection are traced. */
    @Override
    public final boolean isTraced() {
        return server.log.traceOn() && server.traffic.traceFilter().wants(outbound);
    }

    /** Traces an outgoing or incoming line, if this connection is traced. */
    protected final void trace(String text) {
        if (isTraced())
            server.log.trace(this, text);
    }

    private void leaveOnce() {
        if (!left.compareAndSet(false, true))
            return;
        try {
            leave();
            gone = true;
        } finally {
            if (!gone)
                left.set(false);
        }
    }

    /** Returns the number that is shown as cid or rid. */
    @Override
    public final long id() {
        return id;
    }

    /** Returns the address of the peer; null over a Unix domain socket, or if the socket was closed before. */
    public final InetSocketAddress remoteAddress() {
        return socket().getRemoteSocketAddress() instanceof InetSocketAddress peer ? peer : null;
    }

    /** Returns the reason for closing, or null while the connection is open. */
    public final CloseReason closeReason() {
        return life.reason();
    }

    public final Outbound outbound() {
        return outbound;
    }

    /** Returns whether commands are handled: TLS and WebSocket are in place, and it does not end yet. */
    public final boolean isOpen() {
        return life.phase() == Lifecycle.Phase.OPEN;
    }

    protected final boolean isClosing() {
        return life.isEnding();
    }

    /** Returns the TLS session, or null for a plain connection. */
    public final SSLSession session() {
        return transport.session();
    }

    /** Returns the certificates that the peer has presented and that were verified, its own first; none without TLS. */
    public final List<X509Certificate> certificates() {
        return transport.certificates();
    }

    /**
     * Returns the same certificates, or none if they are not valid by these TLS options any more.
     *
     * @param inForce null if there is no TLS any more
     */
    public final List<X509Certificate> certificatesFor(TlsHandshake inForce) {
        return transport.certificatesFor(inForce);
    }

    /** Returns whether the connection uses WebSocket frames. */
    public final boolean isWebSocket() {
        return transport.isFramed();
    }

    /** Returns the address of the peer without its port. */
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

    @Override
    public final void runWriter(Runnable writer) {
        server.threads.runListed(writer);
    }

    /** Returns the name for thread dumps, such as {@code cid:7-read}. */
    @Override
    public final String threadName(String role) {
        return label.substring(label.lastIndexOf(' ') + 1) + "-" + role;
    }
}
