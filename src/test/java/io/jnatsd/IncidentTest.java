package io.jnatsd;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jnatsd.Incident.Kind;
import io.jnatsd.server.RawClient;
import io.jnatsd.tls.TestCerts;
import io.nats.client.Connection;
import io.nats.client.Nats;
import io.nats.client.Options;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A program sees what its server has refused, and whom it has disconnected. */
class IncidentTest {
    private static final Duration LATE = Duration.ofSeconds(60);

    private static String connect(String fields) {
        return "CONNECT {\"verbose\":false" + fields + "}\r\n";
    }

    private static Incident only(NatsServer server) {
        List<Incident> all = server.incidents();
        assertEquals(1, all.size(), all::toString);
        return all.getFirst();
    }

    private static void assertIncident(NatsServer server, Kind kind, String name, String user, String text) {
        Incident incident = only(server);
        assertEquals(List.of(kind, name, user, text, false),
                List.of(incident.kind(), incident.name(), incident.user(), incident.text(), incident.route()));
    }

    @Test
    void aServerWithoutTroubleHasNone() throws Exception {
        try (NatsServer server = NatsServer.start()) {
            try (Connection nats = Nats.connect(server.url())) {
                nats.publish("a", new byte[10]);
                nats.flush(LATE);
            }
            RawClient.quiet(server.port()).close();
            server.awaitConnections(0, LATE);
            server.restart();
            assertEquals(List.of(), server.incidents());
            assertEquals("expected an incident of kind STALE within 0s, but there is none",
                    assertThrows(NatsServerException.class, () -> server.awaitIncident(Kind.STALE, Duration.ZERO)).getMessage());
        }
    }

    @Test
    void aWrongLoginIsThereBeforeTheClientIsTold() throws Exception {
        Instant before = Instant.now();
        try (NatsServer server = NatsServer.builder().user("joe", "secret").start();
                RawClient client = RawClient.connect(server.port())) {
            client.send(connect(",\"name\":\"orders\",\"user\":\"joe\",\"pass\":\"S3CRET\""));
            client.expect("-ERR 'Authorization Violation'\r\n");
            assertIncident(server, Kind.AUTHORIZATION, "orders", "joe", "Authorization Violation");
            Incident incident = only(server);
            assertEquals("AUTHORIZATION orders (cid " + incident.id() + "): Authorization Violation", incident.toString());
            assertTrue(!incident.time().isBefore(before) && !incident.time().isAfter(Instant.now()));
            server.close();
            assertEquals(List.of(incident), server.incidents());
        }
    }

    @Test
    void aWrongTokenIsNotShown() throws Exception {
        try (NatsServer server = NatsServer.builder().token("right").start();
                RawClient client = RawClient.connect(server.port())) {
            client.send(connect(",\"user\":\"S3CRET\",\"pass\":\"S3CRET\""));
            client.expect("-ERR 'Authorization Violation'\r\n");
            assertFalse(server.incidents().toString().contains("S3CRET"));
            assertIncident(server, Kind.AUTHORIZATION, "", "", "Authorization Violation");
        }
    }

    @Test
    void aMissingPermissionIsShownWithItsSubject() throws Exception {
        try (NatsServer server = NatsServer.builder().configText("authorization { users: [ { user: joe, password: secret,"
                + " permissions: { publish: \"a.*\", subscribe: \"b.*\" } } ] }").start();
                RawClient client = RawClient.connect(server.port())) {
            client.send(connect(",\"name\":\"orders\",\"user\":\"joe\",\"pass\":\"secret\"")).roundTrip();
            client.send("PUB c.1 1\r\nx\r\n").expect("-ERR .*\r\n");
            assertIncident(server, Kind.PERMISSIONS, "orders", "joe", "Permissions Violation for Publish to \"c.1\"");
            client.send("SUB c.2 1\r\n").expect("-ERR .*\r\n");
            assertEquals("Permissions Violation for Subscription to \"c.2\"", server.incidents().getLast().text());
            assertEquals(2, server.incidents().size());
        }
    }

    @Test
    void limitsThatWereExceededAreShown() throws Exception {
        try (NatsServer server = NatsServer.builder().maxConnections(2).maxPayload(10).maxSubscriptions(1).start();
                RawClient first = RawClient.quiet(server.port());
                RawClient second = RawClient.quiet(server.port());
                RawClient third = RawClient.connect(server.port())) {
            third.expect("-ERR 'Maximum Connections Exceeded'\r\n");
            assertIncident(server, Kind.LIMIT, "", "", "Maximum Connections Exceeded");
            first.send("SUB a 1\r\nSUB b 2\r\n").expect("-ERR .*\r\n");
            assertEquals("maximum subscriptions exceeded", server.incidents().get(1).text());
            second.send("PUB a 11\r\n").expect("-ERR .*\r\n");
            assertEquals("Maximum Payload Violation", server.incidents().get(2).text());
            assertEquals(List.of(Kind.LIMIT, Kind.LIMIT, Kind.LIMIT), server.incidents().stream().map(Incident::kind).toList());
        }
    }

