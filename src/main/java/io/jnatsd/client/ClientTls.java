package io.jnatsd.client;

import io.jnatsd.connection.Opening;
import io.jnatsd.tls.TlsHandshake;
import java.io.IOException;

/**
 * How clients get TLS (protocol reference, section 13). Threads: immutable; {@link #secure} runs on the client's
 * reader.
 *
 * @param first the handshake comes before INFO
 * @param optional a client may go on in plain text instead, by what it sends first or by sending nothing in time
 * @param verify clients must show a certificate
 */
public record ClientTls(TlsHandshake handshake, boolean first, boolean optional, boolean verify) {
    private static final String REQUIRED = "-ERR 'Secure Connection - TLS Required'\r\n";

    /** Shakes hands, unless the client goes on in plain text; false if that has failed and the connection is closed. */
    boolean secure(Opening opening) {
        byte[] begin = {};
        if (optional) {
            try {
                begin = handshake.firstByte(opening.socket());
            } catch (IOException e) {
                opening.refuse(e, REQUIRED);
                return false;
            }
            if (begin.length == 0 || begin[0] != TlsHandshake.FIRST_BYTE) {
                opening.unread(begin);
                return true;
            }
        }
        byte[] first = begin;
        return opening.secure("client connection", () -> handshake.server(opening.socket(), first), REQUIRED);
    }
}
