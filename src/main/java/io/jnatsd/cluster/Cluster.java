package io.jnatsd.cluster;

import io.jnatsd.auth.PasswordCheck;
import io.jnatsd.config.RouteUrl;
import io.jnatsd.config.ServerOptions.ClusterOptions;
import io.jnatsd.config.ServerOptions.TlsOptions;
import io.jnatsd.connection.CloseReason;
import io.jnatsd.connection.Connection;
import io.jnatsd.connection.ServerState;
import io.jnatsd.events.EventRecording;
import io.jnatsd.events.RouteDownEvent;
import io.jnatsd.events.RouteUpEvent;
import io.jnatsd.log.Log;
import io.jnatsd.protocol.RouteInfo;
import io.jnatsd.protocol.ServerInfo;
import io.jnatsd.subject.SubscriptionView;
import io.jnatsd.text.HostPort;
import io.jnatsd.text.Quoted;
import io.jnatsd.tls.TlsContext;
import io.jnatsd.tls.TlsHandshake;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The cluster as this server sees it: the INFO that it sends to other servers, the handling of a route whose server is
 * known, and the gossip by which every server gets a route to every other one (protocol.md, sections 24, 25 and 1).
 *
 * <p>Threads: any thread. A reload replaces each volatile field as a whole.
 */
public final class Cluster {
    private static final Duration LEAVE = Duration.ofSeconds(1);
    /** A spare connection is kept this long, in case the other server closes the other connection. */
    private static final Duration SPARE_TIME = Duration.ofSeconds(1);
    /** The same if this server dialled both connections; the other server has decided by then. */
    private static final Duration OWN_SPARE_TIME = Duration.ofMillis(2500);
    /** A route that has been silent this long may have lost its peer. */
    private static final Duration SILENCE = Duration.ofSeconds(2);
    private static final int BCRYPT_LENGTH = 60;
    /** How the error begins that a second server with JetStream gets; the name of the first one follows. */
    static final String SECOND_JETSTREAM = "JetStream is already enabled on server ";
    private static final String ONLY_ONE = ", and one server of a cluster can have it";
    private static final int MOST_REFUSED = 1000;

    /**
     * The values that do not change while the server runs.
     *
     * @param bound the address of the route listener
     */
    public record Self(String serverId, InetSocketAddress bound, long maxPayload) {
        int port() {
            return bound.getPort();
        }
    }

    private final ServerState server;
    private final Log log;
    private final Self self;
    private final PasswordCheck passwords;
    private final ConnectUrls urls;
    private final DepartedMembers departed = new DepartedMembers();
    private final RouteTable routes;
    private final Dialers dialers;
    private final OwnAddresses ownAddresses;
    /** The ids of servers whose refusal was logged. Any thread. */
    private final Set<String> refused = ConcurrentHashMap.newKeySet();
    /** Every open route, in any state. Any thread. */
    private final Set<Route> open = ConcurrentHashMap.newKeySet();
    private volatile ClusterOptions options;
    /** Null for routes in plain text. */
    private volatile TlsHandshake tls;
    /** The INFO that is sent to other servers. */
    private volatile RouteInfo own;
    /** Clients should move to other servers; routes stay. */
    private volatile boolean lameDuck;

    public Cluster(ServerState server, Self self, PasswordCheck passwords, ConnectUrls urls) {
        this.server = server;
        this.log = server.log;
        this.self = self;
        this.passwords = passwords;
        this.urls = urls;
        this.routes = new RouteTable(self.serverId(), server, departed);
        this.dialers = new Dialers(this);
        this.ownAddresses = new OwnAddresses(self.bound());
    }

    /**
     * Applies options, before the start or in a reload. Servers that the new login refuses are disconnected. Configured
     * servers are dialled by {@link #dial}.
     */
    public void apply(ClusterOptions next, TlsHandshake nextTls) {
        ClusterOptions before = options;
        // TLS first: a login that is checked by the new options is checked against the new authorities.
        tls = nextTls;
        options = next;
        RouteInfo told = own;
        own = ownInfo(next);
        if (told != null && told.system() != own.system())
            routes.all().forEach(route -> route.tellChanged(own));
        urls.silence(next.noAdvertise());
        boolean sameLogin = before == null
                || before.user().equals(next.user()) && before.password().equals(next.password())
                        && TlsOptions.maps(before.tls()) == TlsOptions.maps(next.tls());
        if (!sameLogin)
            recheck();
    }

