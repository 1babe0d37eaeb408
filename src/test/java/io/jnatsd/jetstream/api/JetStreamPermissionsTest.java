package io.jnatsd.jetstream.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jnatsd.server.ConfiguredServer;
import io.nats.client.Connection;
import io.nats.client.Message;
import io.nats.client.Nats;
import io.nats.client.Options;
import io.nats.client.Subscription;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A client does nothing through JetStream that it may not do itself. */
@Timeout(60)
class JetStreamPermissionsTest {
    private static final Duration SOON = Duration.ofSeconds(20), BRIEFLY = Duration.ofMillis(300);

    @TempDir
    private Path folder;
    private ConfiguredServer server;
    private Connection admin;
    private Connection weak;

    @BeforeEach
    void start() throws Exception {
        server = ConfiguredServer.start(folder, """
                jetstream: enabled
                system_user: admin
                authorization { users: [
                  { user: admin, password: a }
                  { user: weak, password: w, permissions: { publish: ["S.>"], subscribe: ["_INBOX.>"] } }
                  { user: creator, password: c, permissions: { publish: ["S.>", "$JS.API.CONSUMER.>", "$JS.API.STREAM.CREATE.*"], subscribe: ["_INBOX.>"] } }
                  { user: reader, password: r, permissions: { publish: ["$JS.API.DIRECT.GET.>"], subscribe: ["_INBOX.>"] } }
                ] }
                """);
        admin = connect("admin", "a");
        weak = connect("weak", "w");
        assertTrue(ask(admin, "$JS.API.STREAM.CREATE.S", "{'name':'S','subjects':['S.>'],'storage':'memory'}").contains("did_create"));
    }

    @AfterEach
    void stop() throws Exception {
        weak.close();
        admin.close();
        server.close();
    }

    private Connection connect(String user, String password) throws Exception {
        return Nats.connect(Options.builder().server(server.server().url()).userInfo(user, password).build());
    }

    private static String ask(Connection nats, String subject, String body) throws Exception {
        Message answer = nats.request(subject, body.replace('\'', '"').getBytes(StandardCharsets.UTF_8), SOON);
        return answer == null ? "none" : new String(answer.getData(), StandardCharsets.UTF_8);
    }

    private void assertHolds(int messages) throws Exception {
        assertTrue(ask(admin, "$JS.API.STREAM.INFO.S", "").contains("\"messages\":" + messages + ","));
    }

    @Test
    void anAnswerIsNoRequest() throws Exception {
        Subscription asked = admin.subscribe("$SYS.REQ.>");
        admin.flush(SOON);
        // The answer {"stream":"S","seq":3} would be a request to remove the messages below 3.
        for (String reply : new String[] {"S.x", "S.x", "$JS.API.STREAM.PURGE.S", "$JS.API.STREAM.PURGE.S", "$SYS.REQ.SERVER.PING"})
            weak.publish("S.a", reply.equals("S.x") ? null : reply, new byte[0]);
        weak.flush(SOON);
        assertHolds(5);
        assertNull(asked.nextMessage(BRIEFLY));
    }

    @Test
    void aStoredMessageIsNoRequest() throws Exception {
        ask(admin, "$JS.API.STREAM.CREATE.D", "{'name':'D','subjects':['D.>'],'storage':'memory','allow_direct':true}");
        ask(admin, "D.a", "{}");
        try (Connection reader = connect("reader", "r")) {
            reader.publish("$JS.API.DIRECT.GET.D.D.a", "$JS.API.STREAM.PURGE.D", new byte[0]);
            reader.flush(SOON);
        }
        // Answered behind the direct get, so that a request for the removal would come before the next one.
        ask(admin, "D.b", "{}");
        assertTrue(ask(admin, "$JS.API.STREAM.INFO.D", "").contains("\"messages\":2,"));
    }

    @Test
    void aDeliverSubjectIsNoRequest() throws Exception {
        try (Connection creator = connect("creator", "c")) {
            Subscription asked = admin.subscribe("$SYS.REQ.>");
            admin.flush(SOON);
            ask(creator, "S.a", "{}");
            for (String to : new String[] {"$JS.API.STREAM.PURGE.S", "$SYS.REQ.SERVER.PING"})
                ask(creator, "$JS.API.CONSUMER.CREATE.S", "{'stream_name':'S','config':{'deliver_subject':'" + to + "'}}");
            String republish = "{'name':'R','subjects':['S.r.>'],'storage':'memory','republish':{'src':'>','dest':'$JS.API.STREAM.PURGE.S'}}";
            ask(creator, "$JS.API.STREAM.CREATE.R", republish);
            ask(creator, "S.b", "{}");
            assertHolds(2);
            assertNull(asked.nextMessage(BRIEFLY));
        }
    }

    @Test
    void whatIsForTheSystemUserIsNotStored() throws Exception {
        try (Connection creator = connect("creator", "c")) {
            String spy = "{'name':'SPY','subjects':['$SYS.>'],'storage':'memory','no_ack':true}";
            assertTrue(ask(creator, "$JS.API.STREAM.CREATE.SPY", spy).contains("\"err_code\":10052"));
            assertTrue(ask(admin, "$JS.API.STREAM.DELETE.S", "").contains("true"));
            assertTrue(ask(creator, "$JS.API.STREAM.CREATE.SPY", spy.replace("$SYS.>", ">")).contains("did_create"));
            admin.publish("$SYS.REQ.SERVER.PING", new byte[0]);
            admin.publish("seen", new byte[0]);
            admin.flush(SOON);
            assertTrue(ask(admin, "$JS.API.STREAM.MSG.GET.SPY", "{'last_by_subj':'seen'}").contains("\"seen\""));
            assertTrue(ask(admin, "$JS.API.STREAM.MSG.GET.SPY", "{'last_by_subj':'$SYS.>'}").contains("\"err_code\":10037"));
        }
    }

    @Test
    void withoutPermissionTheApiIsOutOfReach() throws Exception {
        for (String subject : new String[] {"$JS.API.INFO", "$JS.API.STREAM.INFO.S", "$JS.API.CONSUMER.MSG.NEXT.S.c", "$JS.ACK.S.c.1.1.1.1.0"})
            weak.publish(subject, weak.createInbox(), new byte[0]);
        weak.flush(SOON);
        assertEquals(0, weak.getStatistics().getInMsgs());
    }
}
