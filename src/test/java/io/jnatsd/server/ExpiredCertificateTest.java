package io.jnatsd.server;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jnatsd.tls.ShortLivedCertificate;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A resumed TLS session does not admit a client whose certificate has expired since. */
@Timeout(120)
class ExpiredCertificateTest {
    private static final int LIFE_SECONDS = 8;
    private static final String UPGRADE = "GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
            + "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
            + "Sec-WebSocket-Version: 13\r\n\r\n";

    private record Port(int number, String protocol, boolean infoFirst, String says, String isTold) {
        /** Returns what the port sends after the client has written; fails if the client is refused. */
        String visit(SSLContext context) throws IOException {
            try (Socket raw = new Socket("127.0.0.1", number)) {
                if (infoFirst)
                    readLine(raw);
                SSLSocket tls = SecuredServer.upgrade(raw, context, protocol);
                tls.getOutputStream().write(says.getBytes(StandardCharsets.US_ASCII));
                return readLine(tls);
            }
        }

        private static String readLine(Socket socket) throws IOException {
            StringBuilder line = new StringBuilder();
            for (int c; (c = socket.getInputStream().read()) >= 0 && c != '\n';)
                line.append((char) c);
            return line.toString().strip();
        }
    }

    @Test
    void aResumedSessionIsRefusedOnceTheCertificateHasExpired(@TempDir Path dir) throws Exception {
        // On a busy machine the certificate may expire before all clients have connected.
        int life = LIFE_SECONDS;
        while (!isRefusedOnceItHasExpired(new ShortLivedCertificate(
                Files.createDirectory(dir.resolve("life-" + life)), life)))
            life *= 2;
    }

    /** Returns false if the certificate expired before the test could connect. */
    private static boolean isRefusedOnceItHasExpired(ShortLivedCertificate certificate) throws Exception {
        String tls = "{ cert_file: \"CERTS/server-cert.pem\", key_file: \"CERTS/server-key.pem\", ca_file: \""
                + certificate.ca() + "\", verify: true, timeout: 30 }";
        try (SecuredServer server = SecuredServer.start("tls " + tls + "\nwebsocket { listen: \"127.0.0.1:-1\", tls "
                + tls + " }\ncluster { listen: \"127.0.0.1:-1\", tls " + tls + " }")) {
            Map<Port, SSLContext> clients = new LinkedHashMap<>();
            int webSocket = Integer.parseInt(server.server().webSocketUrl().replaceFirst(".*:", ""));
            for (String protocol : new String[] {"TLSv1.3", "TLSv1.2"}) {
                clients.put(new Port(server.port(), protocol, true, "CONNECT {\"verbose\":false}\r\nPING\r\n", "PONG"),
                        certificate.client());
                clients.put(new Port(server.server().clusterPort(), protocol, false, "PING\r\n", "INFO "),
                        certificate.client());
                clients.put(new Port(webSocket, protocol, false, UPGRADE, "HTTP/1.1 101 "), certificate.client());
            }
            for (Map.Entry<Port, SSLContext> each : clients.entrySet())
                try {
                    String told = each.getKey().visit(each.getValue());
                    assertTrue(told.startsWith(each.getKey().isTold), each.getKey() + ": " + told);
                } catch (IOException e) {
                    if (Instant.now().isBefore(certificate.end()))
                        throw e;
                    return false;
                }
            await().atMost(Duration.ofSeconds(100)).until(() -> Instant.now().isAfter(certificate.end()));
            for (Map.Entry<Port, SSLContext> each : clients.entrySet()) {
                // An orderly end of the stream would look like that of a connection that was accepted.
                IOException refusal = assertThrows(IOException.class, () -> each.getKey().visit(each.getValue()),
                        each.getKey().toString());
                assertTrue(refusal instanceof SocketException || refusal instanceof SSLException,
                        () -> each.getKey() + ": " + refusal);
            }
            return true;
        }
    }
}
