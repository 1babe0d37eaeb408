package io.jnatsd.client;

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
 * The clients of one server: who may connect and how, and those that are connected.
 *
 * <p>Threads: any thread. Collections and counters are concurrent; the start and a reload replace the volatile fields,
 * each as a whole.
 */
public final class Clients {
    private final ServerState server;
    /** Those that are registered, by cid. */
    private final Map<Long, Client> registered = new ConcurrentHashMap<>();
    /** How many places of {@code max_connections} are taken. */
    private final AtomicInteger admitted = new AtomicInteger();
    /** Clients ever accepted, those that were refused included. */
    private final LongAdder accepted = new LongAdder();
    /** For users that may only have so many. */
    final UserConnections users = new UserConnections();
    private final ClosedClients closed = new ClosedClients();

    /** Who may connect. */
    private volatile ClientAuth auth = ClientAuth.NONE;
    /** TLS for clients; null if there is none. */
    private volatile ClientTls tls;
    /** How clients come over WebSocket; null if there is no port for them. */
    private volatile ClientWebSocket webSocket;
    /** Set when the server leaves or stops: no more clients are admitted. */
    private volatile boolean turningAway;

    public Clients(ServerState server) {
        this.server = server;
    }

    /** What is in force for clients that connect from now on, at the start or by a reload. */
    public void secure(ClientAuth newAuth, ClientTls newTls, ClientWebSocket newWebSocket) {
        auth = newAuth;
        tls = newTls;
        webSocket = newWebSocket;
        server.traffic.systemUser(newAuth.system());
    }

    /** A client has connected to the client port. */
    public Client accept(Socket socket) throws IOException {
        return accept(socket, null);
    }

    /** A client has connected to the WebSocket port. */
    public Client acceptWebSocket(Socket socket) throws IOException {
        return accept(socket, webSocket);
    }

    private Client accept(Socket socket, ClientWebSocket frames) throws IOException {
        Client client = new Client(this, server, socket, frames);
        accepted.increment();
        return client;
    }

    ClientAuth auth() {
        return auth;
    }

    ClientTls tls() {
        return tls;
    }

    /** The TLS in force for one of the two ports; null if it has none any more. */
    TlsHandshake tlsInForce(boolean overWebSocket) {
        ClientTls plain = tls;
        ClientWebSocket frames = webSocket;
        if (overWebSocket)
            return frames == null ? null : frames.handshake();
        return plain == null ? null : plain.handshake();
    }

    /** Takes a place for a client and registers it; false if there is none. */
    boolean admit(Client client) {
        int limit = server.limits.maxConnections();
        int taken = admitted.incrementAndGet();
        if (turningAway || limit > 0 && taken > limit) {
            admitted.decrementAndGet();
            return false;
        }
        registered.put(client.id(), client);
        return true;
    }

    void dismiss(Client client) {
        if (registered.remove(client.id()) != null)
            admitted.decrementAndGet();
    }

    /** From now on no client is admitted. */
    public void stopAdmitting() {
        turningAway = true;
    }

    boolean isTurningAway() {
        return turningAway;
    }

    /** Closes as many clients, any of them, as are more than {@code max_connections} now allows. */
    public int closeExcess() {
        int limit = server.limits.maxConnections(), excess = limit > 0 ? admitted.get() - limit : 0, count = 0;
        List<Client> victims = new ArrayList<>(registered.values());
        Collections.shuffle(victims);
        for (Client client : victims) {
            if (count >= excess)
                break;
            count++;
            client.refuse();
        }
        return count;
    }

    /**
     * Checks every client against who may connect now, each on a thread of its own: one whose password takes a while
     * to check does not delay the others.
     */
    public void recheck() {
        for (Client client : registered.values())
            if (!server.threads.start(client, client.threadName("recheck"), client::recheckOrEnd))
                client.kill(CloseReason.SERVER_SHUTDOWN);
    }

    /** Those that are registered. */
    public Iterable<Client> all() {
        return registered.values();
    }

    /** The client with this cid; null if there is none. */
    public Client get(long cid) {
        return registered.get(cid);
    }

    /** How many are admitted. */
    public int count() {
        return admitted.get();
    }

    /** How many have ever connected, those that were refused included. */
    public long totalAccepted() {
        return accepted.sum();
    }

    /** Clients that have gone. */
    public ClosedClients closed() {
        return closed;
    }
}