    /** Dials the configured servers, and closes routes that are no longer configured. */
    public void dial() {
        dialers.configure(options.routes());
    }

    /** Checks all open routes, including spare ones and those whose server is not known yet. */
    private void recheck() {
        for (Route route : open)
            if (!server.threads.start(route, route.threadName("recheck"), route::recheckOrEnd))
                route.kill(CloseReason.AUTHENTICATION_FAILURE);
    }

    /**
     * Enters lame duck mode: this server and the other servers remove its addresses from connect_urls. Routes stay, and
     * new ones are accepted, for the messages of clients that have not left yet.
     */
    public void sayGoodbye() {
        lameDuck = true;
        own = ownInfo(options);
        routes.all().forEach(route -> route.tellChanged(own));
        urls.forgetOwn();
    }

    private RouteInfo ownInfo(ClusterOptions o) {
        String host = o.host(), ip = "";
        int port = self.port();
        if (!o.advertise().isEmpty()) {
            HostPort advertised = HostPort.of(o.advertise(), port);
            host = advertised.host();
            port = advertised.port();
            ip = "nats-route://" + advertised + "/";
        }
        boolean secured = o.tls() != null;
        return new RouteInfo(self.serverId(), ServerInfo.VERSION, "", host, port, !o.user().isEmpty(), secured, secured,
                secured, self.maxPayload(), ip, lameDuck ? List.of() : urls.own(), server.info.headers(), configuredName(),
                server.traffic.hasSystemUser(), lameDuck, server.info.jetStream(), RouteInfo.Link.NONE);
    }

    /** Returns the configured server name, empty if there is none and the id is used as the name. */
    private String configuredName() {
        String name = server.info.serverName();
        return name.equals(self.serverId()) ? "" : name;
    }

    /** Registers a route whose reader starts, so that a reload finds it. */
    void opened(Route route) {
        open.add(route);
        if (route.closeReason() != null)
            open.remove(route);
    }

    /** Creates a route that another server has dialled. */
    public Connection accept(Socket socket) throws IOException {
        return new Route(this, socket, null);
    }

    /** Handles that the server of a route is known, or has sent a newer INFO. Called by the route's reader. */
    void arrived(Route route, RouteInfo said) {
        String id = said.serverId();
        if (id.equals(self.serverId())) {
            route.close(CloseReason.DUPLICATE_ROUTE, "");
            return;
        }
        if (said.jetStream() && refusesJetStream(route, said))
            return;
        RouteTable.Arrival arrival = routes.arrive(route);
        switch (arrival) {
            case FIRST -> {
                log.debug(route, "Registering remote route \"" + id + "\"");
                if (EventRecording.isPossible())
                    RouteUpEvent.commit(route.label(), id, route.isDialled());
                announce(route);
                sendToOthers(route, said);
                // The INFO sent at the start of this route may be older.
                if (lameDuck)
                    route.tellChanged(own);
                learnUrls(id);
            }
            // gnatsd 1.0 treats a second INFO as a duplicate route; this server treats it as an update, because newer
            // servers send changes in this way.
            case AGAIN -> learnUrls(id);
            case BETTER, SPARE, SURPLUS -> {
                log.debug(route, "Detected duplicate remote route \"" + id + "\"");
                duplicate(route, arrival);
            }
            case REPLACES, REPLACED -> {
                log.debug(route, "Detected duplicate remote route \"" + id + "\"");
                routes.retiring().forEach(Route::retire);
                if (arrival == RouteTable.Arrival.REPLACES)
                    announce(route);
            }
            case TOO_LATE -> route.close(CloseReason.SERVER_SHUTDOWN, "");
        }
    }

