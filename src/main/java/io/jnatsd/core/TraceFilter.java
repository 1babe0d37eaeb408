package io.jnatsd.core;

import io.jnatsd.config.ServerOptions.LogOptions;
import io.jnatsd.protocol.Message;
import io.jnatsd.protocol.Subject;
import java.util.List;
import java.util.Set;

/**
 * Which clients and subjects are traced; a busy server's whole traffic is of no use to anybody. Threads: immutable.
 */
final class TraceFilter {
    private final Set<String> clients;
    private final List<byte[]> subjects;
    private final int maxPayload;

    TraceFilter(LogOptions options) {
        clients = Set.copyOf(options.traceClients());
        subjects = options.traceSubjects().stream().map(Subject::bytes).toList();
        maxPayload = options.maxTracedPayload();
    }

    /** Clients are listed by cid or by the name that they gave themselves. */
    boolean wants(Connection connection) {
        return clients.isEmpty() || clients.contains(connection.clientName())
                || clients.contains(String.valueOf(connection.id()));
    }

    boolean wants(Message m) {
        return subjects.isEmpty() || subjects.stream()
                .anyMatch(pattern -> Subject.matches(pattern, m.buffer(), m.subjectStart(), m.subjectLength()));
    }

    /** How much of a payload is shown, in bytes. */
    int payload(int length) {
        return maxPayload > 0 ? Math.min(length, maxPayload) : length;
    }
}
