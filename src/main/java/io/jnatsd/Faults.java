package io.jnatsd;

import io.jnatsd.client.Client;
import io.jnatsd.fault.ClientSelection;
import io.jnatsd.fault.FaultInjection;
import io.jnatsd.fault.InjectedFault;
import io.jnatsd.fault.OpeningFault;
import io.jnatsd.fault.RouteFault;
import io.jnatsd.server.Server;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Predicate;

/**
 * What goes wrong with a server on purpose, so that a test sees how a program copes with it. Faults are for some clients,
 * for new connections, or for the routes of a cluster.
 *
 * <pre>{@code
 * server.faults().client("orders").reset();                                      // happens once, now
 * try (Fault hang = server.faults().client("orders").pauseReading()) {           // lasts
 *     ...
 * }
 * try (Fault refusal = server.faults().refuseConnections()) {
 *     server.restart();
 *     ...
 * }
 * }</pre>
 *
 * <p>A lasting fault is a {@link Fault}; it also applies to connections that are opened while it lasts. If several faults
 * concern one message, the oldest decides. Faults stay in force when the server is restarted, and end when it is closed.
 * A server without faults does nothing for them.
 *
 * <p>All methods may be called by any thread. They throw {@link IllegalStateException} if the server is closed.
 */
public final class Faults {
    private final FaultInjection injection = new FaultInjection();
    /** The server that runs, or that ran last. Written when it starts, under the lock of {@link NatsServer}. */
    private volatile Server server;
    private volatile boolean ended;
    private final Waiting waiting;

    Faults(Waiting waiting) {
        this.waiting = waiting;
    }

    /** Applies the faults to a server whose ports are not open yet. */
    void attach(Server made) {
        server = made;
        injection.attach(made.state());
    }

    /** The server closes, and the faults stay for the next one. */
    void detach() {
        injection.detach();
    }

    void end() {
        ended = true;
        injection.clear();
    }

    // ---- clients ---------------------------------------------------------------------------------------------

    /**
     * Selects the clients with a name.
     *
     * @param name as the client has set it for its connection, with jnats by {@code Options.Builder.connectionName}
     * @return the clients that have this name, now and later
     */
    public ClientFaults client(String name) {
        Objects.requireNonNull(name, "name");
        return clients(true, client -> client.clientName().equals(name));
    }

    /**
     * Selects clients by what is known of them. A client is asked about when it has logged in.
     *
     * <pre>{@code
     * server.faults().clients(client -> client.user().equals("joe")).disconnect();
     * }</pre>
     *
     * @param test called often and by threads of the server, so it must be quick and must not wait
     * @return the clients for which the test is true, now and later
     */
    public ClientFaults clients(Predicate<ConnectedClient> test) {
        Objects.requireNonNull(test, "test");
        return clients(true, client -> test.test(Inspection.client(server, client)));
    }

    /**
     * Selects all clients.
     *
     * @return all clients, now and later, also those that have not logged in
     */
    public ClientFaults allClients() {
        return clients(false, client -> true);
    }

    private ClientFaults clients(boolean afterLogin, Predicate<Client> test) {
        return new ClientFaults(this, new ClientSelection(test, afterLogin));
    }

    // ---- new connections -------------------------------------------------------------------------------------

    /**
     * Refuses new clients: their connections are accepted and closed at once, as by a proxy in front of a server that is
     * down. Clients that are connected stay.
     *
     * @return the fault, which counts the refused connections
     */
    public Fault refuseConnections() {
        return add(OpeningFault.refusal(""));
    }

    /**
     * Refuses new clients with an error: their CONNECT is answered with it, and the connection is closed.
     *
     * <pre>{@code
     * try (Fault full = server.faults().refuseConnections("maximum connections exceeded")) {
     *     assertThrows(IOException.class, () -> Nats.connect(server.url()));
     * }
     * }</pre>
     *
     * @param error without {@code -ERR} and quotes: {@code "Authorization Violation"}
     * @return the fault, which counts the refused connections
     */
    public Fault refuseConnections(String error) {
        return add(OpeningFault.refusal(wire(error)));
    }

    /**
     * Makes the server wait before it sends INFO to a new client, and so before TLS, too.
     *
     * @param time longer than zero
     * @return the fault, which counts the connections
     */
    public Fault slowHandshakes(Duration time) {
        return add(OpeningFault.delay(positive(time)));
    }

    // ---- routes ----------------------------------------------------------------------------------------------

    /**
     * Breaks the connection to another server of the cluster, once. The servers connect again, usually after a second.
     *
     * @param other the other server
     * @return the number of connections, usually 1, and 0 if there is none
     */
    public int cutRoute(NatsServer other) {
        Objects.requireNonNull(other, "other");
        open();
        return injection.cutRoutes(id -> other.faults().isOf(id));
    }

    /**
     * Breaks the connections to all other servers of the cluster, once. The servers connect again, usually after a
     * second.
     *
     * @return the number of connections
     */
    public int cutRoutes() {
        open();
        return injection.cutRoutes(id -> true);
    }

    /**
     * Separates this server from another one: their connection is broken, and again whenever it is restored.
     *
     * <pre>{@code
     * try (Fault partition = one.faults().holdRouteCut(two)) {
     *     ...
     * }
     * one.awaitClusterOf(2);
     * }</pre>
     *
     * @param other the other server
     * @return the fault, which counts the connections that were broken; some seconds after it is closed, the servers are
     *         connected again. Servers that know each other from a third one only stop trying after about a minute
     */
    public Fault holdRouteCut(NatsServer other) {
        Objects.requireNonNull(other, "other");
        return add(new RouteFault(id -> other.faults().isOf(id)));
    }

    /**
     * Separates this server from all others of its cluster, as {@link #holdRouteCut} does from one.
     *
     * @return the fault, which counts the connections that were broken or refused
     */
    public Fault holdRoutesCut() {
        return add(new RouteFault(null));
    }

    // ---- all -------------------------------------------------------------------------------------------------

    /** Ends all faults of the server. */
    public void clear() {
        injection.clear();
    }

    Fault add(InjectedFault fault) {
        open();
        injection.add(fault);
        return new Fault(injection, fault, waiting);
    }

    FaultInjection open() {
        if (ended)
            throw new IllegalStateException("this NATS server is closed");
        return injection;
    }

    private boolean isOf(String serverId) {
        return server.serverId().equals(serverId);
    }

    /** Returns an error as the protocol has it. */
    static String wire(String error) {
        if (error.isBlank() || error.chars().anyMatch(c -> c < ' ' || c == '\''))
            throw new IllegalArgumentException("an error must be a text of one line without quotes, but is \"" + error
                    + "\"");
        return "-ERR '" + error + "'\r\n";
    }

    static Duration positive(Duration time) {
        if (time.isNegative() || time.isZero())
            throw new IllegalArgumentException("a delay must be longer than zero, but is " + time);
        return time;
    }
}