    /**
     * Refuses a server with JetStream if another one of the cluster has it: both would answer each request.
     *
     * @return whether it was refused
     */
    private boolean refusesJetStream(Route route, RouteInfo said) {
        String holder = server.info.jetStream() ? name(own) : routes.all().stream().map(Route::said)
                .filter(other -> other != null && other.jetStream() && !other.serverId().equals(said.serverId()))
                .map(Cluster::name).findFirst().orElse("");
        if (holder.isEmpty())
            return false;
        report(route, said.serverId(), "Refused server " + Quoted.of(name(said)) + ": " + SECOND_JETSTREAM + Quoted.of(holder)
                + ONLY_ONE);
        route.close(CloseReason.JETSTREAM, "-ERR '" + SECOND_JETSTREAM + Quoted.of(holder) + "'\r\n");
        return true;
    }

    /** Another server has refused this one, because another server of the cluster has JetStream. */
    void refusedBy(Route route, String text) {
        RouteInfo said = route.said();
        String by = said == null ? route.label() : name(said);
        report(route, route.remoteId(), "Refused by server " + Quoted.of(by) + ": " + text.replaceAll("^'|'$", "") + ONLY_ONE);
    }

    /** Logs a refusal, the next ones of the same server only for developers: the servers try again and again. */
    private void report(Route route, String id, String text) {
        if (refused.size() < MOST_REFUSED && refused.add(id))
            log.error(route, text);
        else
            log.debug(route, text);
    }

    private static String name(RouteInfo of) {
        return of.serverName().isEmpty() ? of.serverId() : of.serverName();
    }

    private void duplicate(Route route, RouteTable.Arrival arrival) {
        if (arrival == RouteTable.Arrival.SURPLUS) {
            route.close(CloseReason.DUPLICATE_ROUTE, "");
            return;
        }
        Route present = routes.get(route.remoteId()), spare = routes.spare(route.remoteId());
        if (present == null || spare == null)
            return;
        present.adopt(spare);
        if (arrival == RouteTable.Arrival.BETTER)
            announce(route);
        long now = System.nanoTime();
        if (!present.hasBeenHeardSince(now - SILENCE.toNanos()))
            present.probe();
        boolean bothOurs = spare.isDialled() && present.isDialled();
        server.after(bothOurs ? OWN_SPARE_TIME : SPARE_TIME,
                () -> settle(route.remoteId(), now - SILENCE.toNanos()));
    }

    /** Closes one of two connections, after the other server had time to close one. */
    private void settle(String id, long silentSince) {
        Route present = routes.get(id), spare = routes.spare(id);
        if (present == null || spare == null)
            return;
        if (present.hasBeenHeardSince(silentSince))
            spare.close(CloseReason.DUPLICATE_ROUTE, "");
        else
            present.kill(CloseReason.STALE);
    }

    private void announce(Route route) {
        server.subjects.announce();
        log.debug(route, "Route sent local subscriptions");
    }

    /** Removes a route that has ended. */
    void left(Route route) {
        open.remove(route);
        if (EventRecording.isPossible())
            RouteDownEvent.commit(route.label(), route.remoteId(), String.valueOf(route.closeReason()));
        Route spare = routes.leave(route);
        if (spare != null) {
            log.debug(spare, "Registering remote route \"" + spare.remoteId() + "\"");
            announce(spare);
        }
        learnUrls(route.remoteId());
    }

    private void learnUrls(String id) {
        urls.refresh(id, () -> {
            Route present = routes.get(id);
            return present == null ? null : present.said().connectUrls();
        });
    }

    // ---- gossip ----------------------------------------------------------------------------------------------

    /** Sends the INFO of a new server to all other servers. */
    private void sendToOthers(Route newcomer, RouteInfo said) {
        RouteInfo info = said.ip().isEmpty()
                ? said.withIp("nats-route://" + new HostPort(newcomer.ip(), said.port()) + "/") : said;
        byte[] line = info.line().getBytes(StandardCharsets.UTF_8);
        for (Route other : routes.all()) {
            if (other.remoteId().equals(newcomer.remoteId()))
                continue;
            other.tell(line);
            other.flushTold();
        }
    }

