package io.jnatsd.config;

import java.security.KeyStore;

/** The authorities that have signed the certificates of clients or of other servers. Threads: immutable. */
public sealed interface TlsTrust {
    /** A PEM file; with an empty name, the authorities of the JDK. */
    record CaFile(String file) implements TlsTrust {
    }

    /** The certificates of a key store. */
    record Certificates(KeyStore store) implements TlsTrust {
    }
}
