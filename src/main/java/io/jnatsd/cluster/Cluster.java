package io.jnatsd.cluster;

import io.jnatsd.auth.PasswordCheck;
import io.jnatsd.config.RouteUrl;
import io.jnatsd.config.ServerOptions.ClusterOptions;
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

/**
 * This server's part in a cluster: what it says of itself, what becomes of each route that says who is at its other
 * end, and how the servers hear of each other until everybody has a route to everybody (cluster reference, sections 8
 * to 11).
 *
 * <p>Threads: anybody's. The volatile fields are swapped whole by a reload.
 */
public final class Cluster {
    /** How long a connection too many is kept, in case that the other server closes the other one. */
    private static final Duration SPARE_TIME = Duration.ofSeconds(1);
    /** The same where this server dialled both: the other one has decided by then. */
    private static final Duration OWN_SPARE_TIME = Duration.ofMillis(2500);
    /** A route that has been silent for so long may be dead without anybody's knowing. */
    private static final Duration SILENCE = Duration.ofSeconds(2);
    private static final int BCRYPT_LENGTH = 60;

    /**
     * What does not change while the server runs.
     *
     * @param bound where the route listener listens
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
    /** Every route that is open, in whatever state. Any thread. */
    private final Set<Route> open = ConcurrentHashMap.newKeySet();
    private volatile ClusterOptions options;
    /** Null for routes in plain text. */
    private volatile TlsHandshake tls;
    /** What INFO says to other servers. */
    private volatile RouteInfo own;
    /** Clients are to go elsewhere, while routes stay. */
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
     * Options come into force, before the start or by a reload: servers that may not be here any more have to leave.
     * Those that are configured are dialled by {@link #dial}.
     */
    public void apply(ClusterOptions next, TlsHandshake nextTls) {
        ClusterOptions before = options;
        options = next;
        tls = nextTls;
        RouteInfo told = own;
        own = ownInfo(next);
        if (told != null && told.system() != own.system())
            routes.all().forEach(route -> route.tellChanged(own));
        urls.silence(next.noAdvertise());
        boolean sameLogin = before == null
                || before.user().equals(next.user()) && before.password().equals(next.password());
        if (!sameLogin)
            recheck();
    }

    /** Dials the servers that are configured, and lets go of those that are not configured any more. */
    public void dial() {
        dialers.configure(options.routes());
    }

    /** All open routes, also those that have not said yet who they are, and spare ones. */
    private void recheck() {
        for (Route route : open)
            if (!server.threads.start(route, route.threadName("recheck"), route::recheckOrEnd))
                route.kill(CloseReason.AUTHENTICATION_FAILURE);
    }

    /**
     * Clients are to find other servers from now on: neither this server nor the others name its addresses any more.
     * Routes stay, and new ones are taken, for the messages of those clients that have not left yet.
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
                secured, self.maxPayload(), ip, lameDuck ? List.of() : urls.own(), server.info.headers(), givenName(),
                server.traffic.hasSystemUser(), lameDuck, RouteInfo.Link.NONE);
    }

    /** Empty if nobody gave it one, which makes its id its name. */
    private String givenName() {
        String name = server.info.serverName();
        return name.equals(self.serverId()) ? "" : name;
    }

    /** A route's reader starts. From here on a reload finds it. */
    void opened(Route route) {
        open.add(route);
        if (route.closeReason() != null)
            open.remove(route);
    }

    /** Another server has dialled. */
    public Connection accept(Socket socket) throws IOException {
        return new Route(this, socket, null);
    }

    /** A route has heard who is at its other end. Called by its reader. */
    void arrived(Route route, RouteInfo said) {
        String id = said.serverId();
        if (id.equals(self.serverId())) {
            route.close(CloseReason.DUPLICATE_ROUTE, "");
            return;
        }
        RouteTable.Arrival arrival = routes.arrive(route);
        switch (arrival) {
            case FIRST -> {
                log.debug(route, "Registering remote route \"" + id + "\"");
                if (EventRecording.isPossible())
                    RouteUpEvent.commit(route.label(), id, route.isDialled());
                announce(route);
                spread(route, said);
                // Its first INFO may have been older.
                if (lameDuck)
                    route.tellChanged(own);
                learnUrls(id);
            }
            // gnatsd: takes a server's second INFO for that of a duplicate. It is what newer servers tell of changes.
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

    /** The other server has had its time to choose: now one of the two connections goes. */
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

    /** A route has ended. */
    void left(Route route) {
        open.remove(route);
        if (EventRecording.isPossible())
            RouteDownEvent.commit(route.label(), route.remoteId(), String.valueOf(route.closeReason()));
        Route heir = routes.leave(route);
        if (heir != null) {
            log.debug(heir, "Registering remote route \"" + heir.remoteId() + "\"");
            announce(heir);
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

    /** Tells all others of a newcomer. */
    private void spread(Route newcomer, RouteInfo said) {
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

    /** Another server has told of a third one. */
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
     * What to show to servers that ask. gnatsd: shows a hash, if it is what this server's own password is configured
     * as, and is refused; the URL of some configured route has the password itself.
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
     * A name that the certificate of a server may be for whose IP address is dialled, since that is what gossip tells of
     * servers: the first name among the configured routes, as in nats-server. It still comes from the cluster's
     * authority. Empty if there is none.
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

    /** Takes no more routes and dials no more. Open routes are closed with all other connections. */
    public void stop() {
        urls.stop();
        routes.stop();
        dialers.stop();
    }

    /** The routes that are in use, one for each other server. */
    public List<Route.Stats> stats() {
        return routes.all().stream().map(Route::stats).toList();
    }

    /** What a server wants for its clients; nothing if there is no route to it. */
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
