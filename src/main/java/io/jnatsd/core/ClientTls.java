package io.jnatsd.core;

import io.jnatsd.tls.TlsContext;
import io.jnatsd.tls.TlsHandshake;
import java.io.IOException;
import java.net.SocketTimeoutException;
import javax.net.ssl.SSLSocket;

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

    /** Shakes hands; false if that failed, and the client is being told so. */
    boolean secure(Client client) {
        try {
            byte[] begin = {};
            if (optional) {
                begin = handshake.firstByte(client.socket());
                if (begin.length == 0 || begin[0] != TlsHandshake.FIRST_BYTE) {
                    client.unread(begin);
                    return true;
                }
            }
            client.server.log.debug(client, "Starting TLS client connection handshake");
            SSLSocket secured = handshake.server(client.socket(), begin);
            client.secure(secured);
            client.server.log.debug(client, "TLS handshake complete");
            if (client.server.log.debugOn())
                client.server.log.debug(client, TlsContext.describe(secured.getSession()));
            return true;
        } catch (IOException e) {
            client.server.log.error(client, e instanceof SocketTimeoutException ? e.getMessage()
                    : "TLS handshake error: " + e.getMessage());
            client.close(CloseReason.TLS_HANDSHAKE, REQUIRED);
            return false;
        }
    }
}
