package io.jnatsd.core;

import io.jnatsd.core.ClientView.Backlog;
import io.jnatsd.events.SlowConsumerEvent;
import io.jnatsd.protocol.Quoted;

/** Cuts a connection off because it does not read, and says whose it is. Threads: anybody's. */
final class SlowConsumer {
    private SlowConsumer() {
    }

    static void cutOff(Connection connection, CloseReason why) {
        // Before it is cut off, when it still has subscriptions.
        if (connection.closeReason() == null)
            connection.backlog = new Backlog(connection.busiestSubject(), connection.outbound.stats().pending());
        if (connection.endsFor(why))
            report(connection, why, connection.backlog);
        connection.kill(why);
    }

    private static void report(Connection connection, CloseReason why, Backlog backlog) {
        ServerState server = connection.server;
        server.slowConsumers.increment();
        if (!(connection instanceof Client))
            server.slowRoutes.increment();
        new SlowConsumerEvent(connection.label(), why.toString())
                .peer(connection.clientName(), connection.user()).backlog(backlog.subject(), backlog.pending()).commit();
        server.log.notice(connection, "Slow Consumer Detected: " + (why == CloseReason.PENDING_BYTES
                ? "MaxPending of " + server.limits.maxPending() + " Exceeded"
                : "WriteDeadline of " + server.limits.writeDeadline().toMillis() + "ms exceeded with "
                        + backlog.pending() + " bytes pending") + who(connection, backlog.subject()));
    }

    /** {@code , name "meter", user "joe", subject volts.*}, or what there is of that. */
    private static String who(Connection connection, String subject) {
        return named("name", connection.clientName()) + named("user", connection.user())
                + (subject.isEmpty() ? "" : ", subject " + subject);
    }

    private static String named(String what, String name) {
        return name.isEmpty() ? "" : ", " + what + " " + Quoted.of(name);
    }
}
