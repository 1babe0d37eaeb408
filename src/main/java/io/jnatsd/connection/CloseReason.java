package io.jnatsd.connection;

import io.jnatsd.protocol.ProtocolException.Fault;

/** The reason why a connection was closed. The text is the one that newer servers show in monitoring. */
public enum CloseReason {
    CLIENT_CLOSED("Client Closed"), READ_ERROR("Read Error"), WRITE_ERROR("Write Error"),
    PROTOCOL_ERROR("Parse Error"), PROTOCOL_VIOLATION("Protocol Violation"),
    CONTROL_LINE("Maximum Control Line Exceeded"), PAYLOAD("Maximum Message Payload Exceeded"),
    CLIENT_PROTOCOL("Bad Client Protocol Version"), MAX_CONNECTIONS("Maximum Connections Exceeded"),
    CONNECTION_RATE("Connection Rate Exceeded"),
    STALE("Stale Connection"), PENDING_BYTES("Slow Consumer (Pending Bytes)"),
    WRITE_DEADLINE("Slow Consumer (Write Deadline)"), AUTHENTICATION_TIMEOUT("Authentication Timeout"),
    AUTHENTICATION_FAILURE("Authentication Failure"), TLS_HANDSHAKE("TLS Handshake Failure"),
    DUPLICATE_ROUTE("Duplicate Route"), ROUTE_REMOVED("Route Removed"), WRONG_PORT("Incorrect Port"), KICKED("Kicked"),
    JETSTREAM("Second Server With JetStream"),
    SERVER_SHUTDOWN("Server Shutdown");

    private final String text;

    CloseReason(String text) {
        this.text = text;
    }

    static CloseReason of(Fault fault) {
        return switch (fault) {
            case UNKNOWN_OPERATION, BAD_ARGUMENTS -> PROTOCOL_ERROR;
            case CONTROL_LINE -> CONTROL_LINE;
            case PAYLOAD -> PAYLOAD;
            case CLIENT_PROTOCOL -> CLIENT_PROTOCOL;
            case AUTHORIZATION -> AUTHENTICATION_FAILURE;
            case PEER_ERROR -> PROTOCOL_VIOLATION;
        };
    }

    /**
     * Returns what was wrong with the peer; null if nothing was. Also null for TLS, where the failed handshake reports
     * the cause itself.
     */
    IncidentSink.Kind incident() {
        return switch (this) {
            case PROTOCOL_ERROR, PROTOCOL_VIOLATION, CLIENT_PROTOCOL, WRONG_PORT, JETSTREAM -> IncidentSink.Kind.PROTOCOL;
            case CONTROL_LINE, PAYLOAD, MAX_CONNECTIONS, CONNECTION_RATE -> IncidentSink.Kind.LIMIT;
            case STALE -> IncidentSink.Kind.STALE;
            case PENDING_BYTES, WRITE_DEADLINE -> IncidentSink.Kind.SLOW_CONSUMER;
            case AUTHENTICATION_TIMEOUT, AUTHENTICATION_FAILURE -> IncidentSink.Kind.AUTHORIZATION;
            case CLIENT_CLOSED, READ_ERROR, WRITE_ERROR, TLS_HANDSHAKE, DUPLICATE_ROUTE, ROUTE_REMOVED, KICKED,
                    SERVER_SHUTDOWN -> null;
        };
    }

    @Override
    public String toString() {
        return text;
    }
}
