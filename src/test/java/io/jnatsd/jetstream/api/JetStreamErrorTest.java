package io.jnatsd.jetstream.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.jnatsd.NatsServer;
import io.nats.client.Connection;
import io.nats.client.Nats;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What JetStream refuses, and how: number and text of each error. */
class JetStreamErrorTest {
    private static NatsServer server;
    private static Connection nats;

    @BeforeAll
    static void start() throws Exception {
        server = NatsServer.builder().jetStream().start();
        nats = Nats.connect(server.url());
    }

    @AfterAll
    static void stop() throws Exception {
        nats.close();
        server.close();
    }

    static JsonObject ask(String endpoint, String body) throws Exception {
        byte[] answer = nats.request("$JS.API." + endpoint, body.getBytes(StandardCharsets.UTF_8), Duration.ofSeconds(10)).getData();
        return JsonParser.parseString(new String(answer, StandardCharsets.UTF_8)).getAsJsonObject();
    }

    private static String error(JsonObject answer) {
        JsonObject error = answer.getAsJsonObject("error");
        return error == null ? "none" : error.get("err_code") + " " + error.get("code") + " " + error.get("description").getAsString();
    }

    /** Two streams, one of them a work queue with a consumer, and a third that allows nothing. */
    @BeforeEach
    void streams() throws Exception {
        for (String name : new String[] {"S", "W", "D", "X"})
            ask("STREAM.DELETE." + name, "");
        assertEquals("none", error(ask("STREAM.CREATE.S", "{'name':'S','subjects':['s.*'],'storage':'memory'}".replace('\'', '"'))));
        assertEquals("none", error(ask("STREAM.CREATE.W",
                "{'name':'W','subjects':['w.*'],'storage':'memory','retention':'workqueue'}".replace('\'', '"'))));
        assertEquals("none", error(ask("STREAM.CREATE.D",
                "{'name':'D','subjects':['d.*'],'storage':'memory','deny_delete':true,'deny_purge':true}".replace('\'', '"'))));
        assertEquals("none", error(ask("CONSUMER.DURABLE.CREATE.W.C",
                "{'stream_name':'W','config':{'durable_name':'C','ack_policy':'explicit','filter_subject':'w.a'}}".replace('\'', '"'))));
        for (int i = 0; i < 3; i++)
            for (String subject : new String[] {"s.a", "d.a"})
                nats.request(subject, new byte[0], Duration.ofSeconds(10));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            STREAM.CREATE.X | {'name':'Y'} | 10056 400 stream name in subject does not match request
            STREAM.CREATE.X | {'name':'X','subjects':['s.a']} | 10065 400 subjects overlap with an existing stream
            STREAM.CREATE.S | {'name':'S','subjects':['s.*'],'storage':'memory','max_msgs':5} | 10058 400 stream name already in use with a different configuration
            STREAM.CREATE.S | {'name':'S','subjects':['s.*'],'storage':'memory'} | none
            STREAM.CREATE.X | {'name':'X' | 10025 400 invalid JSON
            STREAM.CREATE.X | {'name':'X','retention':'sometimes'} | 10025 400 invalid JSON
            STREAM.CREATE.X | {'name':'X','sealed':true} | 10052 500 stream configuration for create can not be sealed
            STREAM.CREATE.X | {'name':'X','num_replicas':3} | 10074 500 replicas > 1 not supported in non-clustered mode
            STREAM.CREATE.X | {'name':'X','num_replicas':9} | 10052 500 maximum replicas is 5
            STREAM.CREATE.X | {'name':'X','num_replicas':-1} | 10133 400 replicas count cannot be negative
            STREAM.CREATE.X | {'name':'X','max_age':5} | 10052 500 max age needs to be >= 100ms
            STREAM.CREATE.X | {'name':'X','max_age':200000000,'duplicate_window':300000000} | 10052 500 duplicates window can not be larger then max age
            STREAM.CREATE.X | {'name':'X','subjects':['x..y']} | 10052 500 invalid subject
            STREAM.CREATE.X | {'name':'X','subjects':['x.a','x.a']} | 10052 500 duplicate subjects detected
            STREAM.CREATE.X | {'name':'X','subjects':['x.*','x.a']} | 10052 500 subject "x.*" overlaps with "x.a"
            STREAM.CREATE.X | {'name':'X','subjects':['>']} | 10052 500 capturing all subjects requires no-ack to be true
            STREAM.CREATE.X | {'name':'X','subjects':['$JS.API.>']} | 10052 500 subjects that overlap with jetstream api require no-ack to be true
            STREAM.CREATE.X | {'name':'X','deny_purge':true,'allow_rollup_hdrs':true} | 10052 500 roll-ups require the purge permission
            STREAM.CREATE.X | {'name':'X','discard_new_per_subject':true} | 10052 500 discard new per subject requires discard new policy to be set
            STREAM.CREATE.X | {'name':'X','subjects':['x.a'],'republish':{'src':'x.a','dest':'x.*'}} | 10052 500 stream configuration for republish destination forms a cycle
            STREAM.CREATE.X | {'name':'X','subject_transform':{'src':'x.*','dest':'y.$2'}} | 10156 400 stream transform: invalid mapping destination: wildcard index out of range
            STREAM.UPDATE.X | {'name':'X'} | 10059 404 stream not found
            STREAM.UPDATE.S | {'name':'S','subjects':['s.*'],'storage':'file'} | 10052 500 stream configuration update can not change storage type
            STREAM.UPDATE.S | {'name':'S','subjects':['s.*'],'storage':'memory','max_consumers':2} | 10052 500 stream configuration update can not change MaxConsumers
            STREAM.UPDATE.W | {'name':'W','subjects':['w.*'],'storage':'memory'} | 10052 500 stream configuration update can not change retention policy to/from workqueue
            STREAM.UPDATE.D | {'name':'D','subjects':['d.*'],'storage':'memory'} | 10052 500 stream configuration update can not cancel deny message deletes
            STREAM.INFO.X | | 10059 404 stream not found
            STREAM.DELETE.X | | 10059 404 stream not found
            STREAM.DELETE.S | {'x':1} | 10038 400 expected an empty request payload
            STREAM.PURGE.S | {'seq':1,'keep':1} | 10003 400 bad request
            STREAM.PURGE.D | | 10110 500 stream purge not permitted
            STREAM.MSG.GET.S | | 10003 400 bad request
            STREAM.MSG.GET.S | {'seq':99} | 10037 404 no message found
            STREAM.MSG.GET.S | {'seq':1,'last_by_subj':'s.a'} | 10003 400 bad request
            STREAM.MSG.GET.S | {'last_by_subj':'s.'} | 10037 404 no message found
            STREAM.MSG.DELETE.S | {'seq':99} | 10043 400 sequence 99 not found
            STREAM.CREATE.F | {'name':'F','subjects':['f.*'],'storage':'file'} | none
            STREAM.MSG.DELETE.F | {'seq':99} | 10057 500 stream store EOF
            STREAM.MSG.DELETE.D | {'seq':1} | 10057 500 message delete not permitted
            STREAM.LEADER.STEPDOWN.S | | 10010 503 JetStream clustering support required
            NO.SUCH.THING | | 10003 400 bad request
            CONSUMER.CREATE.X | {'stream_name':'X'} | 10059 404 stream not found
            CONSUMER.CREATE.S | {'stream_name':'X'} | 10056 400 stream name in subject does not match request
            CONSUMER.CREATE.S | {'stream_name':'S','config':{'durable_name':'d'}} | 10020 400 consumer expected to be ephemeral but a durable name was set in request
            CONSUMER.DURABLE.CREATE.S.d | {'stream_name':'S','config':{}} | 10018 400 consumer expected to be durable but a durable name was not set
            CONSUMER.DURABLE.CREATE.S.d | {'stream_name':'S','config':{'durable_name':'e'}} | 10017 400 consumer name in subject does not match durable name in request
            CONSUMER.DURABLE.CREATE.S | {'stream_name':'S','config':{'durable_name':'e'}} | 10016 400 consumer expected to be durable but no durable name set in subject
            CONSUMER.CREATE.S.c.s.a | {'stream_name':'S','config':{'filter_subject':'s.b'}} | 10131 400 Consumer create request did not match filtered subject from create subject
            CONSUMER.CREATE.S | {'stream_name':'S','config':{'deliver_subject':'a.*'}} | 10079 400 consumer deliver subject has wildcards
            CONSUMER.CREATE.S | {'stream_name':'S','config':{'deliver_subject':'s.x'}} | 10081 400 consumer deliver subject forms a cycle
            CONSUMER.CREATE.S | {'stream_name':'S','config':{'deliver_subject':'x','max_waiting':5}} | 10080 400 consumer in push mode can not set max waiting
            CONSUMER.CREATE.S | {'stream_name':'S','config':{'deliver_subject':'x','flow_control':true}} | 10108 400 consumer with flow control also needs heartbeats
            CONSUMER.CREATE.S | {'stream_name':'S','config':{'idle_heartbeat':1000000000}} | 10088 400 consumer idle heartbeat requires a push based consumer
            CONSUMER.CREATE.S | {'stream_name':'S','config':{'backoff':[1,2,3],'max_deliver':2,'ack_policy':'explicit'}} | 10116 400 max deliver is required to be > length of backoff values
            CONSUMER.CREATE.S | {'stream_name':'S','config':{'filter_subject':'s.a','filter_subjects':['s.b']}} | 10136 400 consumer cannot have both FilterSubject and FilterSubjects specified
            CONSUMER.CREATE.S | {'stream_name':'S','config':{'filter_subjects':['s.*','s.b']}} | 10138 400 consumer subject filters cannot overlap
            CONSUMER.CREATE.S | {'stream_name':'S','config':{'filter_subjects':['s.a','']}} | 10139 400 consumer filter in FilterSubjects cannot be empty
            CONSUMER.CREATE.S | {'stream_name':'S','config':{'opt_start_seq':5}} | 10094 400 consumer delivery policy is deliver all, but optional start sequence is also set
            CONSUMER.CREATE.S | {'stream_name':'S','config':{'deliver_policy':'by_start_sequence'}} | 10094 400 consumer delivery policy is deliver by start sequence, but optional start sequence is not set
            CONSUMER.CREATE.W | {'stream_name':'W','config':{'ack_policy':'none'}} | 10084 400 consumer in pull mode requires ack policy
            CONSUMER.CREATE.W | {'stream_name':'W','config':{'ack_policy':'all'}} | 10098 400 workqueue stream requires explicit ack
            CONSUMER.CREATE.W | {'stream_name':'W','config':{'ack_policy':'explicit','deliver_policy':'new'}} | 10101 400 consumer must be deliver all on workqueue stream
            CONSUMER.CREATE.W | {'stream_name':'W','config':{'ack_policy':'explicit'}} | 10099 400 multiple non-filtered consumers not allowed on workqueue stream
            CONSUMER.CREATE.W | {'stream_name':'W','config':{'ack_policy':'explicit','filter_subject':'w.>'}} | 10100 400 filtered consumer not unique on workqueue stream
            CONSUMER.DURABLE.CREATE.W.C | {'stream_name':'W','config':{'durable_name':'C','ack_policy':'explicit','filter_subject':'w.a','deliver_subject':'x'}} | 10012 500 max waiting can not be updated
            CONSUMER.INFO.S.c | | 10014 404 consumer not found
            CONSUMER.DELETE.S.c | | 10014 404 consumer not found
            CONSUMER.NAMES.X | | 10059 404 stream not found
            """)
    void eachMistakeHasItsError(String endpoint, String body, String expected) throws Exception {
        assertEquals(expected, error(ask(endpoint, body == null ? "" : body.replace('\'', '"'))));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            Nats-Expected-Stream: X | 10060 400 expected stream does not match
            Nats-Expected-Last-Sequence: 7 | 10071 400 wrong last sequence: 3
            Nats-Expected-Last-Subject-Sequence: 1 | 10071 400 wrong last sequence: 3
            Nats-Expected-Last-Subject-Sequence: x | 10071 400 wrong last sequence: 3
            Nats-Expected-Last-Msg-Id: m | 10070 400 wrong last msg ID:
            Nats-Rollup: sub | 10111 500 rollup not permitted
            """)
    void eachPublishThatIsRefusedHasItsError(String header, String expected) throws Exception {
        int colon = header.indexOf(':');
        io.nats.client.impl.Headers headers = new io.nats.client.impl.Headers().add(header.substring(0, colon), header.substring(colon + 2));
        byte[] answer = nats.request("s.a", headers, new byte[0]).get().getData();
        assertEquals(expected, error(JsonParser.parseString(new String(answer, StandardCharsets.UTF_8)).getAsJsonObject()).strip());
    }

    @Test
    void aSubjectThatIsNotValidSelectsNothing() throws Exception {
        assertEquals(0, ask("STREAM.PURGE.S", "{\"filter\":\"s..a\"}").get("purged").getAsInt());
        assertFalse(ask("STREAM.INFO.S", "{\"subjects_filter\":\"s.\"}").getAsJsonObject("state").has("subjects"));
    }

    @Test
    void onlyStreamInfoNamesTheServer() throws Exception {
        String same = "{'name':'S','subjects':['s.*'],'storage':'memory'}".replace('\'', '"');
        assertFalse(ask("STREAM.CREATE.S", same).has("cluster"));
        assertFalse(ask("STREAM.UPDATE.S", same).has("cluster"));
        assertTrue(ask("STREAM.INFO.S", "").getAsJsonObject("cluster").has("leader"));
    }

    @Test
    void pullsAndDirectGetsOfWhatDoesNotExistHaveNoResponders() throws Exception {
        for (String subject : new String[] {"CONSUMER.MSG.NEXT.S.none", "CONSUMER.MSG.NEXT.none.none", "DIRECT.GET.S", "DIRECT.GET.none.a"}) {
            var answer = nats.subscribe(nats.createInbox());
            nats.publish("$JS.API." + subject, answer.getSubject(), new byte[0]);
            assertEquals(503, answer.nextMessage(Duration.ofSeconds(10)).getStatus().getCode(), subject);
        }
    }
}
