package io.jnatsd;

import io.jnatsd.connection.Connection;
import io.jnatsd.connection.IncidentSink;
import io.jnatsd.server.Server;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The last incidents of a server, those before a restart included. Threads: any thread; {@code lock} guards the list.
 */
final class IncidentLog {
    /** The number of kept incidents, and their memory. */
    static final int MOST = 1000, MOST_BYTES = 1024 * 1024;
    /** The memory of one without the characters. */
    private static final int OWN_BYTES = 150;

    private final ReentrantLock lock = new ReentrantLock();
    /** Oldest first. */
    private final Deque<Incident> kept = new ArrayDeque<>();
    /** The memory of {@link #kept}. */
    private long keptBytes;

    /** Takes the incidents of a server that has just been made. */
    void attach(Server server) {
        server.state().tellIncidents((connection, kind, text) -> add(incident(server, connection, kind, text)));
    }

    private static Incident incident(Server server, Connection connection, IncidentSink.Kind kind, String text) {
        // Where the login is a token, a client may have sent it as the user name by mistake.
        boolean showsUser = server.options().auth().token().isEmpty();
        return new Incident(Instant.now(), published(kind), connection.isRoute(), connection.id(),
                connection.clientName(), showsUser ? connection.user() : "", text);
    }

    private static Incident.Kind published(IncidentSink.Kind kind) {
        return switch (kind) {
            case SLOW_CONSUMER -> Incident.Kind.SLOW_CONSUMER;
            case AUTHORIZATION -> Incident.Kind.AUTHORIZATION;
            case PERMISSIONS -> Incident.Kind.PERMISSIONS;
            case LIMIT -> Incident.Kind.LIMIT;
            case PROTOCOL -> Incident.Kind.PROTOCOL;
            case TLS -> Incident.Kind.TLS;
            case STALE -> Incident.Kind.STALE;
        };
    }

    private void add(Incident incident) {
        lock.lock();
        try {
            kept.addLast(incident);
            keptBytes += bytes(incident);
            while (kept.size() > MOST || keptBytes > MOST_BYTES)
                keptBytes -= bytes(kept.removeFirst());
        } finally {
            lock.unlock();
        }
    }

    /** Counts two bytes per character, although most need one. */
    private static int bytes(Incident incident) {
        return OWN_BYTES + 2 * (incident.name().length() + incident.user().length() + incident.text().length());
    }

    /** Returns the incidents that are kept, oldest first. */
    List<Incident> all() {
        lock.lock();
        try {
            return List.copyOf(kept);
        } finally {
            lock.unlock();
        }
    }

    /** Returns the oldest one of this kind, or null. */
    Incident first(Incident.Kind kind) {
        for (Incident incident : all())
            if (incident.kind() == kind)
                return incident;
        return null;
    }
}
