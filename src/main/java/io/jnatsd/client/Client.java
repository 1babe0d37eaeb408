package io.jnatsd.client;

import io.jnatsd.auth.LoginState;
import io.jnatsd.auth.LoginState.Granted;
import io.jnatsd.auth.MessagePace;
import io.jnatsd.connection.Backlog;
import io.jnatsd.connection.CloseReason;
import io.jnatsd.connection.Connection;
import io.jnatsd.connection.IncidentSink;
import io.jnatsd.connection.Opening;
import io.jnatsd.connection.PingTimer;
import io.jnatsd.connection.ServerState;
import io.jnatsd.delivery.Delivery;
import io.jnatsd.protocol.Arguments;
import io.jnatsd.protocol.ConnectInfo;
import io.jnatsd.protocol.Dialect;
import io.jnatsd.protocol.Message;
import io.jnatsd.protocol.Op;
import io.jnatsd.protocol.ProtocolException;
import io.jnatsd.protocol.ProtocolException.Fault;
import io.jnatsd.protocol.Redacted;
import io.jnatsd.protocol.ServerInfo;
import io.jnatsd.protocol.Subject;
import io.jnatsd.subject.MatchResult;
import io.jnatsd.subject.SidTable;
import io.jnatsd.subject.Subscription;
import io.jnatsd.text.Quoted;
import io.jnatsd.tls.TlsHandshake;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A client connection, which implements CONNECT, PUB, SUB, UNSUB and PING (protocol.md, sections 1 to 11).
 *
 * <p>Threads: the reader only, except fields that are volatile or have a lock of their own.
 */
public final class Client extends Connection {
    private static final byte[] PONG = ascii("PONG\r\n"), OK = ascii("+OK\r\n");
    /**
     * A client above a limit of connections is refused after this time or at its first command, because client
     * libraries expect an error after their CONNECT.
     */
    private static final Duration REFUSAL_PAUSE = Duration.ofMillis(100);

    /** A client that is slowed down and has been closed notices that within this time. */
    private static final long LONGEST_SLEEP_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final Clients clients;
    /** The part of the address that limits count by. */
    private final String network;
    private final ClientWebSocket webSocket;
    /** Whether the client uses TLS if the client port has it. */
    private final boolean ownTls;
    private final SidTable subs;
    /** Written by the reader. */
    private volatile ConnectInfo connect = ConnectInfo.BEFORE_CONNECT;
    private final ClientLogin login;
    private final ClientSubscriptions subscriptions;
    /** The limit of connections that the client is above; null if there is none. Written by {@link #open}. */
    private CloseReason refusal;
    private volatile boolean connected;
    /** A PONG was sent after a CONNECT; only then does the client expect further INFO lines. */
    volatile boolean ponged;
    private final AtomicBoolean infoDue = new AtomicBoolean();
    private boolean badSubjectReported;
    /** The client and this server both support headers. */
    private boolean headers;
    /** The client wants a response if a request has no receiver. */
    private boolean noResponders;
    private final Delivery delivery = new Delivery(server.traffic, batch, outbound, false);
    private final PingTimer pings = new PingTimer(this);
    private final ClientStats stats;

    /**
     * @param webSocket for a client of the WebSocket port; null for any other
     * @param unix whether it has connected to the Unix domain socket
     */
    Client(Clients clients, ServerState server, Socket socket, ClientWebSocket webSocket, boolean unix)
            throws IOException {
        super(server, socket, Dialect.CLIENT);
        this.clients = clients;
        this.network = network(socket.getInetAddress());
        this.webSocket = webSocket;
        this.ownTls = webSocket == null && !unix;
        subs = server.subjects.announcedTable();
        login = new ClientLogin(this, clients, server);
        subscriptions = new ClientSubscriptions(this, server, login, subs);
        stats = new ClientStats(this, clients, subs, pings, delivery);
    }

    /** Returns the address of an IPv4 client. One IPv6 client may have all addresses of a network of 64 bits. */
    private static String network(InetAddress address) {
        if (address instanceof Inet6Address)
            return HexFormat.of().formatHex(address.getAddress(), 0, 8);
        return address == null ? "" : address.getHostAddress();
    }

