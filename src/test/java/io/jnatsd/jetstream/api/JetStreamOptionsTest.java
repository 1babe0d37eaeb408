package io.jnatsd.jetstream.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.jnatsd.server.ConfiguredServer;
import io.nats.client.Connection;
import io.nats.client.JetStreamOptions;
import io.nats.client.KeyValue;
import io.nats.client.KeyValueOptions;
import io.nats.client.Message;
import io.nats.client.Nats;
import io.nats.client.PullSubscribeOptions;
import io.nats.client.api.KeyValueConfiguration;
import io.nats.client.api.StorageType;
import io.nats.client.api.StreamConfiguration;
import io.nats.client.impl.Headers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the keys of {@code jetstream} in a configuration file do. */
@Timeout(60)
class JetStreamOptionsTest {
    private static final Duration SOON = Duration.ofSeconds(10);

    @TempDir
    private Path folder;

    private static JsonObject ask(Connection nats, String subject, String body) throws Exception {
        return json(nats.request(subject, body.replace('\'', '"').getBytes(StandardCharsets.UTF_8), SOON));
    }

    private static JsonObject json(Message m) {
        return JsonParser.parseString(new String(m.getData(), StandardCharsets.UTF_8)).getAsJsonObject();
    }

    private static int error(JsonObject answer) {
        return answer.has("error") ? answer.getAsJsonObject("error").get("err_code").getAsInt() : 0;
    }

    private static Message answer(Connection nats, String subject, Headers headers) throws Exception {
        var answers = nats.subscribe(nats.createInbox());
        nats.publish(subject, answers.getSubject(), headers, new byte[0]);
        return answers.nextMessage(SOON);
    }

    @Test
    void aDomainHasSubjectsOfItsOwnAndIsInAnswers() throws Exception {
        try (ConfiguredServer server = ConfiguredServer.start(folder, "jetstream { domain: hub }");
                Connection nats = Nats.connect(server.server().url())) {
            assertEquals("hub", ask(nats, "$JS.API.INFO", "").get("domain").getAsString());
            JetStreamOptions hub = JetStreamOptions.builder().domain("hub").build();
            nats.jetStreamManagement(hub).addStream(StreamConfiguration.builder().name("S").subjects("s.*")
                    .storageType(StorageType.Memory).build());
            assertEquals("hub", ask(nats, "$JS.API.STREAM.INFO.S", "").get("domain").getAsString());
            var ack = nats.jetStream(hub).publish("s.a", new byte[1]);
            assertEquals("hub 1", ack.getDomain() + " " + ack.getSeqno());
            var sub = nats.jetStream(hub).subscribe("s.*", PullSubscribeOptions.builder().durable("d").build());
            sub.pull(1);
            Message m = sub.nextMessage(SOON);
            assertEquals("s.a", m.getSubject());
            m.ackSync(SOON);
            KeyValueOptions options = KeyValueOptions.builder().jetStreamOptions(hub).build();
            nats.keyValueManagement(options).create(KeyValueConfiguration.builder().name("b").storageType(StorageType.Memory).build());
            KeyValue kv = nats.keyValue("b", options);
            assertEquals(1, kv.put("k", "v"));
            assertEquals("v", kv.get("k").getValueAsString());
            assertEquals(503, answer(nats, "$JS.hub.API.$KV.none.k", null).getStatus().getCode());
            assertEquals(503, answer(nats, "$JS.other.API.INFO", null).getStatus().getCode());
        }
    }

    @Test
    void limitsBoundWhatStreamsAndConsumersAskForAndAReloadChangesThem() throws Exception {
        try (ConfiguredServer server = ConfiguredServer.start(folder,
                "jetstream { limits { max_ack_pending: 50, max_request_batch: 10, duplicate_window: 1m } }");
                Connection nats = Nats.connect(server.server().url())) {
            String create = "$JS.API.CONSUMER.CREATE.S", stream = "{'name':'T','storage':'memory','duplicate_window':90000000000}";
            JsonObject made = ask(nats, "$JS.API.STREAM.CREATE.S", "{'name':'S','storage':'memory'}");
            assertEquals(60_000_000_000L, made.getAsJsonObject("config").get("duplicate_window").getAsLong());
            assertEquals("duplicates window can not be larger then server limit of 1m0s",
                    ask(nats, "$JS.API.STREAM.CREATE.T", stream).getAsJsonObject("error").get("description").getAsString());
            JsonObject config = ask(nats, create, "{'stream_name':'S','config':{'ack_policy':'explicit'}}").getAsJsonObject("config");
            assertEquals("50 10", config.get("max_ack_pending") + " " + config.get("max_batch"));
            String many = "{'stream_name':'S','config':{'ack_policy':'explicit','max_ack_pending':99}}";
            assertEquals(10121, error(ask(nats, create, many)));
            assertEquals(10121, error(ask(nats, create, many.replace("99", "-1"))));
            assertEquals(10125, error(ask(nats, create, "{'stream_name':'S','config':{'max_batch':99}}")));
            var lines = server.reload("jetstream { max_mem: 1000, limits { max_ack_pending: 100 } }");
            assertTrue(lines.contains("[INF] Reloaded: jetstream.limits"), lines.toString());
            assertTrue(lines.contains("[INF] Reloaded: jetstream.max_memory_store = 1000"), lines.toString());
            assertEquals(0, error(ask(nats, create, many)));
            assertEquals(0, error(ask(nats, "$JS.API.STREAM.CREATE.T", stream)));
            assertEquals(10023, error(ask(nats, "S", "x".repeat(2000))));
            lines = server.reload("jetstream { domain: hub }");
            assertTrue(lines.getLast().contains("JetStream.Domain"), lines.toString());
        }
    }

