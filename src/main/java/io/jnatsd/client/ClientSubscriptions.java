package io.jnatsd.client;

import io.jnatsd.auth.LoginState.Granted;
import io.jnatsd.auth.Permissions;
import io.jnatsd.connection.IncidentSink;
import io.jnatsd.connection.ServerState;
import io.jnatsd.protocol.Arguments;
import io.jnatsd.protocol.ProtocolException;
import io.jnatsd.protocol.SubLine;
import io.jnatsd.protocol.UnsubLine;
import io.jnatsd.subject.SidTable;
import io.jnatsd.subject.Subscription;
import io.jnatsd.text.Quoted;
import java.nio.charset.StandardCharsets;

/**
 * The subscriptions of a client: SUB and UNSUB, and the effect of a reload on them (protocol.md, sections 6 and 14).
 *
 * <p>Threads: the client's reader only, unless marked otherwise.
 */
final class ClientSubscriptions {
    private final Client client;
    private final ServerState server;
    private final ClientLogin login;
    private final SidTable table;
    private boolean shortageLogged;

    ClientSubscriptions(Client client, ServerState server, ClientLogin login, SidTable table) {
        this.client = client;
        this.server = server;
        this.login = login;
        this.table = table;
    }

    void subscribe(Arguments line, Granted granted) throws ProtocolException {
        if (client.isTraced())
            server.log.trace(client, "->> [SUB " + line.text() + "]");
        SubLine wanted = SubLine.of(line);
        client.stats().active();
        Permissions permissions = granted.permissions();
        if (!permissions.maySubscribe(wanted.subject(), wanted.queue())) {
            refuseSubscribe(wanted.subject(), wanted.queue(), wanted.sid());
            return;
        }
        if (!wanted.valid()) {
            client.sendError(IncidentSink.Kind.PROTOCOL, "Invalid Subject");
            return;
        }
        int most = server.limits.maxSubscriptions();
        if (most > 0 && table.size() >= most || !hasMemory()) {
            client.sendError(IncidentSink.Kind.LIMIT, "maximum subscriptions exceeded");
            return;
        }
        Subscription sub = new Subscription(client.outbound(), wanted);
        login.restrict(sub, permissions);
        if (table.add(sub) && login.state() != granted)
            // A reload came in between, and may have checked the subscriptions before this one was added.
            review(sub);
        client.acknowledge();
    }

    /** The shortage is logged once for each client, because many more SUBs may follow. */
    private boolean hasMemory() {
        if (table.mayGrow())
            return true;
        if (!shortageLogged)
            server.log.error(client, "Maximum Subscriptions Exceeded: of " + server.subjects.index().mostBytes()
                    + " bytes for all subscriptions " + server.subjects.index().bytes() + " are in use");
        shortageLogged = true;
        return false;
    }

    private void refuseSubscribe(String subject, String queue, String sid) {
        String quoted = Quoted.of(Arguments.text(subject));
        client.sendError(IncidentSink.Kind.PERMISSIONS, "Permissions Violation for Subscription to " + quoted
                + (queue == null ? "" : " using queue " + Quoted.of(Arguments.text(queue))));
        server.log.error(client, "Subscription Violation - User " + Quoted.of(client.user()) + ", Subject " + quoted + ", SID "
                + Arguments.text(sid));
    }

    /** Checks a subscription by the current permissions of the client. Any thread. */
    private void review(Subscription sub) {
        if (!(login.state() instanceof Granted granted))
            remove(sub);
        else if (!granted.permissions().maySubscribe(sub.subject(), sub.queue()))
            withdraw(sub);
        else if (login.restrict(sub, granted.permissions()))
            server.subjects.index().changed(sub);
    }

    private void withdraw(Subscription sub) {
        if (!remove(sub))
            return;
        String quoted = Quoted.of(Arguments.text(sub.subject()));
        String text = "Permissions Violation for Subscription to " + quoted + " (sid " + Arguments.text(sub.sid())
                + ")";
        server.report(client, IncidentSink.Kind.PERMISSIONS, text);
        client.outbound().append(("-ERR '" + text + "'\r\n").getBytes(StandardCharsets.UTF_8), Long.MAX_VALUE);
        // The thread that appends first must flush, because other threads rely on it.
        client.outbound().flush();
        server.log.notice(client, "Removed sub " + quoted + " for user " + Quoted.of(client.user()) + " - not authorized");
    }

    void unsubscribe(Arguments line) throws ProtocolException {
        if (client.isTraced())
            server.log.trace(client, "->> [UNSUB " + line.text() + "]");
        UnsubLine ended = UnsubLine.of(line);
        client.stats().active();
        long max = ended.max();
        Subscription sub = table.get(ended.sid());
        if (sub != null) {
            long received = max == 0 ? -1 : table.endAfter(sub, max);
            if (received < 0)
                remove(sub);
            else if (server.log.debugOn())
                server.log.debug(client, "Deferring actual UNSUB(" + Arguments.text(sub.subject()) + "): " + max + " max, "
                        + received + " received");
        }
        client.acknowledge();
    }

    /** Removes a subscription that has received its last message. Any thread. */
    void exhausted(Subscription sub) {
        if (server.log.debugOn())
            server.log.debug(client, "Auto-unsubscribe limit of " + sub.max() + " reached for sid '"
                    + Arguments.text(sub.sid()) + "'");
        remove(sub);
    }

    /** Called by the reader, or by the publisher's thread that delivered the last message. */
    private boolean remove(Subscription sub) {
        boolean removed = table.remove(sub);
        if (removed && client.isTraced())
            server.log.trace(client, "<-> [DELSUB " + Arguments.text(sub.sid()) + "]");
        return removed;
    }

    /** Checks all subscriptions by the current permissions of the client. Any thread. */
    void review() {
        table.all().forEach(this::review);
    }
}
