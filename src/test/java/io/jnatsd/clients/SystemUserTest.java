package io.jnatsd.clients;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.nats.client.Connection;
import io.nats.client.Message;
import io.nats.client.Nats;
import io.nats.client.Options;
import io.nats.client.impl.NatsMessage;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the {@code nats server} commands ask of a server as its system user, of jnatsd and of nats-server. */
@Timeout(60)
class SystemUserTest {
    private static final Duration PATIENCE = Duration.ofSeconds(10), MOMENT = Duration.ofMillis(200);
    private static final String NATS_SERVER = "/usr/sbin/nats-server";

    private ServerUnderTest server;
    private Connection admin;
    private final List<Connection> connections = new ArrayList<>();
    private final CountDownLatch joeHasGone = new CountDownLatch(1);

    private void start(String program) throws IOException, InterruptedException {
        server = ServerUnderTest.startWithSystemUser(program);
        admin = login("admin");
    }

    private Connection login(String user) throws IOException, InterruptedException {
        Connection connection = Nats.connect(Options.builder().server(server.url()).noReconnect().connectionName(user)
                .userInfo(user, user.substring(0, 1)).connectionListener((c, event) -> {
                    if (user.equals("joe") && c.getStatus() == Connection.Status.CLOSED)
                        joeHasGone.countDown();
                }).errorListener(new io.nats.client.ErrorListener() { }).build());
        connections.add(connection);
        return connection;
    }

    @AfterEach
    void stop() throws InterruptedException {
        for (Connection connection : connections)
            connection.close();
        if (server != null)
            server.close();
    }

    private static Message request(Connection from, String asked, String body, Duration patience)
            throws InterruptedException {
        Message answer = from.request(NatsMessage.builder().subject("$SYS.REQ.SERVER." + asked)
                .data(body, UTF_8).build(), patience);
        return answer == null || answer.isStatusMessage() ? null : answer;
    }

    private JsonObject ask(String asked, String body) throws InterruptedException {
        Message answer = request(admin, asked, body, PATIENCE);
        assertNotNull(answer, "no answer to " + asked);
        return JsonParser.parseString(new String(answer.getData(), UTF_8)).getAsJsonObject();
    }

    private String serverId() {
        return admin.getServerInfo().getServerId();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", NATS_SERVER})
    void aPingSaysWhoIsThere(String program) throws Exception {
        start(program);
        for (String form : List.of("PING", "PING.STATSZ", serverId() + ".STATSZ")) {
            JsonObject answer = ask(form, ""), who = answer.getAsJsonObject("server");
            assertEquals("first", who.get("name").getAsString());
            assertEquals("127.0.0.1", who.get("host").getAsString());
            assertEquals(serverId(), who.get("id").getAsString());
            assertEquals(admin.getServerInfo().getVersion(), who.get("ver").getAsString());
            assertFalse(who.get("jetstream").getAsBoolean());
            assertTrue(who.has("time"));
            JsonObject figures = answer.getAsJsonObject("statsz");
            for (String figure : List.of("start", "mem", "cores", "cpu", "total_connections", "active_accounts",
                    "subscriptions", "sent", "received", "slow_consumers", "active_servers"))
                assertTrue(figures.has(figure), figure);
            assertEquals(1, figures.get("connections").getAsInt());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", NATS_SERVER})
    void theMonitoringEndpointsAnswer(String program) throws Exception {
        start(program);
        for (String whom : List.of("PING.", serverId() + ".")) {
            assertEquals(serverId(), ask(whom + "VARZ", "").getAsJsonObject("data").get("server_id").getAsString());
            assertEquals(0, ask(whom + "ROUTEZ", "{}").getAsJsonObject("data").get("num_routes").getAsInt());
            assertEquals("ok", ask(whom + "HEALTHZ", "").getAsJsonObject("data").get("status").getAsString());
            assertTrue(ask(whom + "SUBSZ", "").getAsJsonObject("data").get("num_subscriptions").getAsInt() > 0);
            JsonObject data = ask(whom + "CONNZ", "{\"auth\":true,\"subscriptions\":true,\"state\":0,\"sort\":\"cid\","
                    + "\"limit\":10,\"server_name\":\"fir\",\"host\":\"127\"}").getAsJsonObject("data");
            JsonObject conn = data.getAsJsonArray("connections").get(0).getAsJsonObject();
            assertEquals("admin", conn.get("name").getAsString());
            assertEquals("admin", conn.get("authorized_user").getAsString());
            assertEquals(conn.get("subscriptions").getAsInt(), conn.getAsJsonArray("subscriptions_list").size());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", NATS_SERVER})
    void serversThatAreNotMeantAreSilentAndNonsenseIsNamed(String program) throws Exception {
        start(program);
        for (String other : List.of("\"server_name\":\"second\"", "\"host\":\"10.1\"", "\"cluster\":\"c\"",
                "\"tags\":[\"t\"]", "\"domain\":\"d\""))
            assertNull(request(admin, "PING.VARZ", "{" + other + "}", MOMENT), other);
        assertEquals(400, ask("PING.CONNZ", "{bad").getAsJsonObject("error").get("code").getAsInt());
        JsonObject error = ask("PING.CONNZ", "{\"sort\":\"oddly\"}").getAsJsonObject("error");
        assertEquals(500, error.get("code").getAsInt());
        assertTrue(error.get("description").getAsString().toLowerCase().contains("invalid sorting option: oddly"));
        assertNull(request(admin, "PING.FOOZ", "", PATIENCE));
        assertNull(request(admin, "NOBODY.VARZ", "", PATIENCE));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", NATS_SERVER})
    void nobodyElseIsAnswered(String program) throws Exception {
        start(program);
        Connection joe = login("joe");
        for (String form : List.of("PING", "PING.VARZ", serverId() + ".VARZ"))
            assertNull(request(joe, form, "", MOMENT), form);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", NATS_SERVER})
    void aClientIsKicked(String program) throws Exception {
        start(program);
        Connection joe = login("joe");
        String cid = "{\"cid\":" + joe.getServerInfo().getClientId() + "}";
        Message answer = request(admin, serverId() + ".KICK", cid, PATIENCE);
        assumeFalse(answer == null && !server.isJnatsd(), "nats-server knows of this from 2.10 on");
        assertNotNull(answer);
        assertTrue(joeHasGone.await(10, TimeUnit.SECONDS));
        assertTrue(ask(serverId() + ".KICK", cid).has("error"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", NATS_SERVER})
    void theConfigurationIsReloaded(String program) throws Exception {
        start(program);
        Message answer = request(admin, serverId() + ".RELOAD", "", PATIENCE);
        assumeFalse(answer == null && !server.isJnatsd(), "nats-server knows of this from 2.10 on");
        assertNotNull(answer);
        assertFalse(new String(answer.getData(), UTF_8).contains("\"error\""));
    }
}
