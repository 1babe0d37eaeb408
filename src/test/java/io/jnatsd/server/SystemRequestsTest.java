package io.jnatsd.server;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The requests that the system user can make and other users cannot. */
@Timeout(30)
class SystemRequestsTest {
    private static final String USERS = "authorization { users: [ { user: admin, password: a }, { user: joe, password: j },"
            + " { user: ann, password: a, permissions: { publish: '>', subscribe: '>' } } ] }\n";
    private static final String CONFIG = "server_name: first\n" + USERS + "system_user: admin\n";

    @TempDir
    private Path dir;
    private ConfiguredServer server;

    @BeforeEach
    void start() throws Exception {
        server = ConfiguredServer.start(dir, CONFIG);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private RawClient login(String user) throws IOException {
        return RawClient.connect(server.port()).send("CONNECT {\"verbose\":false,\"headers\":true,\"no_responders\":true,"
                + "\"user\":\"" + user + "\",\"pass\":\"" + user.charAt(0) + "\"}\r\n").roundTrip();
    }

    private RawClient admin() throws IOException {
        return login("admin").send("SUB inbox.> 1\r\n").roundTrip();
    }

    private static JsonObject ask(RawClient client, String subject, String body) throws IOException {
        return askAt(client, "$SYS.REQ.SERVER." + subject, body);
    }

    private static JsonObject askAt(RawClient client, String subject, String body) throws IOException {
        client.send("PUB " + subject + " inbox.1 " + body.length() + "\r\n" + body + "\r\n");
        Matcher head = client.expect("MSG inbox\\.1 1 (\\d+)\r\n(?=.*\r\n)");
        String text = client.expect(".{" + head.group(1) + "}\r\n").group();
        return JsonParser.parseString(text).getAsJsonObject();
    }

    private String own(String form) {
        return server.server().serverId() + "." + form;
    }

    private static void expectNobody(RawClient client, String subject) throws IOException {
        client.send("PUB " + subject + " inbox.1 0\r\n\r\n")
                .expectText("HMSG inbox.1 1 16 16\r\nNATS/1.0 503\r\n\r\n\r\n");
    }

    @Test
    void aPingIsAnsweredByFiguresAndWhoseTheyAre() throws IOException {
        try (RawClient admin = admin(); RawClient joe = login("joe")) {
            for (String form : new String[] {"PING", "PING.STATSZ", own("STATSZ")}) {
                JsonObject answer = ask(admin, form, "");
                JsonObject who = answer.getAsJsonObject("server");
                assertEquals("first", who.get("name").getAsString());
                assertEquals(server.server().serverId(), who.get("id").getAsString());
                assertEquals("127.0.0.1", who.get("host").getAsString());
                assertEquals("1.0.2", who.get("ver").getAsString());
                assertFalse(who.get("jetstream").getAsBoolean());
                assertTrue(who.get("time").getAsString().endsWith("Z"));
                JsonObject figures = answer.getAsJsonObject("statsz");
                assertEquals(2, figures.get("connections").getAsInt());
                assertTrue(figures.get("mem").getAsLong() > 0);
                assertTrue(figures.getAsJsonObject("received").get("msgs").getAsLong() > 0);
            }
            joe.roundTrip();
        }
    }

    @Test
    void theEndpointsOfTheMonitorAreThere() throws IOException {
        try (RawClient admin = admin()) {
            for (String whom : new String[] {"PING.", own("")}) {
                assertEquals("first", ask(admin, whom + "VARZ", "").getAsJsonObject("data").get("server_name").getAsString());
                assertEquals(0, ask(admin, whom + "ROUTEZ", "{}").getAsJsonObject("data").get("num_routes").getAsInt());
                assertEquals("{\"status\":\"ok\"}", ask(admin, whom + "HEALTHZ", "").get("data").toString());
                assertTrue(ask(admin, whom + "SUBSZ", "{\"subscriptions\":true}").toString().contains("inbox.>"));
                JsonObject connz = ask(admin, whom + "CONNZ", "{\"auth\":true,\"subscriptions\":true,\"state\":0,"
                        + "\"sort\":\"subs\",\"limit\":10,\"user\":\"\"}").getAsJsonObject("data");
                JsonObject conn = connz.getAsJsonArray("connections").get(0).getAsJsonObject();
                assertEquals("admin", conn.get("authorized_user").getAsString());
                assertEquals("[\"inbox.>\"]", conn.get("subscriptions_list").toString());
                for (String form : new String[] {"JSZ", "LEAFZ", "GATEWAYZ", "ACCOUNTZ"})
                    assertTrue(ask(admin, whom + form, "").has("data"), form);
            }
        }
    }

    @Test
    void jetStreamIsShownAsTheOptionsSay() throws Exception {
        try (ConfiguredServer streams = ConfiguredServer.start(Files.createDirectory(dir.resolve("js")), CONFIG + "jetstream: enabled\n");
                RawClient admin = RawClient.connect(streams.port()).send("CONNECT {\"verbose\":false,\"headers\":true,"
                        + "\"no_responders\":true,\"user\":\"admin\",\"pass\":\"a\"}\r\nSUB inbox.> 1\r\n").roundTrip()) {
            String create = "{\"name\":\"S\",\"subjects\":[\"s.*\"],\"storage\":\"memory\"}";
            admin.send("PUB $JS.API.STREAM.CREATE.S inbox.1 " + create.length() + "\r\n" + create + "\r\n").expect("MSG.*did_create.*\r\n");
            JsonObject ofAccount = askAt(admin, "$SYS.REQ.ACCOUNT.$G.JSZ", "{\"streams\":true}").getAsJsonObject("data");
            assertTrue(ofAccount.getAsJsonArray("account_details").get(0).getAsJsonObject().has("stream_detail"));
            assertTrue(askAt(admin, "$SYS.REQ.ACCOUNT.$G.JSZ", "").getAsJsonObject("data").has("account_details"));
            for (String whom : new String[] {"PING.", streams.server().serverId() + "."}) {
                JsonObject answer = ask(admin, whom + "JSZ", "");
                assertTrue(answer.getAsJsonObject("server").get("jetstream").getAsBoolean());
                assertEquals("2.10.29", answer.getAsJsonObject("server").get("ver").getAsString());
                assertEquals(1, answer.getAsJsonObject("data").get("streams").getAsInt());
                assertFalse(answer.getAsJsonObject("data").has("account_details"));
                assertFalse(account(admin, whom + "JSZ", "{\"accounts\":true,\"leader_only\":true}").has("stream_detail"));
                assertTrue(account(admin, whom + "JSZ", "{\"consumer\":true,\"config\":true}").toString().contains("\"subjects\":[\"s.*\"]"));
                assertTrue(account(admin, whom + "JSZ", "{\"account\":\"$G\",\"streams\":true}").has("stream_detail"));
                assertFalse(ask(admin, whom + "JSZ", "{\"account\":\"A\",\"streams\":true}").getAsJsonObject("data").has("account_details"));
                assertEquals("{\"status\":\"ok\"}", ask(admin, whom + "HEALTHZ", "{\"js-enabled-only\":true}").get("data").toString());
                assertTrue(ask(admin, whom + "HEALTHZ", "{\"account\":\"$G\",\"stream\":\"x\"}").toString().contains("not found on account"));
            }
        }
    }

    private static JsonObject account(RawClient client, String subject, String options) throws IOException {
        return ask(client, subject, options).getAsJsonObject("data").getAsJsonArray("account_details").get(0).getAsJsonObject();
    }

    @Test
    void optionsChooseWhoAnswers() throws IOException {
        try (RawClient admin = admin()) {
            for (String nobody : new String[] {"server_name\":\"second", "host\":\"10.", "cluster\":\"x", "domain\":\"x",
                    "tags\":[\"x\"],\"host\":\""}) {
                String body = "{\"" + nobody + "\"}";
                admin.send("PUB $SYS.REQ.SERVER.PING inbox.1 " + body.length() + "\r\n" + body + "\r\n");
            }
            JsonObject answer = ask(admin, "PING.VARZ", "{\"server_name\":\"fir\",\"host\":\"127\",\"tags\":[]}");
            assertTrue(answer.has("data"));
            admin.roundTrip();
        }
    }

    @Test
    void nonsenseIsAnsweredByWhatIsWrong() throws IOException {
        try (RawClient admin = admin()) {
            for (String body : new String[] {"{bad", "[]", "1"}) {
                JsonObject error = ask(admin, "PING.CONNZ", body).getAsJsonObject("error");
                assertEquals(400, error.get("code").getAsInt());
                assertTrue(error.get("description").getAsString().startsWith("invalid JSON"), error.toString());
            }
            JsonObject error = ask(admin, "PING.CONNZ", "{\"sort\":\"x\"}").getAsJsonObject("error");
            assertTrue(error.get("description").getAsString().startsWith("Invalid sorting option: x"), error.toString());
            expectNobody(admin, "$SYS.REQ.SERVER.PING.FOOZ");
            expectNobody(admin, "$SYS.REQ.SERVER.OTHER.VARZ");
            expectNobody(admin, "$SYS.REQ.SERVER.PING.KICK");
            admin.send("PUB $SYS.REQ.SERVER.PING 2\r\n{}\r\n").roundTrip();
        }
    }

    @Test
    void aClientIsKicked() throws IOException {
        try (RawClient admin = admin(); RawClient joe = login("joe")) {
            long cid = ask(admin, "PING.CONNZ", "{\"user\":\"joe\"}").getAsJsonObject("data").getAsJsonArray("connections")
                    .get(0).getAsJsonObject().get("cid").getAsLong();
            assertTrue(ask(admin, own("KICK"), "{\"cid\":" + cid + "}").get("data").isJsonNull());
            joe.expectClosed();
            assertEquals("{\"code\":500,\"description\":\"no such client\"}",
                    ask(admin, own("KICK"), "{\"cid\":" + cid + "}").get("error").toString());
            assertEquals(400, ask(admin, own("KICK"), "{}").getAsJsonObject("error").get("code").getAsInt());
            // The client's reader records its end, after the client has seen it.
            await("record of the closed client").until(() -> ask(admin, "PING.CONNZ", "{\"state\":1}").toString()
                    .contains("\"reason\":\"Kicked\""));
            assertTrue(server.log().toString().contains("Closed at the system user's request"), server.log()::toString);
        }
    }

    @Test
    void theConfigurationIsReloaded() throws IOException {
        try (RawClient admin = admin()) {
            server.configure(CONFIG + "max_payload: 12345\n");
            assertTrue(ask(admin, own("RELOAD"), "").get("data").isJsonNull());
            assertEquals(12345, server.server().options().limits().maxPayload());
            server.configure(CONFIG + "max_payload: x\n");
            JsonObject error = ask(admin, own("RELOAD"), "").getAsJsonObject("error");
            assertTrue(error.get("description").getAsString().contains("max_payload"), error.toString());
            assertEquals(12345, server.server().options().limits().maxPayload());
        }
    }

    @Test
    void aReloadMayEndTheSystemUserWhoAskedForIt() throws IOException {
        try (RawClient admin = admin()) {
            server.configure("server_name: first\n" + USERS);
            admin.send("PUB $SYS.REQ.SERVER." + own("RELOAD") + " inbox.1 0\r\n\r\n");
            await().until(() -> server.server().options().auth().systemUser().isEmpty());
            await().until(() -> server.server().state().subjects.index().count() == 1);
        }
    }

    @Test
    void othersMayNeitherAskNorListen() throws IOException {
        try (RawClient admin = admin()) {
            for (String user : new String[] {"joe", "ann"}) {
                try (RawClient other = login(user)) {
                    other.send("PUB $SYS.REQ.SERVER.PING x 0\r\n\r\n").expectText(
                            "-ERR 'Permissions Violation for Publish to \"$SYS.REQ.SERVER.PING\"'\r\n");
                    for (String subject : new String[] {"$SYS.>", "$SYS.REQ.SERVER.PING", "$SYS.*.x"})
                        other.send("SUB " + subject + " 1\r\n").expectText(
                                "-ERR 'Permissions Violation for Subscription to \"" + subject + "\"'\r\n");
                    other.send("SUB > 1\r\nSUB *.REQ.> 2\r\n").roundTrip();
                    admin.send("PUB $SYS.REQ.SERVER.x 0\r\n\r\nPUB foo 2\r\nhi\r\n").roundTrip();
                    other.expectText("MSG foo 1 2\r\nhi\r\n").roundTrip();
                }
            }
        }
    }

    @Test
    void withoutASystemUserTheSubjectsAreLikeOthers() throws IOException {
        server.reload("server_name: first\n" + USERS);
        try (RawClient joe = login("joe")) {
            joe.send("SUB inbox.> 1\r\n");
            expectNobody(joe, "$SYS.REQ.SERVER.PING");
            joe.send("SUB $SYS.> 2\r\nPUB $SYS.REQ.SERVER.PING 0\r\n\r\n").expectText("MSG $SYS.REQ.SERVER.PING 2 0\r\n\r\n");
            server.reload(CONFIG);
            joe.expectText("-ERR 'Permissions Violation for Subscription to \"$SYS.>\" (sid 2)'\r\n");
            try (RawClient admin = admin()) {
                assertTrue(ask(admin, "PING", "").has("statsz"));
            }
        }
    }

    @Test
    void aFloodOfRequestsHoldsNobodyUpAndIsSurvived() throws IOException {
        try (RawClient admin = admin(); RawClient joe = login("joe")) {
            login("admin").send("PUB $SYS.REQ.SERVER.PING.VARZ nobody 0\r\n\r\n".repeat(200_000)).close();
            joe.roundTrip();
            // While too many requests wait, others are dropped.
            await().until(() -> {
                admin.send("PUB $SYS.REQ.SERVER.PING inbox.1 0\r\n\r\n");
                return admin.socket().getInputStream().available() > 0;
            });
            admin.expect("MSG inbox\\.1 1 \\d+\r\n\\{\"server\":");
        }
    }

    @Test
    void anAnswerMayBeLongerThanMessagesOfClients() throws IOException {
        server.reload(CONFIG + "max_payload: 100\n");
        try (RawClient admin = admin()) {
            assertTrue(ask(admin, "PING.VARZ", "").toString().length() > 500);
        }
    }
}