    @Test
    void aRequestThatNeedsAHigherLevelOfTheApiIsRefused() throws Exception {
        try (ConfiguredServer server = ConfiguredServer.start(folder, "jetstream: enabled");
                Connection nats = Nats.connect(server.server().url())) {
            ask(nats, "$JS.API.STREAM.CREATE.S", "{'name':'S','storage':'memory','allow_direct':true}");
            ask(nats, "$JS.API.CONSUMER.DURABLE.CREATE.S.C", "{'stream_name':'S','config':{'durable_name':'C'}}");
            for (String level : new String[] {"1", "x", "-1", "99999999999999999999"}) {
                Headers headers = new Headers().add("Nats-Required-Api-Level", level);
                JsonObject refused = json(answer(nats, "$JS.API.STREAM.INFO.S", headers));
                assertEquals("10185 412", error(refused) + " " + refused.getAsJsonObject("error").get("code"), level);
                for (String subject : new String[] {"$JS.API.CONSUMER.MSG.NEXT.S.C", "$JS.API.DIRECT.GET.S", "$JS.API.DIRECT.GET.S.S"})
                    assertEquals("412 Required Api Level", answer(nats, subject, headers).getStatus().getMessageWithCode(), subject);
            }
            assertEquals(0, error(json(answer(nats, "$JS.API.STREAM.INFO.S", new Headers().add("Nats-Required-Api-Level", "0")))));
        }
    }

    @Test
    void aLimitOfNoMemoryRefusesEveryMessage() throws Exception {
        try (ConfiguredServer server = ConfiguredServer.start(folder, "jetstream { max_mem: 0 }");
                Connection nats = Nats.connect(server.server().url())) {
            ask(nats, "$JS.API.STREAM.CREATE.S", "{'name':'S','storage':'memory'}");
            assertEquals(10023, error(ask(nats, "S", "")));
            assertFalse(server.log().isEmpty());
        }
    }

    @Test
    void aStreamThatAsksForFilesIsKeptInMemoryAndTheLogSaysSo() throws Exception {
        try (ConfiguredServer server = ConfiguredServer.start(folder, "jetstream { max_file_store: 1G }");
                Connection nats = Nats.connect(server.server().url())) {
            JsonObject created = ask(nats, "$JS.API.STREAM.CREATE.S", "{'name':'S'}");
            assertEquals("file", created.getAsJsonObject("config").get("storage").getAsString());
            assertEquals("file", ask(nats, "$JS.API.STREAM.INFO.S", "").getAsJsonObject("config").get("storage").getAsString());
            assertTrue(server.log().contains("[WRN] Stream \"S\" asks for files; its messages are kept in memory, since there is no store_dir"),
                    server.log().toString());
        }
    }

    @Test
    void theLimitOfFilesRefusesWhatIsAboveIt() throws Exception {
        Path store = folder.resolve("store");
        try (ConfiguredServer server = ConfiguredServer.start(folder, "jetstream { store_dir: \"" + store + "\", max_file: 100K }");
                Connection nats = Nats.connect(server.server().url())) {
            assertEquals(0, error(ask(nats, "$JS.API.STREAM.CREATE.S", "{'name':'S'}")));
            assertEquals(10047, error(ask(nats, "$JS.API.STREAM.CREATE.T", "{'name':'T','max_bytes':200000}")));
            assertEquals(0, error(ask(nats, "S", "x".repeat(80_000))));
            assertEquals(10023, error(ask(nats, "S", "x".repeat(80_000))));
            List<String> lines = server.reload("jetstream { store_dir: \"" + store + "\", max_file: 1M }");
            assertTrue(lines.contains("[INF] Reloaded: jetstream.max_file_store = 1000000"), lines.toString());
            assertEquals(0, error(ask(nats, "S", "x".repeat(80_000))));
            lines = server.reload("jetstream { store_dir: \"" + folder.resolve("other") + "\", max_file: 1M }");
            assertTrue(lines.getLast().contains("JetStream.StoreDir"), lines.toString());
        }
    }

    @Test
    void moreMemoryThanTheHeapHasIsAWarning() throws Exception {
        try (ConfiguredServer server = ConfiguredServer.start(folder, "jetstream { max_mem: 900T }");
                Connection nats = Nats.connect(server.server().url())) {
            assertTrue(server.log().stream().anyMatch(line -> line.contains("\"max_mem\" is more than five eighths of the Java heap")),
                    server.log().toString());
            assertEquals(0, error(ask(nats, "$JS.API.STREAM.CREATE.S", "{'name':'S','storage':'memory'}")));
            assertEquals(10028, error(ask(nats, "$JS.API.STREAM.CREATE.T", "{'name':'T','storage':'memory','max_bytes':"
                    + Runtime.getRuntime().maxMemory() + "}")));
        }
    }
}
