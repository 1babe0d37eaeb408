package io.jnatsd.cluster;

import io.jnatsd.auth.LoginState;
import io.jnatsd.auth.LoginState.Granted;
import io.jnatsd.connection.CloseReason;
import io.jnatsd.connection.Connection;
import io.jnatsd.connection.IncidentSink;
import io.jnatsd.connection.Opening;
import io.jnatsd.connection.PingTimer;
import io.jnatsd.connection.Times;
import io.jnatsd.delivery.Delivery;
import io.jnatsd.delivery.Outbound;
import io.jnatsd.log.SteadyClock;
import io.jnatsd.protocol.Arguments;
import io.jnatsd.protocol.ConnectInfo;
import io.jnatsd.protocol.Dialect;
import io.jnatsd.protocol.Message;
import io.jnatsd.protocol.Op;
import io.jnatsd.protocol.ProtocolException;
import io.jnatsd.protocol.ProtocolException.Fault;
import io.jnatsd.protocol.Redacted;
import io.jnatsd.protocol.RouteInfo;
import io.jnatsd.protocol.SubLine;
import io.jnatsd.protocol.UnsubLine;
import io.jnatsd.subject.Receiver;
import io.jnatsd.subject.SidTable;
import io.jnatsd.subject.Subscription;
import io.jnatsd.subject.SubscriptionView;
import io.jnatsd.text.Quoted;
import io.jnatsd.tls.TlsHandshake;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * A connection with another server, which implements the handshake for both sides, and MSG, SUB, UNSUB, INFO and
 * CONNECT (protocol.md, sections 20 to 25).
 *
 * <p>The reader secures the connection, shows credentials or waits for them ({@code RouteLogin}), and learns from INFO
 * or CONNECT which server is at the other end. From then on {@link RouteTable} holds the standing of this connection
 * beside others to the same server, and draws how it changes. {@code Lifecycle} draws how a connection ends.
 *
 * <p>Threads: the reader only, except fields that are volatile or have a lock of their own.
 */
public final class Route extends Connection {
    private static final byte[] PING = ascii("PING\r\n");
    private static final byte[] PONG = ascii("PONG\r\n");
    private static final byte[] OK = ascii("+OK\r\n");
    private static final String TLS_REQUIRED = "-ERR 'Secure Connection - TLS Required'\r\n";
    private static final String WRONG_PORT = "-ERR 'Attempted To Connect To Route Port'\r\n";
    /** The other server may send on a replaced connection for this time at most. */
    private static final Duration RETIREMENT = Duration.ofSeconds(5);
    /** How long the reader waits, per batch, for a stream that is behind. */
    private static final Duration STREAM_PATIENCE = Duration.ofMillis(10);
    /** The other server may allow longer subjects than this one. */
    private static final int LEAST_CONTROL_LINE = 32 * 1024;

    private final Cluster cluster;
    /** The dialer, or null if the other server has dialled. */
    private final RouteDialer dialer;
    private final SidTable subs;
    private final Delivery delivery = new Delivery(server.traffic, batch, outbound(), true);
    private final StoredMessages storedMessages = new StoredMessages();
    private final QueueMembers members;
    private final RouteLogin login;
    private final PingTimer pings = new PingTimer(this);
    /** Reaches zero when the other server has answered the last PING; null before this server stops. */
    private volatile CountDownLatch left;
    /** Written by the reader. */
    private volatile ConnectInfo connect = ConnectInfo.BEFORE_ROUTE_CONNECT;
    /** Empty until the other server has sent its id. Written by the reader. */
    private volatile String remoteId = "";
    /** The last INFO of the other server about itself. Written by the reader. */
    private volatile RouteInfo said;
    /**
     * The rid that the other server uses for this connection; 0 if it does not support hand-over. Written by the
     * reader.
     */
    private volatile long peerRid;
    /** The time when the last batch arrived, in nanoseconds. Written by the reader. */
    private volatile long heard = System.nanoTime();
    private final long started = SteadyClock.millis();
    /** This server has dialled this route or a spare connection to the same server; for monitoring. */
    private volatile boolean solicited;
    private volatile boolean configured;
    /** The connection to the same server that has replaced this one, or null. Written once. */
    private volatile Route successor;
    /** More bytes are pending than allowed. The route is disconnected when no lock is held. */
    private volatile boolean overflowing;
    private volatile boolean overBudget;

