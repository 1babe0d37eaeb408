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
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Names, subjects and other texts of JetStream that are not ASCII, as such and escaped in JSON. */
class TextTest {
    private static final Duration LONG = Duration.ofSeconds(30);
    private NatsServer server;
    private Connection nats;

    @BeforeEach
    void start() throws Exception {
        server = NatsServer.builder().jetStream().monitoring().start();
        nats = Nats.connect(Options.builder().server(server.url()).supportUTF8Subjects().build());
        ask("STREAM.CREATE.Größe", """
                {"name":"Größe","subjects":["größe.*"],"storage":"memory","allow_direct":true,"description":"日本"}""");
        for (String subject : new String[] {"größe.ä", "größe.日", "größe.a"})
            nats.request(subject, new byte[0], LONG);
    }

    @AfterEach
    void stop() throws Exception {
        nats.close();
        server.close();
    }

    private static String text(Message m) {
        return new String(m.getData(), StandardCharsets.UTF_8);
    }

    private JsonObject ask(String endpoint, String body) throws Exception {
        Message answer = nats.request("$JS.API." + endpoint, body.getBytes(StandardCharsets.UTF_8), LONG);
        JsonObject json = JsonParser.parseString(text(answer)).getAsJsonObject();
        assertFalse(json.has("error"), () -> text(answer));
        return json;
    }

    private Message pull(String consumer) throws Exception {
        return messageFor("$JS.API.CONSUMER.MSG.NEXT.Größe." + consumer, "");
    }

    /** Returns the answer to a request, which may come under the subject of a stored message. */
    private Message messageFor(String subject, String body) throws Exception {
        Subscription inbox = nats.subscribe(nats.createInbox());
        nats.publish(subject, inbox.getSubject(), body.getBytes(StandardCharsets.UTF_8));
        return inbox.nextMessage(LONG);
    }

    @Test
    void aFilterSelectsTheSubject() throws Exception {
        ask("CONSUMER.CREATE.Größe.é.größe.日", """
                {"stream_name":"Größe","config":{"name":"é","filter_subject":"größe.日","ack_policy":"explicit"}}""");
        assertEquals("größe.日", pull("é").getSubject());
        JsonObject escaped = ask("CONSUMER.CREATE.Größe.f.größe.ä", """
                {"stream_name":"Gr\\u00f6\\u00dfe","config":{"name":"f","filter_subject":"gr\\u00f6\\u00dfe.\\u00e4"}}""");
        assertEquals("größe.ä", escaped.getAsJsonObject("config").get("filter_subject").getAsString());
        assertEquals(1, escaped.get("num_pending").getAsInt());
    }

    @Test
    void infosAndMessagesHaveTheText() throws Exception {
        JsonObject info = ask("STREAM.INFO.Größe", "{\"subjects_filter\":\"größe.*\"}");
        assertEquals("日本", info.getAsJsonObject("config").get("description").getAsString());
        assertEquals(1, info.getAsJsonObject("state").getAsJsonObject("subjects").get("größe.ä").getAsInt());
        assertEquals("größe.ä", ask("STREAM.MSG.GET.Größe", "{\"last_by_subj\":\"größe.ä\"}").getAsJsonObject("message")
                .get("subject").getAsString());
        try (HttpClient http = HttpClient.newHttpClient()) {
            String page = http.send(HttpRequest.newBuilder(URI.create(server.monitorUrl() + "/jsz?config=1&streams=1")).build(),
                    BodyHandlers.ofString()).body();
            assertTrue(page.contains("\"Größe\"") && page.contains("日本"), page);
        }
    }

    @Test
    void thePublisherIsToldTheName() throws Exception {
        assertTrue(text(nats.request("größe.a", new byte[0], LONG)).contains("\"stream\":\"Größe\""));
    }

    @Test
    void theReasonOfATermAndAPullWithAnAckAreRead() throws Exception {
        ask("CONSUMER.CREATE.Größe.é", """
                {"stream_name":"Größe","config":{"name":"é","ack_policy":"explicit"}}""");
        Subscription advisories = nats.subscribe("$JS.EVENT.ADVISORY.CONSUMER.MSG_TERMINATED.Größe.é");
        nats.request(pull("é").getReplyTo(), "+TERM für immer".getBytes(StandardCharsets.UTF_8), LONG);
        assertEquals("für immer", JsonParser.parseString(text(advisories.nextMessage(LONG))).getAsJsonObject()
                .get("reason").getAsString());
        Message next = messageFor(pull("é").getReplyTo(), "+NXT {\"batch\":1,\"é\":\"é\"}");
        assertEquals("größe.a", next.getSubject());
    }
}