    @Test
    void violationsOfTheProtocolAreShown() throws Exception {
        try (NatsServer server = NatsServer.start();
                RawClient first = RawClient.quiet(server.port());
                RawClient second = RawClient.quiet(server.port())) {
            first.send("NONSENSE\r\n").expect("-ERR .*\r\n");
            assertIncident(server, Kind.PROTOCOL, "", "", "Unknown Protocol Operation");
            second.send("SUB a..b 1\r\n").expect("-ERR .*\r\n");
            assertEquals("Invalid Subject", server.incidents().getLast().text());
            second.send("-ERR 'I have had enough'\r\n").expectClosed();
            assertEquals("Client Error 'I have had enough'", server.incidents().getLast().text());
        }
    }

    @Test
    void aClientThatDoesNotAnswerPingsIsStale() throws Exception {
        try (NatsServer server = NatsServer.builder().pingInterval(Duration.ofMillis(50)).maxPingsOut(1).start();
                RawClient client = RawClient.connect(server.port())) {
            client.send(connect(",\"name\":\"orders\""));
            Incident stale = server.awaitIncident(Kind.STALE, LATE);
            assertEquals("orders: Stale Connection", stale.name() + ": " + stale.text());
        }
    }

    @Test
    void aClientThatReadsTooSlowlyIsShownWithItsSubject() throws Exception {
        try (NatsServer server = NatsServer.builder().maxPayload(100_000).maxPending(200_000).start();
                RawClient slow = RawClient.connect(server.port());
                Connection fast = Nats.connect(Options.builder().server(server.url()).connectionName("fast").build())) {
            slow.send(connect(",\"name\":\"slow\"") + "SUB a.* 1\r\n").roundTrip();
            await().atMost(LATE).until(() -> {
                fast.publish("a.b", new byte[100_000]);
                return !server.incidents().isEmpty();
            });
            Incident incident = only(server);
            assertEquals(Kind.SLOW_CONSUMER + " slow", incident.kind() + " " + incident.name());
            assertTrue(incident.text().startsWith("Slow Consumer Detected: "), incident::text);
            assertTrue(incident.text().endsWith(", subject a.*"), incident::text);
            assertEquals(1, server.traffic().slowConsumers());
        }
    }

    @Test
    void aFailedTlsHandshakeIsShownWithItsCause() throws Exception {
        String folder = TestCerts.folder();
        try (NatsServer server = NatsServer.builder().configText("tls { cert_file: \"" + folder + "/server-cert.pem\", key_file: \""
                + folder + "/server-key.pem\" }").start();
                RawClient client = RawClient.connect(server.port())) {
            client.send(connect("") + "PING\r\n");
            Incident incident = server.awaitIncident(Kind.TLS, LATE);
            assertTrue(incident.text().startsWith("TLS handshake error: "), incident::text);
            only(server);
        }
    }

    @Test
    void aRefusedRouteIsShownOnBothSides() throws Exception {
        try (NatsServer one = NatsServer.builder().cluster("test")
                .configText("cluster { authorization { user: r, password: right } }").start();
                NatsServer two = NatsServer.builder().cluster("test")
                        .route(URI.create("nats://r:S3CRET@127.0.0.1:" + one.clusterPort())).start()) {
            Incident refused = one.awaitIncident(Kind.AUTHORIZATION, LATE);
            assertTrue(refused.route());
            assertEquals("Authorization Violation", refused.text());
            Incident told = two.awaitIncident(Kind.PROTOCOL, LATE);
            assertTrue(told.route());
            assertEquals("Route Error 'Authorization Violation'", told.text());
            assertFalse((one.incidents() + "" + two.incidents()).contains("S3CRET"));
        }
    }

    @Test
    void onlyTheLastIncidentsAreKept() throws Exception {
        try (NatsServer server = NatsServer.start(); RawClient client = RawClient.quiet(server.port())) {
            client.send("SUB a..b 1\r\n".repeat(IncidentLog.MOST + 10)).expect("(-ERR 'Invalid Subject'\r\n){"
                    + (IncidentLog.MOST + 10) + "}");
            assertEquals(IncidentLog.MOST, server.incidents().size());
        }
        try (NatsServer server = NatsServer.builder().configText("authorization { users: [ { user: joe, password: secret,"
                + " permissions: { publish: \"a.*\" } } ] }").start();
                RawClient client = RawClient.connect(server.port())) {
            client.send(connect(",\"user\":\"joe\",\"pass\":\"secret\"")).roundTrip();
            String subject = "c".repeat(4000);
            client.send(("PUB " + subject + " 0\r\n\r\n").repeat(200));
            for (int i = 0; i < 200; i++)
                client.expect("-ERR 'Permissions Violation for Publish to \"c+\"'\r\n");
            int kept = server.incidents().size();
            assertTrue(kept > 100 && kept < 150, () -> kept + " are kept");
        }
    }
}
