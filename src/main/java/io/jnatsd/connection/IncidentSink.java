package io.jnatsd.connection;

/**
 * Is told what a server refuses, and which connections it ends because of what the peer does or fails to do: for an
 * embedding program. Other servers have none, see {@link ServerState#tellIncidents}.
 */
public interface IncidentSink {
    /** What was wrong. */
    enum Kind { SLOW_CONSUMER, AUTHORIZATION, PERMISSIONS, LIMIT, PROTOCOL, TLS, STALE }

    /** Returns the text of the first -ERR in protocol text, or the first line if that is no -ERR. */
    static String text(String wire) {
        String line = wire.substring(0, wire.indexOf('\r'));
        return line.startsWith("-ERR '") ? line.substring(6, line.length() - 1) : line;
    }

    /**
     * Called by any thread, before the peer is told. Must not wait and takes no locks but its own.
     *
     * @param text as the peer gets it in -ERR, or as the log has it if the peer gets nothing or less
     */
    void report(Connection connection, Kind kind, String text);
}