    String network() {
        return network;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    protected boolean open(Opening opening) throws IOException {
        server.log.debug(this, "Client connection created");
        if (webSocket != null && !webSocket.open(this, server, opening))
            return false;
        ClientTls tls = ownTls ? clients.tls() : null;
        if (tls != null && tls.first() && !tls.secure(opening))
            return false;
        outbound.append(infoLine(), Long.MAX_VALUE);
        outbound.flush();
        refusal = clients.admit(this);
        if (refusal == CloseReason.SERVER_SHUTDOWN) {
            kill(refusal);
            return false;
        }
        if (refusal != null) {
            if (tls != null && !tls.first()) {
                // The next bytes of the client may be TLS, which this connection would not understand.
                refuse(refusal);
                return false;
            }
            server.after(REFUSAL_PAUSE, () -> refuse(refusal));
            return true;
        }
        if (isClosing()) {
            // It may have left before it was registered.
            clients.dismiss(this);
            return false;
        }
        if (tls != null && !tls.first() && !tls.secure(opening))
            return false;
        parser.connectOnly(login.begin());
        pings.start();
        return true;
    }

    /** Returns the current TLS settings of the client's port; null if it no longer has TLS. Any thread. */
    TlsHandshake tlsInForce() {
        return clients.tlsInForce(webSocket != null);
    }

    /** Closes a connection above a limit of connections. Any thread. */
    void refuse(CloseReason limit) {
        if (!isClosing())
            server.log.error(this, limit.toString());
        trace("<<- [-ERR " + limit + "]");
        close(limit, error(limit));
    }

    /** Returns the last line for a connection that is above a limit of connections. */
    static String error(CloseReason limit) {
        return "-ERR '" + limit + "'\r\n";
    }

    @Override
    protected void handle(Op op) throws ProtocolException {
        if (refusal != null) {
            refuse(refusal);
            return;
        }
        if (op != Op.PUB)
            delivery.settle();
        if (op == Op.CONNECT) {
            connect(parser.arguments());
            return;
        }
        if (!(login.enter() instanceof Granted granted))
            return;
        switch (op) {
            case PUB -> publish(parser.message(), granted);
            case PUB_LINE -> checkSubjectEarly(parser.message());
            case SUB -> subscriptions.subscribe(parser.arguments(), granted);
            case UNSUB -> subscriptions.unsubscribe(parser.arguments());
            case PING -> ping();
            case PONG -> pong();
            case INFO -> peerInfo(parser.arguments());
            case OK -> { }
            case ERR -> throw new ProtocolException(Fault.PEER_ERROR, "Client Error " + parser.arguments().text());
            case CONNECT, NEED_MORE -> throw new AssertionError(op);
        }
    }

    @Override
    protected void endBatch() {
        if (delivery.endBatch())
            stats.active();
    }

    // ---- CONNECT, PING, INFO ---------------------------------------------------------------------------------

    private void connect(Arguments line) throws ProtocolException {
        if (isTraced())
            server.log.trace(this, "->> [CONNECT " + Redacted.connect(line.text()) + "]");
        stats.active();
        ConnectInfo said = connect.merge(line.buffer(), line.start(), line.end());
        // The buffer is reused, and must not keep a password.
        Arrays.fill(line.buffer(), line.start(), line.end(), (byte) 0);
        connect = said;
        connected = true;
        delivery.echo(said.echo());
        LoginState before = login.state();
        login.connect(said);
        if (!(login.state() instanceof Granted granted))
            return;
        if (before instanceof Granted had && had.permissions() != granted.permissions())
            subscriptions.review();
        parser.connectOnly(false);
        headers = said.headers() && server.info.headers();
        // Some clients request no_responders without headers, but the response needs headers.
        noResponders = headers && said.noResponders();
        outbound.takeHeaders(headers);
        if (said.protocol() < 0 || said.protocol() > 1)
            throw new ProtocolException(Fault.CLIENT_PROTOCOL, "Invalid Client Protocol");
        if (server.log.debugOn())
            server.log.debug(this, "Client connection accepted: " + description());
        server.identified(this);
        acknowledge();
    }

    /**
     * Returns the client's name and user for the log. Quoted, because the client chooses them and they must stay on one
     * line.
     */
    private String description() {
        return "name " + Quoted.of(clientName()) + ", user " + Quoted.of(user()) + ", lang "
                + Quoted.of(connect.lang()) + ", version " + Quoted.of(connect.version());
    }

    private void ping() {
        trace("->> [PING]");
        trace("<<- [PONG]");
        reply(PONG);
        if (connected && !ponged) {
            ponged = true;
            sendDueInfo();
            if (connect.protocol() >= 1 && !server.info.onlyOld())
                pings.startSoon();
        }
    }

    /** Sends the changed INFO as soon as the client expects further INFO lines. Any thread. */
    public void pushInfo() {
        infoDue.set(true);
        if (ponged)
            sendDueInfo();
    }

    private void sendDueInfo() {
        if (infoDue.compareAndSet(true, false) && connect.protocol() >= 1) {
            outbound.append(infoLine(), Long.MAX_VALUE);
            outbound.flush();
        }
    }

    private byte[] infoLine() {
        ServerInfo info = ownTls ? server.info : server.info.withoutTls();
        return info.line(id(), ip(), login.nonce()).getBytes(StandardCharsets.UTF_8);
    }

    private void pong() {
        trace("->> [PONG]");
        pings.pong();
    }

    /** As in gnatsd 1.0, INFO from a client is checked and ignored. */
    private void peerInfo(Arguments line) throws ProtocolException {
        ConnectInfo.BEFORE_CONNECT.merge(line.buffer(), line.start(), line.end());
    }

    /** Sends +OK to a verbose client. */
    void acknowledge() {
        if (connect.verbose()) {
            delivery.settle();
            trace("<<- [OK]");
            reply(OK);
        }
    }

    /** Sends an error that does not end the connection. */
    void sendError(IncidentSink.Kind kind, String text) {
        delivery.settle();
        server.report(this, kind, text);
        trace("<<- [-ERR " + text + "]");
        reply(("-ERR '" + text + "'\r\n").getBytes(StandardCharsets.UTF_8));
    }

    // ---- PUB -------------------------------------------------------------------------------------------------

    /** A pedantic client gets the error for a bad subject before it has sent the payload. */
    private void checkSubjectEarly(Message m) {
        if (connect.pedantic() && !Subject.isValidLiteral(m.buffer(), m.subjectStart(), m.subjectLength())) {
            sendError(IncidentSink.Kind.PROTOCOL, "Invalid Subject");
            badSubjectReported = true;
        }
    }

    /** Slows down a client that publishes more than its limits allow: its next input is read later. */
    private void awaitTurn(MessagePace pace) {
        long asked = System.nanoTime(), wait = pace.take(asked);
        if (wait == 0)
            return;
        flushBatch();
        try {
            for (long left = wait; left > 0 && !isClosing(); left = asked + wait - System.nanoTime()) {
                TimeUnit.NANOSECONDS.sleep(Math.min(left, LONGEST_SLEEP_NANOS));
                pings.postpone();
            }
        } catch (InterruptedException e) {
            kill(CloseReason.SERVER_SHUTDOWN);
        }
    }

    private void publish(Message m, Granted granted) throws ProtocolException {
        if (granted.pace() != null)
            awaitTurn(granted.pace());
        delivery.received(m);
        delivery.trace(m.headerLength() < 0 ? "PUB" : "HPUB", m);
        if (m.headerLength() >= 0 && !headers)
            throw new ProtocolException(server.info.headers() ? Fault.BAD_ARGUMENTS : Fault.UNKNOWN_OPERATION,
                    "message headers not supported");
        MatchResult match = delivery.match(m);
        boolean wellFormed = !connect.pedantic() || match.isLiteral();
        if (!wellFormed && !badSubjectReported)
            sendError(IncidentSink.Kind.PROTOCOL, "Invalid Subject");
        badSubjectReported = false;
        if (match.isReserved() || !login.mayPublish(match, granted.permissions())) {
            refusePublish(m);
            return;
        }
        acknowledge();
        boolean received = wellFormed && delivery.publish(match, m);
        if (!received && noResponders && m.replyLength() > 0)
            delivery.reportNoResponders(m);
    }

    private void refusePublish(Message m) {
        String subject = Quoted.of(m.buffer(), m.subjectStart(), m.subjectStart() + m.subjectLength());
        sendError(IncidentSink.Kind.PERMISSIONS, "Permissions Violation for Publish to " + subject);
        server.log.error(this, "Publish Violation - User " + Quoted.of(user()) + ", Subject " + subject);
    }

    /**
     * Calls {@link #recheck}. If the check fails to complete, the connection is closed, because the client may not be
     * allowed by the new rules.
     */
    void recheckOrEnd() {
        boolean checked = false;
        try {
            recheck();
            checked = true;
        } catch (InterruptedException e) {
            server.log.debug(this, "The check of its login was interrupted");
        } finally {
            if (!checked)
                kill(CloseReason.AUTHENTICATION_FAILURE);
        }
    }

    /**
     * Checks the client again after a reload has changed users or permissions. Not called by the reader, because it may
     * take a while.
     */
    public void recheck() throws InterruptedException {
        if (isClosing() || refusal != null || !login.recheck())
            return;
        subscriptions.review();
    }

    @Override
    public void exhausted(Subscription sub) {
        subscriptions.exhausted(sub);
    }

    @Override
    protected void leave() {
        pings.stop();
        login.leave();
        // Done before the client is unregistered, so that its queue members can be distinguished from members that
        // never existed.
        subs.removeAll();
        clients.dismiss(this);
    }

    // ---- logs and monitoring ---------------------------------------------------------------------------------

    @Override
    public String clientName() {
        return connect.name();
    }

    @Override
    public String user() {
        String known = login.user();
        return known.isEmpty() ? connect.user() : known;
    }

    @Override
    public Subscription subscription(String sid) {
        return subs.get(sid);
    }

    /**
     * Returns whether the client is connected and has logged in, with CONNECT or, where that is not needed, with
     * another command. Any thread.
     */
    public boolean hasLoggedIn() {
        return !isClosing() && login.state() instanceof Granted
                && (connected || subs.size() > 0 || delivery.inMessages() > 0);
    }

    /** Returns the values of the last CONNECT. Any thread. */
    public ConnectInfo connectInfo() {
        return connect;
    }

    Backlog slowBacklog() {
        return backlog();
    }

    /** Returns the statistics for monitoring. */
    public ClientStats stats() {
        return stats;
    }

    @Override
    protected String busiestSubject() {
        return stats.busiestSubject();
    }

    @Override
    protected void recordEnd() {
        stats.recordEnd();
    }
}