    /** Handles the INFO of a third server, and dials it if there is no route to it. */
    void heardOf(RouteInfo third) {
        String address = new HostPort(third.host(), third.port()).toString().toLowerCase(Locale.ROOT);
        if (third.serverId().equals(self.serverId()) || routes.get(third.serverId()) != null
                || dialers.isConfigured(address))
            return;
        try {
            RouteUrl at = RouteUrl.of(RouteUrl.parse(third.ip()));
            RouteUrl login = third.authRequired() ? login() : at;
            dialers.dial(new RouteUrl(at.host(), at.port(), login.user(), login.password()));
        } catch (URISyntaxException e) {
            log.debug("Error parsing URL from INFO: " + e.getReason());
        }
    }

    /**
     * Returns the login for servers that require one. gnatsd 1.0 sends the configured password even if it is a bcrypt
     * hash, and is refused; this server then uses the login of a configured route, whose URL contains the password
     * itself.
     */
    private RouteUrl login() throws URISyntaxException {
        ClusterOptions o = options;
        if (isHash(o.password()))
            for (URI route : o.routes()) {
                RouteUrl url = RouteUrl.of(route);
                if (!url.user().isEmpty())
                    return url;
            }
        return new RouteUrl("", 0, o.user(), o.password());
    }

    /**
     * Returns a host name that the certificate of a server may contain if its IP address is dialled, because gossip
     * contains IP addresses: the first host name among the configured routes, as in nats-server. The certificate must
     * still be signed by the cluster's CA. Empty if there is none.
     */
    String otherNameFor(RouteDialer dialer) {
        if (!dialer.dialsIpAddress())
            return "";
        for (RouteDialer configured : dialers.configured())
            if (!configured.dialsIpAddress() && TlsContext.isHostName(configured.host()))
                return configured.host();
        return "";
    }

    private static boolean isHash(String password) {
        return password.startsWith("$2") && password.length() == BCRYPT_LENGTH;
    }

    // ---- for the server and for monitoring -------------------------------------------------------------------

    /** Accepts and dials no more routes. Open routes are closed together with all other connections. */
    public void stop() {
        urls.stop();
        routes.stop();
        dialers.stop();
    }

    /**
     * Waits until the other servers know that the subscriptions of this one have ended, and what they sent before has
     * arrived: messages for queue members that have left go to other members then. Waits a second at most, because
     * another server may be suspended.
     *
     * @param deadline when to stop waiting, in the time of {@link System#nanoTime}
     */
    public void takeLeave(long deadline) throws InterruptedException {
        long end = Math.min(System.nanoTime() + LEAVE.toNanos(), deadline);
        List<CountDownLatch> answers = routes.all().stream().map(Route::takeLeave).toList();
        for (CountDownLatch answer : answers)
            answer.await(end - System.nanoTime(), TimeUnit.NANOSECONDS);
    }

    /** Returns the statistics of the routes in use, one for each other server. */
    public List<Route.Stats> stats() {
        return routes.all().stream().map(Route::stats).toList();
    }

    /**
     * Sends a PING on each route on which no PONG has come yet. A PONG shows that the other server has registered the
     * route, and that its subscriptions, which it sends first, are known here.
     */
    public void probe() {
        routes.all().forEach(Route::measureOnce);
    }

    /** Returns the subscriptions of another server; an empty list if there is no route to it. */
    public List<SubscriptionView> subscriptions(String remoteId) {
        Route route = routes.get(remoteId);
        return route == null ? List.of() : route.subscriptionList();
    }

    public ConnectUrls urls() {
        return urls;
    }

    ServerState server() {
        return server;
    }

    String serverId() {
        return self.serverId();
    }

    OwnAddresses ownAddresses() {
        return ownAddresses;
    }

    PasswordCheck passwords() {
        return passwords;
    }

    DepartedMembers departed() {
        return departed;
    }

    RouteTable routes() {
        return routes;
    }

    Dialers dialers() {
        return dialers;
    }

    ClusterOptions options() {
        return options;
    }

    TlsHandshake tls() {
        return tls;
    }

    RouteInfo own() {
        return own;
    }
}
