package io.jnatsd.cluster;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jnatsd.config.ServerOptions.Compat;
import io.jnatsd.server.RawClient;
import io.jnatsd.server.TestServer;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A server with JetStream, and clients of a server that behaves as gnatsd 1.0: no headers, no 503. */
@Timeout(30)
class JetStreamMixedClusterTest {
    private TestServer modern;
    private TestServer old;
    private RawClient client;

    @BeforeEach
    void start() throws IOException {
        modern = Clusters.server(o -> o.jetStream = true);
        old = Clusters.server(o -> o.compat = Compat.GNATSD_1_0, Clusters.url(modern));
        Clusters.awaitRoutes(modern, 1);
        Clusters.awaitRoutes(old, 1);
        client = old.quiet();
        client.send("SUB answer 1\r\nSUB deliver 2\r\n").roundTrip();
        // $JS.API.> and the two of the client are known on both sides.
        Clusters.awaitSubscriptions(old, 3);
        Clusters.awaitSubscriptions(modern, 3);
        assertTrue(ask("$JS.API.STREAM.CREATE.S", "{\"name\":\"S\",\"subjects\":[\"s.*\"],\"storage\":\"memory\"}").contains("did_create"));
        // The stream's own: s.*, acks, pulls and flow control.
        Clusters.awaitSubscriptions(old, 7);
    }

    @AfterEach
    void stop() throws IOException {
        old.close();
        modern.close();
    }

    private void publish(String subject, String reply, String body) throws IOException {
        client.send("PUB " + subject + " " + reply + " " + body.length() + "\r\n" + body + "\r\n");
    }

    private String ask(String subject, String body) throws IOException {
        publish(subject, "answer", body);
        int size = Integer.parseInt(client.expect("MSG answer 1 (\\d+)\r\n").group(1));
        return client.expect("(.{" + size + "})\r\n").group(1);
    }

    private void consumer(String config) throws IOException {
        assertTrue(ask("$JS.API.CONSUMER.DURABLE.CREATE.S.c", "{\"stream_name\":\"S\",\"config\":{\"durable_name\":\"c\",\"ack_policy\":"
                + "\"explicit\"" + config + "}}").contains("\"name\":\"c\""));
    }

    @Test
    void aClientWithoutHeadersPublishesPullsAndAcknowledges() throws IOException {
        assertTrue(ask("s.a", "hello").contains("\"seq\":1"));
        consumer("");
        publish("$JS.API.CONSUMER.MSG.NEXT.S.c", "answer", "{\"batch\":2,\"expires\":50000000}");
        String ack = client.expect("MSG s\\.a 1 (\\$JS\\.ACK\\.S\\.c\\.1\\.1\\.1\\.\\d+\\.0) 5\r\nhello\r\n").group(1);
        // The status 408 is in headers, so that an empty message remains of it.
        client.expectText("MSG answer 1 0\r\n\r\n");
        publish(ack, "answer", "+ACK");
        client.expectText("MSG answer 1 0\r\n\r\n");
        assertTrue(ask("$JS.API.CONSUMER.INFO.S.c", "").contains("\"num_ack_pending\":0"));
    }

    @Test
    void aStoredMessageWithHeadersIsDeliveredWithoutThem() throws IOException {
        consumer(",\"deliver_subject\":\"deliver\"");
        RawClient publisher = modern.connect().send("CONNECT {\"verbose\":false,\"headers\":true}\r\n").roundTrip();
        publisher.send("HPUB s.a 22 27\r\nNATS/1.0\r\nBar: Baz\r\n\r\nhello\r\n").roundTrip();
        client.expect("MSG s\\.a 2 \\$JS\\.ACK\\.S\\.c\\.1\\.1\\.1\\.\\d+\\.0 5\r\nhello\r\n");
    }
}
