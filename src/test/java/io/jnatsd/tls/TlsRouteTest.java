package io.jnatsd.tls;

import static io.jnatsd.tls.TestCerts.IN_2030;
import static io.jnatsd.tls.TestCerts.options;
import static io.jnatsd.tls.TestCerts.route;
import static io.jnatsd.tls.TestCerts.withCa;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jnatsd.config.ServerOptions.TlsOptions;
import java.io.IOException;
import java.net.Socket;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests routes with this server at both ends. */
class TlsRouteTest {
    private static TlsContext context(TlsOptions options) throws TlsException {
        return TlsContext.forRoutes(options, IN_2030);
    }

    private static void dial(TlsEcho server, TlsContext context, String host) throws IOException {
        try (Socket raw = server.connect()) {
            SSLSocket tls = context.clientSocket(raw, host, server.port());
            tls.startHandshake();
            TlsEcho.talk(tls);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "127.0.0.1", "::1", "[::1]"})
    void theNamesInTheCertificateAreAccepted(String host) throws Exception {
        TlsContext context = context(route());
        try (TlsEcho server = new TlsEcho(context)) {
            dial(server, context, host);
            String shown = server.outcome().session().getPeerPrincipal().getName();
            assertTrue(shown.contains("CN=localhost"), shown);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"example.org", "127.0.0.2", "::2"})
    void otherNamesAreRefused(String host) throws Exception {
        TlsContext context = context(route());
        try (TlsEcho server = new TlsEcho(context)) {
            SSLException refused = assertThrows(SSLException.class, () -> dial(server, context, host));
            assertTrue(refused.getMessage().contains("subject alternative"), refused.getMessage());
        }
    }

    private static TlsOptions namedOnly() {
        return withCa(options("route-dns-cert.pem", "route-dns-key.pem"), "ca.pem");
    }

    private static void dial(TlsEcho server, TlsContext context, String host, String otherName) throws IOException {
        try (Socket raw = server.connect()) {
            SSLSocket tls = context.clientSocket(raw, host, server.port(), otherName);
            tls.startHandshake();
            TlsEcho.talk(tls);
        }
    }

    /** Gossip contains addresses, and certificates contain host names. */
    @Test
    void aCertificateMayBeForTheOtherNameInsteadOfTheAddress() throws Exception {
        TlsContext context = context(namedOnly());
        try (TlsEcho server = new TlsEcho(context)) {
            dial(server, context, "127.0.0.1", "localhost");
        }
        TlsContext both = context(route());
        try (TlsEcho server = new TlsEcho(both)) {
            dial(server, both, "127.0.0.1", "example.org");
        }
    }

    @Test
    void aCertificateForNeitherIsRefused() throws Exception {
        TlsContext context = context(namedOnly());
        try (TlsEcho server = new TlsEcho(context)) {
            assertThrows(SSLException.class, () -> dial(server, context, "127.0.0.1", "example.org"));
        }
        try (TlsEcho server = new TlsEcho(context)) {
            assertThrows(SSLException.class, () -> dial(server, context, "127.0.0.1", ""));
        }
        TlsContext stranger = context(withCa(route(), "wrong-ca.pem"));
        try (TlsEcho server = new TlsEcho(context)) {
            assertThrows(SSLException.class, () -> dial(server, stranger, "127.0.0.1", "localhost"));
        }
    }

    @Test
    void routesResumeWithoutLosingTheCheckOfTheName() throws Exception {
        TlsContext context = context(route());
        try (TlsEcho server = new TlsEcho(context)) {
            dial(server, context, "localhost");
            dial(server, context, "localhost");
            assertThrows(SSLException.class, () -> dial(server, context, "example.org"));
        }
    }

    @Test
    void aServerOfAWrongAuthorityIsRefused() throws Exception {
        TlsContext dialler = context(withCa(route(), "wrong-ca.pem"));
        try (TlsEcho server = new TlsEcho(context(route()))) {
            assertThrows(SSLException.class, () -> dial(server, dialler, "localhost"));
        }
    }

    @Test
    void aDialingServerOfAWrongAuthorityIsRefused() throws Exception {
        TlsContext dialler = context(withCa(options("wrong-client-cert.pem", "wrong-client-key.pem"), "ca.pem"));
        try (TlsEcho server = new TlsEcho(context(route()))) {
            assertThrows(IOException.class, () -> dial(server, dialler, "localhost"));
            assertNull(server.outcome().session());
        }
    }

    @Test
    void theSystemsAuthoritiesCountWithoutACaFile() throws Exception {
        TlsContext dialler = context(options("route-cert.pem", "route-key.pem"));
        try (TlsEcho server = new TlsEcho(context(route()))) {
            assertThrows(SSLException.class, () -> dial(server, dialler, "localhost"));
        }
    }
}
