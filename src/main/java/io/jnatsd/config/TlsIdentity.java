package io.jnatsd.config;

import java.security.KeyStore;
import java.util.Arrays;
import javax.net.ssl.SSLContext;

/** Where the certificate and the private key of a port come from. Threads: immutable. */
public sealed interface TlsIdentity {
    /** PEM files, as a configuration file names them. An empty name is an error when the port is opened. */
    record PemFiles(String certFile, String keyFile) implements TlsIdentity {
    }

    /** The one private key of a key store, with its certificates. */
    record KeyEntry(KeyStore store, char[] password) implements TlsIdentity {
        /** The password stays out of logs. */
        @Override
        public String toString() {
            return "KeyEntry[]";
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof KeyEntry entry && entry.store == store && Arrays.equals(entry.password, password);
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(store);
        }
    }

    /** A context of the embedding program, which has its own certificates, authorities and cipher suites. */
    record Context(SSLContext context) implements TlsIdentity {
    }
}
