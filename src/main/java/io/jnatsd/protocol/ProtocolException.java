package io.jnatsd.protocol;

import java.util.List;

/**
 * A violation of the protocol by a peer (protocol.md, section 12), which ends the connection. Errors that do not end it
 * are not exceptions. It has no stack trace, because it reports an error of the peer and not of this server.
 */
public final class ProtocolException extends Exception {
    private static final long serialVersionUID = 1;

    /** The kinds of violations, each with the texts that are sent as -ERR. */
    public enum Fault {
        /** An illegal byte in a keyword, or no CR LF after a payload. */
        UNKNOWN_OPERATION("Unknown Protocol Operation", "Parser Error"),
        /** A known command with invalid arguments. */
        BAD_ARGUMENTS("Parser Error"),
        CONTROL_LINE("Maximum Control Line Exceeded"),
        PAYLOAD("Maximum Payload Violation"),
        CLIENT_PROTOCOL("Invalid Client Protocol"),
        AUTHORIZATION("Authorization Violation"),
        /** The peer has sent -ERR; its connection is closed without an answer. */
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

    /** Returns the text for the log. */
    public String logText() {
        return switch (fault) {
            case PAYLOAD, AUTHORIZATION, PEER_ERROR -> getMessage();
            default -> "Error reading from client: " + getMessage();
        };
    }

    /** Returns the texts for the peer, an empty list if it gets no answer. */
    public List<String> texts() {
        return fault.texts;
    }

    /** Returns the -ERR lines for the peer, empty if it gets no answer. */
    public String wire() {
        StringBuilder lines = new StringBuilder();
        for (String text : fault.texts)
            lines.append("-ERR '").append(text).append("'\r\n");
        return lines.toString();
    }
}
