package io.jnatsd.client;

import io.jnatsd.auth.LoginState;
import io.jnatsd.auth.LoginState.Granted;
import io.jnatsd.connection.Backlog;
import io.jnatsd.connection.CloseReason;
import io.jnatsd.connection.Connection;
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
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A client connection: what CONNECT, PUB, SUB, UNSUB and PING mean (protocol reference, sections 2 to 9).
 *
 * <p>Threads: the reader owns everything but what is volatile or has a lock of its own.
 */
public final class Client extends Connection {
    private static final byte[] PONG = ascii("PONG\r\n"), OK = ascii("+OK\r\n");
    /** A client that is one too many is told so behind its CONNECT, where client libraries look for errors. */
    private static final Duration REFUSAL_PAUSE = Duration.ofMillis(100);
    static final String TOO_MANY = "-ERR 'Maximum Connections Exceeded'\r\n";

    private final Clients clients;
    private final ClientWebSocket webSocket;
    private final SidTable subs;
    /** Written by the reader. */
    private volatile ConnectInfo connect = ConnectInfo.BEFORE_CONNECT;
    private final ClientLogin login;
    private final ClientSubscriptions subscriptions;
    private boolean refused;
    private volatile boolean connected;
    /** A PONG has gone out behind a CONNECT: only now does the client expect an INFO that it did not ask for. */
    volatile boolean ponged;
    private final AtomicBoolean infoDue = new AtomicBoolean();
    private boolean badSubjectReported;
    /** Both sides know of headers. */
    private boolean headers;
    /** It wants to be told when nobody gets a request. */
    private boolean noResponders;
    private final Delivery delivery = new Delivery(server.traffic, batch, outbound, false);
    private final PingTimer pings = new PingTimer(this);
    private final ClientStats figures;

