package org.example;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jnatsd.Incident;
import io.jnatsd.NatsServer;
import io.jnatsd.NatsTls;
import io.jnatsd.NatsUser;
import io.nats.client.Connection;
import io.nats.client.Nats;
import io.nats.client.Options;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Users, permissions and TLS. */
class LoginTest {
    @BeforeAll
    static void makeCertificate() throws Exception {
        Files.createDirectories(Path.of("target"));
        Files.deleteIfExists(Path.of("target/server.p12"));
        List<String> command = new ArrayList<>(List.of(Files.readString(Path.of("src/test/resources/certificate.sh"))
                .replace("\\\n", " ").strip().split("\\s+")));
        command.set(0, System.getProperty("java.home") + "/bin/" + command.getFirst());
        ChildProcess.run(command);
    }

    @Test
    void usersHavePermissions() throws Exception {
        NatsServer server = NatsServer.builder()
                .user(NatsUser.password("joe", "secret")
                        .allowPublish("orders.>")
                        .denyPublish("orders.audit")
                        .allowSubscribe("_INBOX.>"))
                .start();
        try (server; Connection nats = Nats.connect(server.url("joe", "secret"))) {
            nats.publish("orders.new", "42".getBytes());
            nats.publish("orders.audit", "42".getBytes());
            nats.flush(Duration.ofSeconds(10));

            Incident incident = server.incidents().getFirst();
            assertEquals(Incident.Kind.PERMISSIONS, incident.kind());
            assertEquals("joe", incident.user());
            assertEquals("Permissions Violation for Publish to \"orders.audit\"", incident.text());
        }
    }

    @Test
    void theProgramDecides() throws Exception {
        NatsServer server = NatsServer.builder()
                .authenticator(credentials -> credentials.token().equals("open sesame")
                        ? Optional.of(NatsUser.named("ali").allowSubscribe("cave.>"))
                        : Optional.empty())
                .start();
        try (server; Connection nats = Nats.connect(
                Options.builder().server(server.url()).token("open sesame".toCharArray()).build())) {
            assertEquals(Connection.Status.CONNECTED, nats.getStatus());
        }
    }

    @Test
    void tlsComesFromAKeyStore() throws Exception {
        KeyStore store = KeyStore.getInstance(new File("target/server.p12"), "secret".toCharArray());
        NatsServer server = NatsServer.builder()
                .tls(NatsTls.keyStore(store, "secret".toCharArray()))
                .start();
        try (server; Connection nats = Nats.connect(
                Options.builder().server(server.url()).sslContext(trusting(store)).build())) {
            assertTrue(server.url().startsWith("tls://"));
            assertTrue(server.clients().getFirst().tls());
            assertEquals(server.port(), nats.getServerInfo().getPort());
        }
    }

    @Test
    void tlsComesFromPemFiles() throws Exception {
        KeyStore store = KeyStore.getInstance(new File("target/server.p12"), "secret".toCharArray());
        write("server-cert", "CERTIFICATE", store.getCertificate("server").getEncoded());
        write("server-key", "PRIVATE KEY", store.getKey("server", "secret".toCharArray()).getEncoded());
        NatsServer server = NatsServer.builder()
                .tls(NatsTls.pem(Path.of("target/server-cert.pem"), Path.of("target/server-key.pem")))
                .start();
        try (server; Connection nats = Nats.connect(
                Options.builder().server(server.url()).sslContext(trusting(store)).build())) {
            assertEquals(Connection.Status.CONNECTED, nats.getStatus());
        }
    }

    private static void write(String name, String what, byte[] content) throws Exception {
        Files.writeString(Path.of("target", name + ".pem"), "-----BEGIN " + what + "-----\n"
                + Base64.getMimeEncoder().encodeToString(content) + "\n-----END " + what + "-----\n");
    }

    private static SSLContext trusting(KeyStore store) throws Exception {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("server", store.getCertificate("server"));
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }
}
