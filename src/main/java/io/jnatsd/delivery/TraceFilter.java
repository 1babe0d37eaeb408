package io.jnatsd.delivery;

import io.jnatsd.config.ServerOptions.LogOptions;
import io.jnatsd.protocol.Message;
import io.jnatsd.protocol.Subject;
import io.jnatsd.subject.Receiver;
import java.util.List;
import java.util.Set;

/**
 * The clients and subjects that are traced. The traffic of a busy server would be too much to read. Threads: immutable.
 */
public final class TraceFilter {
    private final Set<String> clients;
    private final List<byte[]> subjects;
    private final int maxPayload;

    TraceFilter(LogOptions options) {
        clients = Set.copyOf(options.traceClients());
        subjects = options.traceSubjects().stream().map(Subject::bytes).toList();
        maxPayload = options.maxTracedPayload();
    }

    /** Clients are listed by cid or by the name in their CONNECT. */
    public boolean wants(Receiver receiver) {
        return clients.isEmpty() || clients.contains(receiver.clientName())
                || clients.contains(String.valueOf(receiver.id()));
    }

    public boolean wants(Message m) {
        return subjects.isEmpty() || subjects.stream()
                .anyMatch(pattern -> Subject.matches(pattern, m.buffer(), m.subjectStart(), m.subjectLength()));
    }

    /** Returns the number of bytes of a payload that a trace shows. */
    int payload(int length) {
        return maxPayload > 0 ? Math.min(length, maxPayload) : length;
    }
}
