package io.jnatsd.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** protocol.md, section 11: a request without subscribers gets a 503. */
class NoRespondersTest {
    private static final String BODY = "16 16\r\nNATS/1.0 503\r\n\r\n\r\n";
    private static final String REQUEST = "PUB nobody inbox.1 2\r\nhi\r\n";
    private static final String ASKING = "\"verbose\":false,\"headers\":true,\"no_responders\":true";

    @AutoClose
    private final TestServer server = TestServer.start();

    private RawClient client(String fields) throws IOException {
        return server.connect().send("CONNECT {" + fields + "}\r\n").roundTrip();
    }

    @Test
    void theAnswerComesAtOnceOnTheReplySubject() throws IOException {
        client(ASKING).send("SUB inbox.* 7\r\n" + REQUEST).expectText("HMSG inbox.1 7 " + BODY);
        client(ASKING).send("SUB inbox.1 8\r\nHPUB nobody inbox.1 2 2\r\nhi\r\n").expectText("HMSG inbox.1 8 " + BODY);
    }

    @Test
    void oneSubscriptionIsTold() throws IOException {
        client(ASKING).send("SUB inbox.1 1\r\nSUB inbox.1 2\r\nSUB inbox.1 3\r\n" + REQUEST + "PING\r\n")
                .expect("HMSG inbox\\.1 [123] 16 16\r\nNATS/1\\.0 503\r\n\r\n\r\nPONG\r\n");
    }

    @Test
    void theAnswerDoesNotOvertakeMessagesThatWereSentBefore() throws IOException {
        String message = "PUB inbox.1 2\r\nab\r\n";
        RawClient client = client(ASKING);
        client.send("SUB inbox.1 1\r\n" + message + message + REQUEST + message + "PING\r\n")
                .expectText("MSG inbox.1 1 2\r\nab\r\n".repeat(2) + "HMSG inbox.1 1 " + BODY
                        + "MSG inbox.1 1 2\r\nab\r\nPONG\r\n");
    }

    @Test
    void nobodyElseIsTold() throws IOException {
        RawClient other = client(ASKING);
        other.send("SUB > 1\r\nUNSUB 1\r\nSUB inbox.> 2\r\n").roundTrip();
        client(ASKING).send(REQUEST).roundTrip();
        client(ASKING).send("SUB inbox.> 1\r\n" + REQUEST).expectText("HMSG inbox.1 1 " + BODY);
        other.roundTrip();
    }

    @Test
    void membersOfQueueGroupsAreNotTold() throws IOException {
        client(ASKING).send("SUB inbox.> group 1\r\n" + REQUEST).roundTrip();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "SUB nobody 2",
        "SUB nobody group 2",
        "SUB > group 2"})
    void whereSomebodyListensNothingIsSaid(String subscription) throws IOException {
        RawClient responder = server.quiet();
        responder.send(subscription + "\r\n").roundTrip();
        client(ASKING).send("SUB inbox.> 1\r\n" + REQUEST).roundTrip();
        responder.expectText("MSG nobody 2 inbox.1 2\r\nhi\r\n");
    }

    @Test
    void withoutEchoOnesOwnSubscriptionIsNobodyAndTheAnswerComes() throws IOException {
        client(ASKING + ",\"echo\":false").send("SUB nobody 1\r\nSUB inbox.> 2\r\n" + REQUEST)
                .expectText("HMSG inbox.1 2 " + BODY);
    }

    @Test
    void aResponderWhoseLastMessageHasGoneIsNobody() throws IOException {
        RawClient responder = server.quiet();
        responder.send("SUB nobody 2\r\nUNSUB 2 1\r\n").roundTrip();
        client(ASKING).send("SUB inbox.> 1\r\n" + REQUEST + REQUEST).expectText("HMSG inbox.1 1 " + BODY);
        responder.expectText("MSG nobody 2 inbox.1 2\r\nhi\r\n").roundTrip();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "\"verbose\":false,\"headers\":true",
        "\"verbose\":false,\"headers\":true,\"no_responders\":false",
        "\"verbose\":false,\"headers\":false,\"no_responders\":true",
        "\"verbose\":false,\"no_responders\":true"})
    void whoDidNotAskForItIsNotTold(String fields) throws IOException {
        client(fields).send("SUB inbox.> 1\r\n" + REQUEST).roundTrip();
    }

    @Test
    void whatIsNoRequestNeedsNoAnswer() throws IOException {
        client(ASKING).send("SUB inbox.> 1\r\nPUB nobody 2\r\nhi\r\n").roundTrip();
    }

    @Test
    void theAnswerCountsForAutoUnsubscribe() throws IOException {
        RawClient client = client(ASKING);
        client.send("SUB inbox.> 1\r\nUNSUB 1 1\r\n" + REQUEST).expectText("HMSG inbox.1 1 " + BODY);
        client.send(REQUEST + "PUB inbox.1 1\r\nx\r\n").roundTrip();
        assertEquals(0, server.subscriptions());
    }

    @Test
    void theAnswerIsTracedAndOnlyTheRequestComesIn() throws IOException {
        try (TestServer traced = TestServer.tracing(o -> { })) {
            traced.connect().send("CONNECT {" + ASKING + "}\r\nSUB inbox.> 1\r\n" + REQUEST)
                    .expectText("HMSG inbox.1 1 " + BODY);
            traced.awaitLog("[TRC] cid:1 - <<- [HMSG inbox.1 1 16 16]");
            assertEquals(1, traced.state().traffic.totals().inMessages());
            assertEquals(2, traced.state().traffic.totals().inBytes());
        }
    }
}