    /** @param webSocket for a client of the WebSocket port; null for any other */
    Client(Clients clients, ServerState server, Socket socket, ClientWebSocket webSocket) throws IOException {
        super(server, socket, Dialect.CLIENT);
        this.clients = clients;
        this.webSocket = webSocket;
        subs = server.subjects.announcedTable();
        login = new ClientLogin(this, clients, server);
        subscriptions = new ClientSubscriptions(this, server, login, subs);
        figures = new ClientStats(this, clients, subs, pings, delivery);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    protected boolean open(Opening opening) throws IOException {
        server.log.debug(this, "Client connection created");
        if (webSocket != null && !webSocket.open(this, server, opening))
            return false;
        ClientTls tls = webSocket == null ? clients.tls() : null;
        if (tls != null && tls.first() && !tls.secure(opening))
            return false;
        outbound.append(infoLine(), Long.MAX_VALUE);
        outbound.flush();
        if (!clients.admit(this)) {
            if (clients.isTurningAway()) {
                kill(CloseReason.SERVER_SHUTDOWN);
                return false;
            }
            refused = true;
            if (tls != null && !tls.first()) {
                // What it says next may be TLS, which this connection is not going to understand.
                refuse();
                return false;
            }
            server.after(REFUSAL_PAUSE, this::refuse);
            return true;
        }
        if (tls != null && !tls.first() && !tls.secure(opening))
            return false;
        parser.connectOnly(login.begin());
        pings.start();
        return true;
    }

    /** The TLS in force for the port that it came through; null if there is none any more. Any thread. */
    TlsHandshake tlsInForce() {
        return clients.tlsInForce(webSocket != null);
    }

    /** It is one too many. Any thread. */
    void refuse() {
        if (!isClosing())
            server.log.error(this, "Maximum Connections Exceeded");
        trace("<<- [-ERR Maximum Connections Exceeded]");
        close(CloseReason.MAX_CONNECTIONS, TOO_MANY);
    }

    @Override
    protected void handle(Op op) throws ProtocolException {
        if (refused) {
            refuse();
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
            figures.active();
    }

    // ---- CONNECT, PING, INFO ---------------------------------------------------------------------------------

    private void connect(Arguments line) throws ProtocolException {
        if (isTraced())
            server.log.trace(this, "->> [CONNECT " + Redacted.connect(line.text()) + "]");
        figures.active();
        ConnectInfo said = connect.merge(line.buffer(), line.start(), line.end());
        // The buffer may keep what it holds for long: not a password.
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
        // .NET can ask for it without headers, which the answer consists of.
        noResponders = headers && said.noResponders();
        outbound.takeHeaders(headers);
        if (said.protocol() < 0 || said.protocol() > 1)
            throw new ProtocolException(Fault.CLIENT_PROTOCOL, "Invalid Client Protocol");
        if (server.log.debugOn())
            server.log.debug(this, "Client connection accepted: " + introduction());
        acknowledge();
    }

    /** Who a line about an address is about. Quoted: it is the client's word, and must stay on one line. */
    private String introduction() {
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

    /** What INFO says has changed: the client is told as soon as it can understand that. Any thread. */
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
        ServerInfo info = webSocket == null ? server.info : server.info.overWebSocket();
        return info.line(id(), ip(), login.nonce()).getBytes(StandardCharsets.UTF_8);
    }

    private void pong() {
        trace("->> [PONG]");
        pings.pong();
    }

    /** gnatsd: clients may send INFO; it is checked and ignored. */
    private void peerInfo(Arguments line) throws ProtocolException {
        ConnectInfo.BEFORE_CONNECT.merge(line.buffer(), line.start(), line.end());
    }

    /** If the client wants that. */
    void acknowledge() {
        if (connect.verbose()) {
            delivery.settle();
            trace("<<- [OK]");
            reply(OK);
        }
    }

    /** An error after which the connection goes on. */
    void complain(String text) {
        delivery.settle();
        trace("<<- [-ERR " + text + "]");
        reply(("-ERR '" + text + "'\r\n").getBytes(StandardCharsets.UTF_8));
    }

    // ---- PUB -------------------------------------------------------------------------------------------------

    /** A pedantic client hears of a bad subject before it has sent the payload. */
    private void checkSubjectEarly(Message m) {
        if (connect.pedantic() && !Subject.isValidLiteral(m.buffer(), m.subjectStart(), m.subjectLength())) {
            complain("Invalid Subject");
            badSubjectReported = true;
        }
    }

    private void publish(Message m, Granted granted) throws ProtocolException {
        delivery.received(m);
        delivery.trace(m.headerLength() < 0 ? "PUB" : "HPUB", m);
        if (m.headerLength() >= 0 && !headers)
            throw new ProtocolException(server.info.headers() ? Fault.BAD_ARGUMENTS : Fault.UNKNOWN_OPERATION,
                    "message headers not supported");
        MatchResult match = delivery.match(m);
        boolean wellFormed = match.isLiteral() || !connect.pedantic();
        if (!wellFormed && !badSubjectReported)
            complain("Invalid Subject");
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
        complain("Permissions Violation for Publish to " + subject);
        server.log.error(this, "Publish Violation - User " + Quoted.of(user()) + ", Subject " + subject);
    }

    /** As {@link #recheck}. A client that could not be judged by the new rules has no right to stay. */
    void recheckOrEnd() {
        boolean judged = false;
        try {
            recheck();
            judged = true;
        } catch (InterruptedException e) {
            server.log.debug(this, "The check of its login was interrupted");
        } finally {
            if (!judged)
                kill(CloseReason.AUTHENTICATION_FAILURE);
        }
    }

    /** A reload has changed who may do what. Not on the reader: it may take a while. */
    public void recheck() throws InterruptedException {
        if (isClosing() || refused || !login.recheck())
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
        // While it can still be found, its queue members can be told from such that never were.
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

    /** What the client said last in CONNECT. Any thread. */
    public ConnectInfo connectInfo() {
        return connect;
    }

    Backlog slowBacklog() {
        return backlog();
    }

    /** For monitoring. */
    public ClientStats stats() {
        return figures;
    }

    @Override
    protected String busiestSubject() {
        return figures.busiestSubject();
    }

    @Override
    protected void recordEnd() {
        figures.recordEnd();
    }
}