    /** @param dialer null if the other server has dialled */
    Route(Cluster cluster, Socket socket, RouteDialer dialer) throws IOException {
        super(cluster.server(), socket, Dialect.ROUTE);
        this.cluster = cluster;
        this.dialer = dialer;
        this.solicited = dialer != null;
        this.configured = dialer != null && dialer.isExplicit();
        this.subs = server.subjects.unannouncedTable();
        this.members = new QueueMembers(server, delivery, cluster.departed());
        this.login = new RouteLogin(this, cluster, cluster.passwords());
        // One stream that is behind must not stop what the other server sends to others.
        batch.limitPatience(STREAM_PATIENCE.toNanos());
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    // ---- the handshake ---------------------------------------------------------------------------------------

    @Override
    protected boolean open(Opening opening) throws IOException {
        cluster.opened(this);
        server.log.debug(this, "Route connection created");
        if (!secure(opening))
            return false;
        RouteInfo own = cluster.own();
        if (dialer != null) {
            server.log.debug(this, "Route connect msg sent");
            append(own.connectLine(dialer.user(), dialer.password()));
        }
        append(onThis(own, 0, false).line());
        outbound().flush();
        parser.connectOnly(login.begin());
        pings.start();
        return true;
    }

    /** Adds this connection to an INFO. gnatsd 1.0 does not have these fields, so INFO in compat mode omits them. */
    private RouteInfo onThis(RouteInfo own, long after, boolean last) {
        return own.headers() ? own.withLink(new RouteInfo.Link(id(), after, last)) : own;
    }

    private void append(String text) {
        outbound().append(text.getBytes(StandardCharsets.UTF_8), Long.MAX_VALUE);
    }

    /**
     * Does the TLS handshake if the cluster uses TLS. Returns false if it has failed and the connection is being
     * closed.
     */
    private boolean secure(Opening opening) {
        TlsHandshake tls = cluster.tls();
        if (tls == null)
            return true;
        if (dialer == null)
            return opening.secure("route server", () -> tls.server(socket()), TLS_REQUIRED);
        return opening.secure("route client", () -> tls.client(socket(), dialer.host(), socket().getPort(),
                cluster.otherNameFor(dialer)), TLS_REQUIRED);
    }

    private void connect(Arguments line) throws ProtocolException {
        if (isTraced())
            trace("->> [CONNECT " + Redacted.connect(line.text()) + "]");
        ConnectInfo said = connect.merge(line.buffer(), line.start(), line.end());
        // The buffer is reused, and must not keep a password.
        Arrays.fill(line.buffer(), line.start(), line.end(), (byte) 0);
        if (dialer == null)
            login.connect(said);
        if (!(login.state() instanceof Granted))
            return;
        connect = said;
        parser.connectOnly(false);
        if (!said.lang().isEmpty()) {
            // The peer is a client. The URLs in INFO show it where to connect.
            close(CloseReason.WRONG_PORT, WRONG_PORT);
            return;
        }
        if (remoteId.isEmpty())
            identify(said.name());
        acknowledge();
    }

    private void info(Arguments line) throws ProtocolException {
        RouteInfo info = RouteInfo.parse(line.buffer(), line.start(), line.end());
        if (!remoteId.isEmpty() && !remoteId.equals(info.serverId())) {
            cluster.heardOf(info);
            return;
        }
        RouteInfo.Link link = info.link();
        if (peerRid > 0 && link.last()) {
            peerFinished();
            return;
        }
        if (peerRid > 0 && link.after() > 0) {
            flushBatch();
            cluster.routes().awaitEnded(this, link.after());
            return;
        }
        identify(info.serverId());
        if (isClosing())
            return;
        said = info;
        if (peerRid == 0)
            peerRid = link.rid();
        outbound().takeHeaders(info.headers());
        if (!remoteId.isEmpty())
            cluster.arrived(this, info);
    }

    /**
     * Handles that the other server sends nothing more on this connection: waits for the replacing connection, and
     * closes this one.
     */
    private void peerFinished() {
        flushBatch();
        cluster.routes().awaitSuccessor(this);
        close(CloseReason.DUPLICATE_ROUTE, "");
    }

    private void identify(String id) {
        if (id.equals(remoteId))
            return;
        remoteId = id;
        subs.ownerChanged();
        server.identified(this);
    }

    // ---- commands --------------------------------------------------------------------------------------------

    @Override
    protected void beginBatch() {
        super.beginBatch();
        // gnatsd 1.0 accepts messages of any size from other servers, and so does this server, because the other server
        // has already accepted them.
        parser.limits(Math.max(server.limits.maxControlLine(), LEAST_CONTROL_LINE), -1);
        heard = System.nanoTime();
    }

    @Override
    protected void handle(Op op) throws ProtocolException {
        if (op != Op.MSG)
            delivery.settle();
        if (op != Op.CONNECT && !(login.state() instanceof Granted)) {
            // A reload has added a login that the other server has not sent.
            if (login.state() == LoginState.PENDING)
                throw new ProtocolException(Fault.AUTHORIZATION, "Authorization Error");
            return;
        }
        switch (op) {
            case MSG -> message(parser.message());
            case PUB -> published(parser.message());
            case SUB -> subscribe(parser.arguments());
            case UNSUB -> unsubscribe(parser.arguments());
            case INFO -> info(parser.arguments());
            case CONNECT -> connect(parser.arguments());
            case PING -> ping();
            case PONG -> pong();
            case OK, PUB_LINE -> { }
            case ERR -> error(parser.arguments().text());
            case NEED_MORE -> throw new AssertionError(op);
        }
    }

    private void error(String text) throws ProtocolException {
        if (!text.startsWith("'" + Cluster.SECOND_JETSTREAM))
            throw new ProtocolException(Fault.PEER_ERROR, "Route Error " + text);
        cluster.refusedBy(this, text);
        close(CloseReason.JETSTREAM, "");
    }

    private void message(Message m) {
        delivery.received(m);
        delivery.trace(m.headerLength() < 0 ? "MSG" : "HMSG", m);
        Message form = said != null && said.jetStream() && StoredMessages.mayBe(m) ? storedMessages.unpacked(m) : m;
        boolean trusted = said != null && said.system();
        if (QueueMembers.areAddressed(m))
            deliverToMember(m, form, trusted);
        else if (!delivery.deliverHere(m, form, trusted))
            refuse(m);
        acknowledge();
    }

    /** An address of a member does not open subjects that are closed to other messages. */
    private void deliverToMember(Message m, Message form, boolean trusted) {
        if (Delivery.isReserved(m))
            refuse(m);
        else if (trusted || !delivery.isForSystemUser(m))
            members.deliver(m, form);
    }

    /** As in gnatsd 1.0, PUB is accepted and handled like MSG. */
    private void published(Message m) {
        delivery.received(m);
        delivery.trace("PUB", m);
        if (!delivery.deliverHere(m, false))
            refuse(m);
        acknowledge();
    }

    private void refuse(Message m) {
        String subject = Quoted.of(m.buffer(), m.subjectStart(), m.subjectStart() + m.subjectLength());
        sendError(IncidentSink.Kind.PERMISSIONS, "Permissions Violation for Publish to " + subject);
        server.log.error(this, "Publish Violation - User " + Quoted.of(user()) + ", Subject " + subject);
    }

    private void subscribe(Arguments line) throws ProtocolException {
        if (isTraced())
            trace("->> [SUB " + line.text() + "]");
        SubLine wanted = SubLine.of(line);
        if (!wanted.valid()) {
            sendError(IncidentSink.Kind.PROTOCOL, "Invalid Subject");
            return;
        }
        subs.add(new Subscription(outbound(), wanted));
        acknowledge();
    }

    private void unsubscribe(Arguments line) throws ProtocolException {
        if (isTraced())
            trace("->> [UNSUB " + line.text() + "]");
        UnsubLine ended = UnsubLine.of(line);
        Subscription sub = subs.get(ended.sid());
        if (sub != null && (ended.max() == 0 || subs.endAfter(sub, ended.max()) < 0))
            remove(sub);
        acknowledge();
    }

    @Override
    public void exhausted(Subscription sub) {
        if (server.log.debugOn())
            server.log.debug(this, "Auto-unsubscribe limit of " + sub.max() + " reached for sid '"
                    + Arguments.text(sub.sid()) + "'");
        remove(sub);
    }

    private void remove(Subscription sub) {
        if (subs.remove(sub) && isTraced())
            trace("<-> [DELSUB " + Arguments.text(sub.sid()) + "]");
    }

    private void ping() {
        trace("->> [PING]");
        trace("<<- [PONG]");
        reply(PONG);
    }

    private void pong() {
        trace("->> [PONG]");
        pings.pong();
        CountDownLatch leave = left;
        if (leave != null)
            leave.countDown();
    }

    private void acknowledge() {
        if (connect.verbose()) {
            trace("<<- [OK]");
            reply(OK);
        }
    }

    private void sendError(IncidentSink.Kind kind, String text) {
        server.report(this, kind, text);
        trace("<<- [-ERR " + text + "]");
        reply(("-ERR '" + text + "'\r\n").getBytes(StandardCharsets.UTF_8));
    }

    @Override
    protected void endBatch() {
        delivery.endBatch();
    }

    // ---- any thread ------------------------------------------------------------------------------------------

    /** Appends a line that must not be lost. The caller then calls {@link #flushTold}. Called with or without locks. */
    void tell(byte[] line) {
        int outcome = outbound().append(line, server.limits.maxPending());
        if (outcome == 0 && successor instanceof Route next) {
            next.tell(line);
            return;
        }
        if ((outcome & Receiver.OVERFLOW) != 0)
            overflowing = true;
        if ((outcome & Receiver.OVER_BUDGET) != 0)
            overBudget = true;
        if (isTraced())
            trace("<<- [" + new String(line, StandardCharsets.ISO_8859_1).strip() + "]");
    }

    /**
     * Appends the subscriptions that exist when the route is registered. They have no size limit, because the peer has
     * not caused the backlog. As in gnatsd 1.0, they are not traced.
     */
    void tellAtFirst(byte[] lines) {
        if (outbound().append(lines, Long.MAX_VALUE) == 0 && successor instanceof Route next)
            next.tellAtFirst(lines);
    }

    /** Sends a changed INFO of this server. Not sent to gnatsd 1.0, which would treat it as a duplicate route. */
    void tellChanged(RouteInfo own) {
        if (said == null || !said.headers())
            return;
        tell(onThis(own, 0, false).line().getBytes(StandardCharsets.UTF_8));
        flushTold();
    }

    void flushTold() {
        outbound().flush();
        if (successor instanceof Route next)
            next.flushTold();
        if (overflowing)
            overflowed();
        if (overBudget) {
            overBudget = false;
            overBudget();
        }
    }

    /** Sends a PING to check that the other server still responds. */
    void probe() {
        tell(PING);
        flushTold();
    }

    /** Sends a PING behind all that was announced. Returns what reaches zero when it is answered. */
    CountDownLatch takeLeave() {
        CountDownLatch leave = new CountDownLatch(pings.isUnanswered() ? 2 : 1);
        left = leave;
        probe();
        return leave;
    }

    /** Sends a PING that measures the round trip time, unless that is known. */
    void measureOnce() {
        if (pings.roundTripNanos() == 0)
            pings.measure();
    }

    boolean hasBeenHeardSince(long nanoTime) {
        return heard - nanoTime > 0;
    }

    /**
     * Calls {@link #recheck}. If the check fails to complete, the route is closed, because the new rules may not allow
     * it.
     */
    void recheckOrEnd() {
        boolean checked = false;
        try {
            recheck();
            checked = true;
        } finally {
            if (!checked)
                kill(CloseReason.AUTHENTICATION_FAILURE);
        }
    }

    /** Checks the other server again, after a reload has changed the login of routes. May take a while. */
    void recheck() {
        if (dialer == null)
            login.recheck();
    }

    /** Takes over the properties of a spare connection to the same server. */
    void adopt(Route other) {
        solicited |= other.solicited;
        configured |= other.configured;
    }

    /** Returns whether both servers support handing over from one connection to another. */
    boolean handsOver() {
        return peerRid > 0 && cluster.own().headers();
    }

    long peerRid() {
        return peerRid;
    }

    /** Appends an INFO which says that this connection continues another one. Does not flush. */
    void continueAfter(Route other) {
        tell(onThis(cluster.own(), other.id(), false).line().getBytes(StandardCharsets.UTF_8));
    }

    /** Returns the connection that has replaced this one, or null. */
    Route successor() {
        return successor;
    }

    /**
     * Makes another connection to the same server the successor. The caller calls {@link #retire} when it holds no
     * lock.
     */
    void yieldTo(Route better) {
        successor = better;
        outbound().succeededBy(better.outbound());
        better.adopt(this);
    }

    /** Tells the other server that nothing more is sent here. What the other server still sends is read to its end. */
    void retire() {
        outbound().seal(onThis(cluster.own(), 0, true).line().getBytes(StandardCharsets.UTF_8));
        server.after(RETIREMENT, () -> kill(CloseReason.DUPLICATE_ROUTE));
    }

    @Override
    protected void leave() {
        pings.stop();
        login.stop();
        cluster.left(this);
        if (successor instanceof Route next)
            subs.moveTo(next.subs, next.outbound());
        else
            subs.removeAll();
        cluster.routes().ended(this);
    }

    @Override
    public String remoteId() {
        return remoteId;
    }

    /** Returns the last INFO of the other server about itself, or null before the first one. */
    RouteInfo said() {
        return said;
    }

    boolean isDialled() {
        return dialer != null;
    }

    @Override
    public String clientName() {
        return remoteId;
    }

    @Override
    public String user() {
        return connect.user();
    }

    /** Statistics for monitoring; {@code ip} and {@code port} are those of the remote end of the connection. */
    public record Stats(long rid, String remoteId, String remoteName, boolean solicited, boolean configured,
            String ip, int port, long pending, long inMessages, long outMessages, long inBytes, long outBytes,
            int subscriptions, Times times) {
    }

    public Stats stats() {
        Outbound.Stats out = outbound().stats();
        long silence = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - heard);
        RouteInfo info = said;
        return new Stats(id(), remoteId, info == null ? "" : info.serverName(), solicited, configured, ip(),
                socket().getPort(), out.pending(), delivery.inMessages(), out.messages(), delivery.inBytes(),
                out.bytes(), subs.size(),
                new Times(started, SteadyClock.millis() - silence, pings.roundTripNanos()));
    }

    /** Returns the subscriptions of the other server. */
    public List<SubscriptionView> subscriptionList() {
        return subs.views(Integer.MAX_VALUE);
    }
}
