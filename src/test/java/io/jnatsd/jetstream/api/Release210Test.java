package io.jnatsd.jetstream.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.jnatsd.NatsServer;
import io.nats.client.Connection;
import io.nats.client.Message;
import io.nats.client.Nats;
import io.nats.client.Options;
import io.nats.client.Subscription;
import io.nats.client.impl.Headers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What nats-server has since 2.10, so that the server that answers are compared with, 2.9.10, does not know it. */
@Timeout(60)
class Release210Test {
    private static final Duration SOON = Duration.ofSeconds(20);

    private static NatsServer server;
    private static Connection nats;

    @BeforeAll
    static void start() throws Exception {
        server = NatsServer.builder().jetStream().start();
        nats = Nats.connect(Options.builder().server(server.url()).connectionTimeout(SOON).build());
    }

    @AfterAll
    static void stop() throws Exception {
        nats.close();
        server.close();
    }

    @BeforeEach
    void empty() throws Exception {
        ask("STREAM.DELETE.S", "");
    }

    private static JsonObject json(Message m) {
        return JsonParser.parseString(new String(m.getData(), StandardCharsets.UTF_8)).getAsJsonObject();
    }

    private static JsonObject ask(String endpoint, String body) throws Exception {
        return json(nats.request("$JS.API." + endpoint, body.replace('\'', '"').getBytes(StandardCharsets.UTF_8), SOON));
    }

    private static JsonObject done(String endpoint, String body) throws Exception {
        JsonObject answer = ask(endpoint, body);
        assertFalse(answer.has("error"), answer::toString);
        return answer;
    }

    private static void assertRefused(int number, String endpoint, String body) throws Exception {
        JsonObject answer = ask(endpoint, body);
        assertTrue(answer.has("error"), answer::toString);
        assertEquals(number, answer.getAsJsonObject("error").get("err_code").getAsInt(), answer::toString);
    }

    private static JsonObject stream(String more) throws Exception {
        return done("STREAM.CREATE.S", "{'name':'S','subjects':['s.>'],'storage':'memory'" + more + "}");
    }

    private static JsonObject update(String more) throws Exception {
        return done("STREAM.UPDATE.S", "{'name':'S','subjects':['s.>'],'storage':'memory'" + more + "}").getAsJsonObject("config");
    }

    private static String durable(String name, String more) {
        return "{'stream_name':'S','config':{'durable_name':'" + name + "','ack_policy':'explicit'" + more + "}}";
    }

    private static JsonObject consumer(String name, String more) throws Exception {
        return done("CONSUMER.DURABLE.CREATE.S." + name, durable(name, more));
    }

    private static JsonObject publish(String subject) throws Exception {
        return json(nats.request(subject, new byte[] {'x'}, SOON));
    }

