package io.jnatsd.fault;

import io.jnatsd.client.Client;
import io.jnatsd.cluster.Route;
import io.jnatsd.connection.CloseReason;
import io.jnatsd.connection.Connection;
import io.jnatsd.connection.FaultInjector;
import io.jnatsd.connection.ServerState;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * The faults that a program has injected into one server, and their application to connections.
 *
 * <p>Threads: any thread. {@code lock} is held while a fault is added or ended and while the faults of a client are
 * computed, so that a client that connects meanwhile gets them too.
 */
public final class FaultInjection implements FaultInjector {
    private final ReentrantLock lock = new ReentrantLock();
    /** Replaced as a whole under {@code lock}. */
    private volatile List<InjectedFault> faults = List.of();
    /** Null while the server is restarted. */
    private volatile ServerState server;

    /** Applies the faults to the connections of a server from now on. Called before its ports are open. */
    public void attach(ServerState started) {
        server = started;
        started.inject(this);
    }

    /**
     * Leaves the server, which is about to close: that ends what its connections wait for. The faults stay, for the next
     * server.
     */
    public void detach() {
        server = null;
    }

    /** Adds a fault, which takes effect at once. */
    public void add(InjectedFault fault) {
        lock.lock();
        try {
            List<InjectedFault> next = new ArrayList<>(faults);
            next.removeIf(InjectedFault::isOver);
            next.add(fault);
            faults = List.copyOf(next);
        } finally {
            lock.unlock();
        }
        applyToAll();
        if (fault instanceof RouteFault cut)
            cut(route -> cut.cuts(route) && cut.takesEffect());
    }

    /** Ends a fault. */
    public void end(InjectedFault fault) {
        fault.end();
        lock.lock();
        try {
            faults = faults.stream().filter(each -> !each.isOver()).toList();
        } finally {
            lock.unlock();
        }
        applyToAll();
    }

    /** Ends all faults. */
    public void clear() {
        lock.lock();
        try {
            faults.forEach(InjectedFault::end);
            faults = List.of();
        } finally {
            lock.unlock();
        }
        applyToAll();
    }

    private void applyToAll() {
        ServerState running = server;
        if (running == null)
            return;
        for (Connection connection : running.connections())
            if (connection instanceof Client client)
                apply(running, client);
    }

    private void apply(ServerState running, Client client) {
        FaultyClient faulty;
        boolean interpose;
        lock.lock();
        try {
            if (!client.isOpen()) {
                // It gets its faults when it has opened. Until then it may wait for one that has ended.
                if (client.faults() != null)
                    client.faults().wake();
                return;
            }
            List<ClientFault> selected = faults.stream().filter(ClientFault.class::isInstance)
                    .map(ClientFault.class::cast).filter(fault -> isSelected(running, fault, client)).toList();
            if (selected.isEmpty() && client.faults() == null)
                return;
            faulty = faulty(running, client);
            interpose = faulty.apply(selected);
        } finally {
            lock.unlock();
        }
        if (interpose)
            client.outbound().interpose(faulty::over);
    }

    /** The test comes from the program. If it throws anything, also an Error, that must not end the client. */
    private static boolean isSelected(ServerState running, ClientFault fault, Client client) {
        try {
            return fault.selection().includes(client);
        } catch (Throwable e) {
            running.threads.failed(client, "the selection of clients", e);
            return false;
        }
    }

    private FaultyClient faulty(ServerState running, Client client) {
        lock.lock();
        try {
            if (client.faults() == null)
                client.faults(new FaultyClient(running, client));
            return (FaultyClient) client.faults();
        } finally {
            lock.unlock();
        }
    }

    // ---- new connections -------------------------------------------------------------------------------------

    @Override
    public boolean mayOpen(Connection connection) {
        if (faults.isEmpty())
            return true;
        for (InjectedFault fault : faults)
            if (fault instanceof RouteFault cut && connection instanceof Route && cut.isForAll() && cut.takesEffect()
                    || fault instanceof OpeningFault refusal && connection instanceof Client && refusal.refusesAtOnce()
                            && refusal.takesEffect()) {
                connection.kill(CloseReason.KICKED);
                return false;
            }
        ServerState running = server;
        if (connection instanceof Client client && running != null)
            for (InjectedFault fault : faults)
                if (fault instanceof OpeningFault slow && slow.delayNanos() > 0 && slow.takesEffect())
                    faulty(running, client).await(slow, slow.delayNanos());
        return connection.closeReason() == null;
    }

    @Override
    public void identified(Connection connection) {
        if (faults.isEmpty())
            return;
        ServerState running = server;
        if (connection instanceof Route route)
            cutIfRestored(route);
        else if (connection instanceof Client client && running != null && !isRefused(client))
            apply(running, client);
    }

    private void cutIfRestored(Route route) {
        for (InjectedFault fault : faults)
            if (fault instanceof RouteFault cut && cut.cuts(route) && cut.takesEffect())
                route.kill(CloseReason.KICKED);
    }

    private boolean isRefused(Client client) {
        for (InjectedFault fault : faults)
            if (fault instanceof OpeningFault refusal && refusal.refusesConnect() && client.hasLoggedIn()
                    && refusal.takesEffect()) {
                client.close(CloseReason.KICKED, refusal.wire());
                return true;
            }
        return false;
    }

    // ---- what happens once -----------------------------------------------------------------------------------

    /**
     * Closes clients in order.
     *
     * @param wire protocol text to send last, empty for none
     * @return the number of clients
     */
    public int disconnect(ClientSelection selection, String wire) {
        return forEach(selection, client -> client.close(CloseReason.KICKED, wire));
    }

    /**
     * Resets clients.
     *
     * @return the number of clients
     */
    public int reset(ClientSelection selection) {
        return forEach(selection, client -> {
            client.resetWhenClosed();
            client.kill(CloseReason.KICKED);
        });
    }

    /**
     * Sends a text to clients.
     *
     * @param wire protocol text
     * @return the number of clients
     */
    public int send(ClientSelection selection, String wire) {
        byte[] text = wire.getBytes(StandardCharsets.UTF_8);
        return forEach(selection, client -> {
            client.outbound().append(text, Long.MAX_VALUE);
            client.outbound().flush();
        });
    }

    private int forEach(ClientSelection selection, Consumer<Client> action) {
        int count = 0;
        for (Connection connection : connections())
            if (connection instanceof Client client && client.isOpen() && selection.includes(client)) {
                action.accept(client);
                count++;
            }
        return count;
    }

    /**
     * Cuts routes; other servers see the end of the stream.
     *
     * @param serverId selects the other servers by their ids
     * @return the number of connections
     */
    public int cutRoutes(Predicate<String> serverId) {
        return cut(route -> serverId.test(route.remoteId()));
    }

    private int cut(Predicate<Route> which) {
        int count = 0;
        for (Connection connection : connections())
            if (connection instanceof Route route && route.closeReason() == null && which.test(route)) {
                route.kill(CloseReason.KICKED);
                count++;
            }
        return count;
    }

    private Iterable<? extends Connection> connections() {
        ServerState running = server;
        return running == null ? List.of() : running.connections();
    }
}
