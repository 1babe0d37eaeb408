package io.jnatsd.protocol;

import java.util.List;

/**
 * What a peer did against the protocol (protocol reference, section 4.3). All of these end the connection; errors
 * after which it goes on are not exceptions. Carries no stack trace: it is an answer, not a defect.
 */
public final class ProtocolException extends Exception {
    private static final long serialVersionUID = 1;

    /** The kinds of fault, each with the texts that go out as -ERR. */
    public enum Fault {
        /** An illegal byte in a keyword, or a payload that does not end where it said. */
        UNKNOWN_OPERATION("Unknown Protocol Operation", "Parser Error"),
        /** A known command with arguments that make no sense. */
        BAD_ARGUMENTS("Parser Error"),
        CONTROL_LINE("Maximum Control Line Exceeded"),
        PAYLOAD("Maximum Payload Violation"),
        CLIENT_PROTOCOL("Invalid Client Protocol"),
        AUTHORIZATION("Authorization Violation"),
        /** The peer sent -ERR itself: it is closed without an answer. */
        PEER_ERROR();

        private final List<String> texts;

        Fault(String... texts) {
            this.texts = List.of(texts);
        }
    }

    private final transient Fault fault;

    public ProtocolException(Fault fault, String logText) {
        super(logText, null, false, false);
        this.fault = fault;
    }

    public Fault fault() {
        return fault;
    }

    /** What the log says of it. */
    public String logText() {
        return switch (fault) {
            case PAYLOAD, AUTHORIZATION, PEER_ERROR -> getMessage();
            default -> "Error reading from client: " + getMessage();
        };
    }

    /** What the peer is told, none if it gets no answer. */
    public List<String> texts() {
        return fault.texts;
    }

    /** The -ERR lines for the peer, empty if it gets none. */
    public String wire() {
        StringBuilder lines = new StringBuilder();
        for (String text : fault.texts)
            lines.append("-ERR '").append(text).append("'\r\n");
        return lines.toString();
    }
}
