package io.jnatsd.core;

import io.jnatsd.config.ServerOptions.Limits;
import io.jnatsd.core.ClientView.Backlog;
import io.jnatsd.events.EventRecording;
import io.jnatsd.events.SlowConsumerEvent;
import io.jnatsd.protocol.Quoted;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Cuts connections off because they do not read, and says whose they are. Threads: any thread, which holds no lock. */
final class SlowConsumer {
    private SlowConsumer() {
    }

    private record Candidate(Connection connection, long held) {
    }

    static void cutOff(Connection connection, CloseReason why) {
        Limits limits = connection.server.limits;
        cutOff(connection, why, why == CloseReason.PENDING_BYTES
                ? "MaxPending of " + limits.maxPending() + " Exceeded"
                : "WriteDeadline of " + limits.writeDeadline().toMillis() + "ms exceeded with %d bytes pending");
    }

    /**
     * The output of all connections takes more memory than it may: frees what is kept for later output, and if that is
     * not enough, cuts off those that hold most. Threads that do this at the same time begin with the same connection,
     * and each looks at the budget before it goes on to the next, so that no more are cut off than necessary.
     */
    static void cutOffLargest(ServerState server) {
        PendingBudget budget = server.pendingBudget;
        for (Connection connection : server.running())
            connection.outbound.trim();
        if (!budget.isExceeded())
            return;
        List<Candidate> candidates = new ArrayList<>();
        for (Connection connection : server.running())
            candidates.add(new Candidate(connection, connection.outbound.held()));
        candidates.sort(Comparator.comparingLong(Candidate::held).reversed());
        String limit = "MaxPendingTotal of " + server.limits.maxPendingTotal() + " exceeded with %d bytes pending";
        for (Candidate largest : candidates) {
            if (budget.isRelieved())
                return;
            cutOff(largest.connection, CloseReason.PENDING_BYTES, limit);
        }
    }

    /** @param limit the limit that was exceeded; {@code %d} stands for the pending bytes */
    private static void cutOff(Connection connection, CloseReason why, String limit) {
        try {
            // Before it is cut off, when it still has subscriptions.
            if (connection.closeReason() == null)
                connection.backlog = new Backlog(connection.busiestSubject(), connection.outbound.stats().pending());
            if (connection.endsFor(why))
                report(connection, why, limit, connection.backlog);
        } finally {
            connection.kill(why);
        }
    }

    private static void report(Connection connection, CloseReason why, String limit, Backlog backlog) {
        ServerState server = connection.server;
        server.slowConsumers.increment();
        if (!(connection instanceof Client))
            server.slowRoutes.increment();
        if (EventRecording.isPossible())
            new SlowConsumerEvent(connection.label(), why.toString()).peer(connection.clientName(), connection.user())
                    .backlog(backlog.subject(), backlog.pending()).commit();
        server.log.notice(connection, "Slow Consumer Detected: " + limit.replace("%d", Long.toString(backlog.pending()))
                + who(connection, backlog.subject()));
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
