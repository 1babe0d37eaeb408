package io.jnatsd.server;

import io.jnatsd.client.ClientAuth;
import io.jnatsd.config.ServerOptions;
import io.jnatsd.tls.TlsException;
import java.io.IOException;
import java.util.List;

/** The certificates and keys that options name, without a server. Threads: stateless. */
public final class Certificates {
    private Certificates() {
    }

    /**
     * Loads them all.
     *
     * @return warnings about them
     * @throws IOException if a server could not start with them; the message names the file and what is wrong with it
     */
    public static List<String> tryOut(ServerOptions options) throws IOException {
        try {
            return new Security(options, ClientAuth.NONE, null).warnings();
        } catch (TlsException e) {
            throw new IOException(e.getMessage(), e);
        }
    }
}
