package io.jnatsd.client;

import io.jnatsd.connection.Opening;
import io.jnatsd.tls.TlsHandshake;
import java.io.IOException;

/**
 * The TLS settings of the client port (protocol.md, section 15). Threads: immutable; {@link #secure}: the client's
 * reader only.
 *
 * @param first whether the handshake comes before INFO
 * @param optional whether a client may use plain text instead, which it shows by its first byte or by sending nothing
 *         in time
 * @param verify whether clients must present a certificate
 */
public record ClientTls(TlsHandshake handshake, boolean first, boolean optional, boolean verify) {
    private static final String REQUIRED = "-ERR 'Secure Connection - TLS Required'\r\n";

    /**
     * Does the handshake, unless the client uses plain text. Returns false if it has failed and the connection is being
     * closed.
     */
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
