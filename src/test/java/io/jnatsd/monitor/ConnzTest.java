package io.jnatsd.monitor;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import io.jnatsd.server.RawClient;
import io.jnatsd.text.GoDuration;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConnzTest {
    private TestMonitor monitored;

    @BeforeEach
    void start() throws IOException {
        monitored = TestMonitor.start();
    }

    @AfterEach
    void stop() {
        monitored.close();
    }

    @Test
    void aClientIsShownWithAllFieldsInOrder() throws IOException {
        try (RawClient client = monitored.client(
                ",\"name\":\"svc-1\",\"lang\":\"python3\",\"version\":\"2.1.0\",\"user\":\"alice\",\"pass\":\"hush\"")) {
            client.send("SUB foo 1\r\nSUB foo.> q 2\r\nPUB foo 5\r\nhello\r\n").expectText("MSG foo 1 5\r\nhello\r\n");
            // The client may receive the data before the server has counted it as written.
            await().pollDelay(Duration.ZERO)
                    .until(() -> monitored.connections("").get(0).get("pending_bytes").getAsInt() == 0);
            JsonObject connz = monitored.json("/connz?subs=1&auth=1");
            assertEquals(List.of("now", "num_connections", "total", "offset", "limit", "connections", "server_id"),
                    List.copyOf(connz.keySet()));
            JsonObject c = connz.getAsJsonArray("connections").get(0).getAsJsonObject();
            assertEquals(List.of("cid", "ip", "port", "start", "last_activity", "uptime", "idle", "pending_bytes",
                    "in_msgs", "out_msgs", "in_bytes", "out_bytes", "subscriptions", "name", "lang", "version",
                    "authorized_user", "subscriptions_list", "kind", "type"), List.copyOf(c.keySet()));
            assertEquals("1 127.0.0.1 " + client.socket().getLocalPort() + " 0 1 1 5 5 2 svc-1 python3 2.1.0 alice"
                    + " Client nats", values(c, "cid ip port pending_bytes in_msgs out_msgs in_bytes out_bytes"
                    + " subscriptions name lang version authorized_user kind type"));
            assertEquals("[foo, foo.>]", c.getAsJsonArray("subscriptions_list").asList().stream()
                    .map(e -> e.getAsString()).sorted().toList().toString());
            assertFalse(time(c, "last_activity").isBefore(time(c, "start")));
            assertTrue(c.get("uptime").getAsString().matches("\\d+s"));
            assertTrue(c.get("idle").getAsString().matches("\\d+s"));
        }
    }

    private static String values(JsonObject object, String names) {
        return List.of(names.split(" ")).stream().map(n -> object.get(n).getAsString())
                .collect(Collectors.joining(" "));
    }

    private static Instant time(JsonObject object, String name) {
        return OffsetDateTime.parse(object.get(name).getAsString()).toInstant();
    }

    @Test
    void usersAndSubscriptionsAreShownOnRequestOnly() throws IOException {
        try (RawClient client = monitored.client(",\"user\":\"alice\",\"pass\":\"hush\"")) {
            client.send("SUB foo 1\r\n").roundTrip();
            JsonObject c = monitored.connections("?subs=0&auth=0").get(0);
            assertNull(c.get("subscriptions_list"));
            assertNull(c.get("authorized_user"));
            assertNull(c.get("name"));
        }
    }

    @Test
    void subscriptionsAreShownInDetail() throws IOException {
        try (RawClient client = monitored.client("")) {
            client.send("SUB foo q s1\r\nUNSUB s1 3\r\nPUB foo 0\r\n\r\n").expectText("MSG foo s1 0\r\n\r\n");
            JsonObject c = monitored.connections("?subs=detail&cid=1").get(0);
            assertEquals("[{\"account\":\"$G\",\"subject\":\"foo\",\"qgroup\":\"q\",\"sid\":\"s1\",\"msgs\":1,"
                    + "\"max\":3,\"cid\":1}]", c.get("subscriptions_list_detail").toString());
            client.send("SUB bar 2\r\nSUB baz 3\r\n").roundTrip();
            assertEquals(2, monitored.connections("?subs=detail&subs_limit=2").get(0)
                    .getAsJsonArray("subscriptions_list_detail").size());
        }
    }

    @Test
    void activityIsWhatClientsSendAndGetAndNoPing() throws IOException {
        try (RawClient client = monitored.client(""); RawClient other = monitored.client("")) {
            Instant last = active();
            for (String command : List.of("SUB foo 1\r\n", "PUB bar 2\r\nok\r\n", "UNSUB 2\r\n")) {
                tick(last);
                client.send(command).roundTrip();
                assertTrue(active().isAfter(last), command);
                last = active();
            }
            tick(last);
            other.send("PUB foo 2\r\nok\r\n");
            client.expectText("MSG foo 1 2\r\nok\r\n");
            assertTrue(active().isAfter(last), "a message that is delivered");
            last = active();
            tick(last);
            client.roundTrip();
            assertEquals(last, active());
        }
    }

    private Instant active() throws IOException {
        return time(monitored.connections("?cid=1").get(0), "last_activity");
    }

    private static void tick(Instant past) {
        await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(1))
                .until(() -> Instant.now().minusMillis(2).isAfter(past));
    }

    /** Connects three clients; later clients have more traffic. */
    private List<RawClient> threeClients() throws IOException {
        List<RawClient> clients = new ArrayList<>();
        for (int i = 1; i <= 3; i++) {
            RawClient client = monitored.client(",\"name\":\"c" + i + "\"");
            for (int s = 0; s < i; s++)
                client.send("SUB foo." + i + " " + s + "\r\n");
            for (int m = 0; m < i; m++)
                client.send("PUB foo." + i + " " + i + "\r\n" + "x".repeat(i) + "\r\n");
            for (int m = 0; m < i * i; m++)
                client.expect("MSG foo.\\d \\d \\d\r\nx+\r\n");
            client.roundTrip();
            clients.add(client);
            tick(Instant.now());
        }
        return clients;
    }

    @ParameterizedTest
    @CsvSource({"cid, c1 c2 c3", "start, c1 c2 c3", "uptime, c1 c2 c3", "subs, c3 c2 c1", "pending, c1 c2 c3",
        "msgs_to, c3 c2 c1", "msgs_from, c3 c2 c1", "bytes_to, c3 c2 c1", "bytes_from, c3 c2 c1", "last, c3 c2 c1",
        "idle, c1 c2 c3", "'', c1 c2 c3"})
    void clientsAreSorted(String key, String order) throws IOException {
        List<RawClient> clients = threeClients();
        assertEquals(order, names("?sort=" + key));
        assertEquals(order.substring(3, 5), names("?limit=1&offset=1&sort=" + key), "the second alone");
        for (RawClient client : clients)
            client.close();
    }

    private String names(String query) throws IOException {
        return monitored.connections(query).stream().map(c -> c.get("name").getAsString())
                .collect(Collectors.joining(" "));
    }

    @Test
    void pagesAreCutFromTheSortedList() throws IOException {
        assertPage("?offset=1&limit=1", 0, 0, 1, 1);
        List<RawClient> clients = threeClients();
        assertPage("?offset=1&limit=1", 1, 3, 1, 1);
        assertPage("?offset=1", 2, 3, 1, 1024);
        assertPage("?offset=3&limit=1", 0, 3, 3, 1);
        assertPage("?offset=100", 0, 3, 100, 1024);
        assertPage("?offset=-1&limit=-1", 3, 3, 0, 1024);
        assertPage("?limit=0", 3, 3, 0, 1024);
        assertPage("?limit=9223372036854775807&offset=1", 2, 3, 1, Integer.MAX_VALUE);
        assertPage("?limit=99999999999999999999&offset=99999999999999999999", 0, 3, Integer.MAX_VALUE,
                Integer.MAX_VALUE);
        for (RawClient client : clients)
            client.close();
    }

    private void assertPage(String query, int shown, int total, int offset, int limit) throws IOException {
        JsonObject connz = monitored.json("/connz" + query);
        assertEquals(shown + " of " + total + " from " + offset + " to " + limit,
                connz.get("num_connections") + " of " + connz.get("total") + " from " + connz.get("offset") + " to "
                        + connz.get("limit"));
        assertEquals(shown, connz.getAsJsonArray("connections").size());
    }

    @Test
    void clientsAreFound() throws IOException {
        try (RawClient a = monitored.client(",\"name\":\"Meter\",\"user\":\"joe\",\"lang\":\"go\"");
                RawClient b = monitored.client(",\"name\":\"sink\",\"user\":\"ann\"")) {
            assertEquals("sink", names("?cid=2"));
            assertEquals("", names("?cid=77"));
            assertEquals("Meter", names("?user=joe"));
            assertEquals("", names("?user=jo"));
            assertEquals("Meter", names("?filter=mETER"));
            assertEquals("sink", names("?filter=ann"));
            assertEquals("Meter", names("?filter=go"));
            assertEquals("sink", names("?filter=127.0.0.1:" + b.socket().getLocalPort()));
            assertEquals("Meter sink", names("?filter=127.0.0.1"));
            assertEquals("Meter sink", names("?acc=$G"));
            assertEquals("", names("?acc=other"));
            assertEquals("", names("?mqtt_client=x"));
            assertEquals(1, monitored.json("/connz?filter=ann").get("total").getAsInt());
            a.roundTrip();
        }
    }

    @Test
    void closedClientsAreRememberedWithTheirReason() throws IOException {
        try (RawClient client = monitored.client(",\"name\":\"gone\",\"user\":\"joe\"")) {
            client.send("SUB a 1\r\nSUB b 2\r\nPUB a 2\r\nok\r\n").expectText("MSG a 1 2\r\nok\r\n");
        }
        await().until(() -> monitored.json("/connz?state=closed").get("total").getAsInt() == 1);
        try (RawClient client = monitored.client(",\"name\":\"bad\"")) {
            client.send("NONSENSE\r\n").expect("-ERR '");
            client.readToEnd();
        }
        await().until(() -> monitored.json("/connz?state=closed").get("total").getAsInt() == 2);
        assertEquals(0, monitored.connections("").size());
        JsonObject c = monitored.connections("?state=closed&sort=stop&offset=1&auth=1").get(0);
        assertEquals("1 127.0.0.1 gone joe Client Closed 2 1 1 2", values(c,
                "cid ip name authorized_user reason subscriptions in_msgs out_msgs out_bytes"));
        assertFalse(time(c, "stop").isBefore(time(c, "start")));
        assertEquals("bad gone", names("?state=closed&sort=stop"));
        assertEquals("gone bad", names("?state=closed&sort=reason"));
        assertEquals("gone", names("?state=closed&filter=client%20closed"));
        assertEquals("bad", names("?state=closed&cid=2"));
        try (RawClient client = monitored.client(",\"name\":\"here\"")) {
            assertEquals("gone bad here", names("?state=any"));
            assertEquals("gone bad here", names("?state=all"));
            assertEquals("here", names("?state=open"));
            client.roundTrip();
        }
    }

    @Test
    void aClientWithoutConnectIsShownFromItsStart() throws IOException {
        try (RawClient client = RawClient.connect(monitored.server().port())) {
            JsonObject c = monitored.connections("?sort=idle").get(0);
            assertEquals(c.get("start"), c.get("last_activity"));
            assertEquals("0s", c.get("idle").getAsString().replaceFirst("^\\ds", "0s"));
            client.roundTrip();
        }
    }

    @Test
    void latencyIsMeasuredOnRequest() throws IOException {
        try (RawClient client = monitored.client("")) {
            assertNull(monitored.connections("").get(0).get("rtt"));
            monitored.connections("?rtt=1");
            client.expectText("PING\r\n").send("PONG\r\n").roundTrip();
            String rtt = monitored.connections("?sort=rtt").get(0).get("rtt").getAsString();
            assertTrue(GoDuration.parse(rtt).toNanos() > 0, rtt);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sort=foo", "sort=CID", "sort=stop", "sort=reason", "limit=abc", "offset=1.5", "cid=x",
        "subs=2", "auth=yes", "state=gone", "subs_limit=many", "callback=a(b)", "callback=%3Cscript%3E"})
    void badParametersAreAnsweredWithOneLine(String query) throws IOException {
        HttpResponse<String> answer = monitored.get("/connz?" + query);
        assertEquals(400, answer.statusCode());
        assertEquals("text/plain; charset=utf-8", answer.headers().firstValue("Content-Type").orElse(""));
        assertTrue(answer.body().matches("Invalid [^\n]+\n"), answer.body());
        assertTrue(query.startsWith("callback") || answer.body().contains("(allowed"), answer.body());
    }

    @Test
    void aBadSortIsAnsweredInGnatsdsWords() throws IOException {
        assertTrue(monitored.get("/connz?sort=foo").body().startsWith("Invalid sorting option: foo"));
        String echo = monitored.get("/connz?sort=a%0d%0ab" + "x".repeat(500)).body();
        assertTrue(echo.length() < 300 && echo.lines().count() == 1, echo);
    }

    @Test
    void parametersAreReadAsGoReadsThem() throws IOException {
        try (RawClient client = monitored.client(",\"name\":\"a b\"")) {
            assertEquals(1, monitored.json("/connz?limit=1&limit=2&unknown=3").get("limit").getAsInt());
            assertEquals("a b", names("?filter=a+b"));
            assertEquals("a b", names("?filter=a%20b"));
            assertEquals("a b", names("?&&=&limit"));
            client.roundTrip();
        }
    }
}