    private static List<String> fetch(String consumer, int count) throws Exception {
        Subscription inbox = nats.subscribe(nats.createInbox());
        nats.publish("$JS.API.CONSUMER.MSG.NEXT.S." + consumer, inbox.getSubject(),
                ("{\"batch\":" + count + ",\"no_wait\":true}").getBytes(StandardCharsets.US_ASCII));
        List<String> got = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Message m = inbox.nextMessage(SOON);
            got.add(m.isStatusMessage() ? String.valueOf(m.getStatus().getCode()) : m.getSubject());
        }
        inbox.unsubscribe();
        return got;
    }

    @Test
    void aConsumerWithSeveralFiltersGetsTheirMessagesInTheOrderOfTheStream() throws Exception {
        stream("");
        for (String subject : List.of("s.a", "s.b", "s.c.x", "s.a", "s.d", "s.c.y"))
            publish(subject);
        JsonObject info = consumer("c", ",'filter_subjects':['s.c.*','s.a']");
        assertEquals(4, info.get("num_pending").getAsInt());
        assertEquals("[\"s.c.*\",\"s.a\"]", info.getAsJsonObject("config").get("filter_subjects").toString());
        assertFalse(info.getAsJsonObject("config").has("filter_subject"));
        assertEquals(List.of("s.a", "s.c.x"), fetch("c", 2));
        assertEquals(2, consumer("c", ",'filter_subjects':['s.d','s.c.y']").get("num_pending").getAsInt());
        assertEquals(List.of("s.d", "s.c.y"), fetch("c", 2));
        publish("s.b");
        publish("s.d");
        assertEquals(List.of("s.d"), fetch("c", 1));
        assertRefused(10137, "CONSUMER.CREATE.S.n.s.a", "{'stream_name':'S','config':{'name':'n','filter_subjects':['s.a','s.b']}}");
    }

    @Test
    void metadataIsKeptAndChangedByUpdatesAndItsSizeIsLimited() throws Exception {
        assertEquals("{\"k\":\"v\"}", stream(",'metadata':{'k':'v'}").getAsJsonObject("config").get("metadata").toString());
        assertEquals("{\"k\":\"w\"}", update(",'metadata':{'k':'w'}").get("metadata").toString());
        assertFalse(update("").has("metadata"));
        String large = ",'metadata':{'k':'" + "v".repeat(128 * 1024) + "'}";
        assertRefused(10052, "STREAM.UPDATE.S", "{'name':'S','subjects':['s.>'],'storage':'memory'" + large + "}");
        assertEquals("{\"a\":\"1\"}", consumer("c", ",'metadata':{'a':'1'}").getAsJsonObject("config").get("metadata").toString());
        assertEquals("{\"a\":\"2\"}", consumer("c", ",'metadata':{'a':'2'}").getAsJsonObject("config").get("metadata").toString());
        assertRefused(10135, "CONSUMER.DURABLE.CREATE.S.c", durable("c", large));
    }

    @Test
    void theFirstMessageHasTheFirstSequence() throws Exception {
        JsonObject state = stream(",'first_seq':100").getAsJsonObject("state");
        assertEquals("100 99", state.get("first_seq") + " " + state.get("last_seq"));
        assertEquals(100, publish("s.a").get("seq").getAsInt());
        done("STREAM.PURGE.S", "");
        assertEquals(101, publish("s.a").get("seq").getAsInt());
        assertEquals(100, done("STREAM.INFO.S", "").getAsJsonObject("config").get("first_seq").getAsInt());
    }

    @Test
    void theCompressionIsKept() throws Exception {
        assertEquals("none", stream("").getAsJsonObject("config").get("compression").getAsString());
        assertEquals("s2", update(",'compression':'s2'").get("compression").getAsString());
        assertRefused(10025, "STREAM.UPDATE.S", "{'name':'S','subjects':['s.>'],'storage':'memory','compression':'zip'}");
    }

    @Test
    void aTransformChangesTheSubjectUnderWhichAMessageIsStored() throws Exception {
        stream(",'subject_transform':{'src':'s.*.*','dest':'t.{{wildcard(2)}}.$1'}");
        publish("s.a.b");
        publish("s.a");
        assertEquals("{\"s.a\":1,\"t.b.a\":1}", done("STREAM.INFO.S", "{'subjects_filter':'>'}").getAsJsonObject("state").get("subjects")
                .toString());
        consumer("c", ",'filter_subject':'t.>'");
        assertEquals(List.of("t.b.a"), fetch("c", 1));
        assertFalse(update("").has("subject_transform"));
        publish("s.c.d");
        assertEquals("s.c.d", done("STREAM.MSG.GET.S", "{'seq':3}").getAsJsonObject("message").get("subject").getAsString());
    }

    @Test
    void consumerLimitsAreDefaultsAndCeilings() throws Exception {
        JsonObject limits = stream(",'consumer_limits':{'inactive_threshold':60000000000,'max_ack_pending':50}").getAsJsonObject("config")
                .getAsJsonObject("consumer_limits");
        assertEquals("{\"inactive_threshold\":60000000000,\"max_ack_pending\":50}", limits.toString());
        JsonObject config = consumer("c", "").getAsJsonObject("config");
        assertEquals("60000000000 50", config.get("inactive_threshold") + " " + config.get("max_ack_pending"));
        assertRefused(10121, "CONSUMER.DURABLE.CREATE.S.d", durable("d", ",'max_ack_pending':51"));
        assertRefused(10153, "CONSUMER.DURABLE.CREATE.S.d", durable("d", ",'inactive_threshold':61000000000"));
        consumer("d", ",'max_ack_pending':5,'inactive_threshold':1000000000");
    }

    @Test
    void aFullSubjectIsRefusedButARollupReplacesIt() throws Exception {
        stream(",'discard':'new','discard_new_per_subject':true,'max_msgs_per_subject':2,'allow_rollup_hdrs':true");
        publish("s.a");
        publish("s.a");
        assertEquals(10077, publish("s.a").getAsJsonObject("error").get("err_code").getAsInt());
        assertEquals(3, publish("s.b").get("seq").getAsInt());
        assertEquals(4, json(nats.request("s.a", new Headers().add("Nats-Rollup", "sub"), new byte[0]).get()).get("seq").getAsInt());
        assertEquals(5, publish("s.a").get("seq").getAsInt());
        assertRefused(10052, "STREAM.UPDATE.S", "{'name':'S','subjects':['s.>'],'storage':'memory','discard_new_per_subject':true,"
                + "'max_msgs_per_subject':2}");
        assertRefused(10052, "STREAM.UPDATE.S", "{'name':'S','subjects':['s.>'],'storage':'memory','discard':'new',"
                + "'discard_new_per_subject':true}");
    }

    @Test
    void theNextMessageOfASubjectIsFoundFromASequence() throws Exception {
        stream("");
        for (String subject : List.of("s.a", "s.b", "s.a", "s.b.c"))
            publish(subject);
        for (String[] each : new String[][] {{"'next_by_subj':'s.a'", "1"}, {"'next_by_subj':'s.a','seq':2", "3"},
                {"'next_by_subj':'s.b','seq':2", "2"}, {"'next_by_subj':'s.b.>','seq':1", "4"}, {"'next_by_subj':'s.*','seq':3", "3"}})
            assertEquals(each[1], done("STREAM.MSG.GET.S", "{" + each[0] + "}").getAsJsonObject("message").get("seq").toString(), each[0]);
        assertRefused(10037, "STREAM.MSG.GET.S", "{'next_by_subj':'s.a','seq':4}");
    }

    @Test
    void theActionSaysWhetherAConsumerMayExist() throws Exception {
        stream("");
        String create = "{'stream_name':'S','action':'create','config':{'durable_name':'c','ack_policy':'explicit'%s}}";
        assertRefused(10149, "CONSUMER.DURABLE.CREATE.S.c", String.format(create, "").replace("'create'", "'update'"));
        done("CONSUMER.DURABLE.CREATE.S.c", String.format(create, ""));
        done("CONSUMER.DURABLE.CREATE.S.c", String.format(create, ""));
        assertRefused(10148, "CONSUMER.DURABLE.CREATE.S.c", String.format(create, ",'description':'x'"));
        assertEquals("x", done("CONSUMER.DURABLE.CREATE.S.c", String.format(create, ",'description':'x'").replace("'create'", "'update'"))
                .getAsJsonObject("config").get("description").getAsString());
        assertRefused(10025, "CONSUMER.DURABLE.CREATE.S.c", String.format(create, "").replace("'create'", "'replace'"));
    }

    @Test
    void retentionChangesBetweenLimitsAndInterestAndUnwantedMessagesGo() throws Exception {
        stream("");
        consumer("c", ",'filter_subject':'s.a'");
        publish("s.a");
        publish("s.b");
        update(",'retention':'interest'");
        assertEquals(1, done("STREAM.INFO.S", "").getAsJsonObject("state").get("messages").getAsInt());
        update(",'retention':'limits','republish':{'src':'s.a','dest':'copy.a'}");
        Subscription copies = nats.subscribe("copy.a");
        nats.flush(SOON);
        publish("s.a");
        Message copy = copies.nextMessage(SOON);
        assertTrue(copy.getHeaders().containsKey("Nats-Time-Stamp"));
        copies.unsubscribe();
    }
}
