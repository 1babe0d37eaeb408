package io.jnatsd.client;

import io.jnatsd.auth.Login;
import io.jnatsd.auth.MessagePace;
import io.jnatsd.auth.TokenBucket;
import io.jnatsd.config.ServerOptions.Limits;
import io.jnatsd.config.ServerOptions.Quota;
import io.jnatsd.connection.CloseReason;
import io.jnatsd.connection.ServerState;
import io.jnatsd.tls.TlsHandshake;
import java.io.IOException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/**
 * The clients of one server: the rules for connecting, and the connected clients.
 *
 * <p>Threads: any thread. Collections and counters are concurrent; the start and a reload replace each volatile field
 * as a whole.
 */
public final class Clients {
    private final ServerState server;
    /** The registered clients by cid. */
    private final Map<Long, Client> registered = new ConcurrentHashMap<>();
    /** Number of clients that count for {@code max_connections}. */
    private final AtomicInteger admitted = new AtomicInteger();
    /** Number of clients accepted since the start, including those that were refused. */
    private final LongAdder accepted = new LongAdder();
    final Quotas users = new Quotas();
    final Quotas addresses = new Quotas();
    /** The limit of new connections from all addresses. */
    private final TokenBucket rate = new TokenBucket(System.nanoTime());
    private final ClosedClients closed = new ClosedClients();

    /** The rules for logins. */
    private volatile ClientAuth auth = ClientAuth.NONE;
    /** The TLS settings of the client port; null without TLS. */
    private volatile ClientTls tls;
    /** The settings of the WebSocket port; null if there is none. */
    private volatile ClientWebSocket webSocket;
    /** Set when the server is in lame duck mode or stops: no more clients are admitted. */
    private volatile boolean turningAway;

    public Clients(ServerState server) {
        this.server = server;
    }

    /** Sets the rules for clients that connect from now on, at the start or in a reload. */
    public void secure(ClientAuth newAuth, ClientTls newTls, ClientWebSocket newWebSocket) {
        // TLS first: a login that is checked by the new rules is checked against the new authorities.
        tls = newTls;
        webSocket = newWebSocket;
        auth = newAuth;
        server.traffic.systemUser(newAuth.system());
    }

    /** Creates a client that has connected to the client port. */
    public Client accept(Socket socket) throws IOException {
        return accept(socket, null, false);
    }

    /** Creates a client that has connected to the Unix domain socket. */
    public Client acceptUnix(Socket socket) throws IOException {
        return accept(socket, null, true);
    }

    /** Creates a client that has connected to the WebSocket port. */
    public Client acceptWebSocket(Socket socket) throws IOException {
        return accept(socket, webSocket, false);
    }

    private Client accept(Socket socket, ClientWebSocket frames, boolean unix) throws IOException {
        Client client = new Client(this, server, socket, frames, unix);
        accepted.increment();
        return client;
    }

    ClientAuth auth() {
        return auth;
    }

    ClientTls tls() {
        return tls;
    }

    /** Returns the current TLS settings of one of the two ports; null if it no longer has TLS. */
    TlsHandshake tlsInForce(boolean overWebSocket) {
        ClientTls plain = tls;
        ClientWebSocket frames = webSocket;
        if (overWebSocket)
            return frames == null ? null : frames.handshake();
        return plain == null ? null : plain.handshake();
    }

    /**
     * Registers a client.
     *
     * @return why it is refused; null if it is not
     */
    CloseReason admit(Client client) {
        int taken = admitted.incrementAndGet();
        CloseReason refusal = turningAway ? CloseReason.SERVER_SHUTDOWN : refusal(client, taken);
        if (refusal != null)
            admitted.decrementAndGet();
        else
            registered.put(client.id(), client);
        return refusal;
    }

    /** Checks the limits, first those of the address, so that a single one does not use up the rate of all. */
    private CloseReason refusal(Client client, int taken) {
        Limits limits = server.limits;
        if (limits.maxConnections() > 0 && taken > limits.maxConnections())
            return CloseReason.MAX_CONNECTIONS;
        CloseReason refusal = addresses.move("", client.network(), limits.perAddress());
        if (refusal == null && limits.connectionRate() > 0
                && !rate.tryTake(limits.connectionRate(), System.nanoTime())) {
            addresses.move(client.network(), "", Quota.UNLIMITED);
            return CloseReason.CONNECTION_RATE;
        }
        return refusal;
    }

    void dismiss(Client client) {
        if (registered.remove(client.id()) == null)
            return;
        admitted.decrementAndGet();
        addresses.move(client.network(), "", Quota.UNLIMITED);
    }

    /** Returns how fast a client may publish; null for no limit. */
    MessagePace pace(Client client, Login login) {
        return MessagePace.of(users.pace(login.user(), login.quota()),
                addresses.pace(client.network(), server.limits.perAddress()));
    }

    /** Admits no client from now on. */
    public void stopAdmitting() {
        turningAway = true;
    }

    /** Closes arbitrary clients until there are no more than {@code max_connections}, after a reload has reduced it. */
    public int closeExcess() {
        int limit = server.limits.maxConnections(), excess = limit > 0 ? admitted.get() - limit : 0, count = 0;
        List<Client> victims = new ArrayList<>(registered.values());
        Collections.shuffle(victims);
        for (Client client : victims) {
            if (count >= excess)
                break;
            count++;
            client.refuse(CloseReason.MAX_CONNECTIONS);
        }
        return count;
    }

    /**
     * Checks every client by the current rules. Each check runs on its own thread, because a slow password check must
     * not delay the others.
     */
    public void recheck() {
        for (Client client : registered.values())
            if (!server.threads.start(client, client.threadName("recheck"), client::recheckOrEnd))
                client.kill(CloseReason.SERVER_SHUTDOWN);
    }

    /** Returns the registered clients. */
    public Iterable<Client> all() {
        return registered.values();
    }

    /** Returns the client with this cid, or null. */
    public Client get(long cid) {
        return registered.get(cid);
    }

    /** Returns the number of clients that count for {@code max_connections}. */
    public int count() {
        return admitted.get();
    }

    /** Returns the number of clients accepted since the start, including those that were refused. */
    public long totalAccepted() {
        return accepted.sum();
    }

    /** Returns the clients that have disconnected. */
    public ClosedClients closed() {
        return closed;
    }
}
