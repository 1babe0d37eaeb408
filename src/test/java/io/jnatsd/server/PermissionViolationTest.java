package io.jnatsd.server;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** protocol.md, section 14: what permissions allow, and what the client and the log get after a violation. */
@Timeout(30)
class PermissionViolationTest {
    private SecuredServer server;
    private RawClient joe;

    /** Starts a server with the user joe, who has these permissions, and sue, who has all. */
    private void start(String permissions) throws Exception {
        server = SecuredServer.start("authorization { users: [ {user: joe, password: j, permissions: " + permissions
                + "}, {user: sue, password: s} ] }");
        joe = server.login("joe", "j");
    }

    @AfterEach
    void stop() throws Exception {
        if (server != null)
            server.close();
    }

    private void mayNotPublish(String subject) throws Exception {
        joe.send("PUB " + subject + " 2\r\nhi\r\n")
                .expectText("-ERR 'Permissions Violation for Publish to \"" + subject + "\"'\r\n").roundTrip();
    }

    private void mayPublish(String subject) throws Exception {
        joe.send("PUB " + subject + " 2\r\nhi\r\n").roundTrip();
    }

    private void mayNotSubscribe(String subject) throws Exception {
        joe.send("SUB " + subject + " 9\r\n")
                .expectText("-ERR 'Permissions Violation for Subscription to \"" + subject + "\"'\r\n").roundTrip();
    }

    private void maySubscribe(String subject) throws Exception {
        joe.send("SUB " + subject + " 9\r\nUNSUB 9\r\n").roundTrip();
    }

    @Test
    void onlyWhatIsListedIsAllowed() throws Exception {
        start("{publish: \"sandbox.*\", subscribe: [\"public.>\", \"_INBOX.>\"]}");
        mayPublish("sandbox.foo");
        mayNotPublish("sandbox.foo.bar");
        mayNotPublish("sandbox");
        mayNotPublish("public.foo");
        maySubscribe("public.foo");
        maySubscribe("public.*.x");
        maySubscribe("public.>");
        maySubscribe("_INBOX.abc.*");
        mayNotSubscribe("public");
        mayNotSubscribe("sandbox.foo");
        mayNotSubscribe(">");
        mayNotSubscribe("*.foo");
        server.awaitLog("[ERR] cid:1 - Publish Violation - User \"joe\", Subject \"sandbox.foo.bar\"");
        server.awaitLog("[ERR] cid:1 - Subscription Violation - User \"joe\", Subject \"sandbox.foo\", SID 9");
    }

    @Test
    void thePlainListsOfGnatsdDenyWhatTheyDoNotMention() throws Exception {
        start("{publish: a}");
        mayPublish("a");
        mayNotPublish("b");
        mayNotSubscribe("a");
    }

    @Test
    void theMapsOfNewerServersAllowWhatTheyDoNotMention() throws Exception {
        start("{publish: {deny: \"secret.>\"}}");
        mayPublish("a");
        mayNotPublish("secret.x");
        maySubscribe(">");
        maySubscribe("secret.x");
    }

    @Test
    void aDenialWins() throws Exception {
        start("{publish: {allow: \"a.>\", deny: \"a.b\"}, subscribe: {allow: \"a.>\", deny: [\"a.b\", \"a.c.>\"]}}");
        mayPublish("a.c");
        mayNotPublish("a.b");
        mayNotPublish("x");
        maySubscribe("a.x");
        mayNotSubscribe("a.b");
        mayNotSubscribe("a.c.d");
        mayNotSubscribe("a.c.>");
    }

    @Test
    void aWildcardThatOverlapsADenialIsFilteredAtDelivery() throws Exception {
        start("{publish: \">\", subscribe: {deny: [\"a.secret\", \"b.*.secret\"]}}");
        RawClient sue = server.login("sue", "s");
        joe.send("SUB a.* 1\r\nSUB > all 2\r\n").roundTrip();
        sue.send("SUB > 3\r\n").roundTrip();
        for (int again = 0; again < 2; again++) {
            sue.send("PUB a.secret 1\r\n1\r\nPUB b.x.secret 1\r\n2\r\nPUB a.open 1\r\n3\r\n").expect(
                    "MSG a.secret 3 1\r\n1\r\nMSG b.x.secret 3 1\r\n2\r\nMSG a.open 3 1\r\n3\r\n");
            joe.expect("MSG a.open [12] 1\r\n3\r\nMSG a.open [12] 1\r\n3\r\n");
            joe.roundTrip();
        }
    }

    /** Subscriptions change, and with them the cached results for a subject. The decision stays the same. */
    @Test
    void theVerdictOutlivesChangesOfInterest() throws Exception {
        start("{publish: good, subscribe: \">\"}");
        RawClient sue = server.login("sue", "s");
        for (int round = 0; round < 3; round++) {
            mayNotPublish("bad");
            mayPublish("good");
            sue.send("SUB bad 1\r\nSUB good 2\r\nSUB * 3\r\n").roundTrip();
            mayNotPublish("bad");
            mayPublish("good");
            sue.expect("MSG good [23] 2\r\nhi\r\nMSG good [23] 2\r\nhi\r\n");
            sue.send("UNSUB 1\r\nUNSUB 2\r\nUNSUB 3\r\n").roundTrip();
        }
        for (int i = 0; i < 1000; i++)
            joe.send("PUB bad." + i + " 0\r\n\r\nPUB good 0\r\n\r\n");
        joe.send("PING\r\n").expect("(-ERR '[^']*'\r\n){1000}PONG\r\n");
    }

    @Test
    void aRefusedMessageIsCountedAndNotAcknowledged() throws Exception {
        start("{publish: a, subscribe: a}");
        joe.send("CONNECT {\"verbose\":true}\r\n").expectText("+OK\r\n");
        joe.send("PUB a 1\r\nx\r\nPUB b 1\r\nx\r\nSUB b 1\r\nSUB a 2\r\n").expectText("+OK\r\n"
                + "-ERR 'Permissions Violation for Publish to \"b\"'\r\n"
                + "-ERR 'Permissions Violation for Subscription to \"b\"'\r\n+OK\r\n");
        await().until(() -> server.server().clients().get(1).stats().inMessages() == 2);
    }

    @Test
    void aPedanticClientHearsOfBothFaults() throws Exception {
        start("{publish: \"a.*\", subscribe: a}");
        joe.send("CONNECT {\"pedantic\":true}\r\n").roundTrip();
        joe.send("PUB b.* 1\r\nx\r\n").expectText("-ERR 'Invalid Subject'\r\n"
                + "-ERR 'Permissions Violation for Publish to \"b.*\"'\r\n").roundTrip();
        joe.send("PUB a.* 1\r\nx\r\n").expectText("-ERR 'Invalid Subject'\r\n").roundTrip();
        joe.send("SUB b..c 1\r\n").expectText("-ERR 'Permissions Violation for Subscription to \"b..c\"'\r\n");
    }

    @Test
    void reservedSubjectsAreRefusedToAll() throws Exception {
        start("{publish: \">\", subscribe: \">\"}");
        mayNotPublish("_SYS.x");
        mayPublish("_SYS");
        maySubscribe("_SYS.>");
    }

    @ParameterizedTest
    @CsvSource({
        "foo, , true", "foo, v1, true", "foo v1, , false", "foo v1, v1, true", "foo v1, v2, false",
        "foo v*.prod, v2.prod, false", "foo *.prod, v2.prod, true",
    })
    void anEntryMayNameAQueueGroup(String entry, String queue, boolean allowed) throws Exception {
        start("{publish: foo, subscribe: \"" + entry + "\"}");
        joe.send("SUB foo " + (queue == null ? "" : queue + " ") + "1\r\n");
        if (!allowed)
            joe.expectText("-ERR 'Permissions Violation for Subscription to \"foo\""
                    + (queue == null ? "" : " using queue \"" + queue + "\"") + "'\r\n");
        joe.roundTrip();
        assertEquals(allowed ? 1 : 0, server.server().state().subjects.index().count());
    }

    @Test
    void defaultsAreForThoseWhoHaveNoneOfTheirOwn() throws Exception {
        server = SecuredServer.start("""
                authorization {
                  RESPONDER = { publish: "_INBOX.>", subscribe: req }
                  users: [ {user: joe, password: j, permissions: $RESPONDER}, {user: sue, password: s} ]
                  default_permissions: { publish: "sandbox.*", subscribe: "public.>" }
                }""");
        joe = server.login("joe", "j");
        mayPublish("_INBOX.1");
        mayNotPublish("sandbox.a");
        joe = server.login("sue", "s");
        mayPublish("sandbox.a");
        mayNotPublish("_INBOX.1");
        maySubscribe("public.x");
    }

    @Test
    void whoIsAskedMayReplyOnceWithAllowResponses() throws Exception {
        start("{subscribe: req, allow_responses: true}");
        RawClient sue = server.login("sue", "s");
        sue.send("SUB box.* 1\r\n").roundTrip();
        joe.send("SUB req 1\r\n").roundTrip();
        mayNotPublish("box.1");
        sue.send("PUB req box.1 1\r\n?\r\nPUB req box.2 1\r\n?\r\n").roundTrip();
        joe.expectText("MSG req 1 box.1 1\r\n?\r\nMSG req 1 box.2 1\r\n?\r\n");
        mayPublish("box.2");
        sue.expectText("MSG box.2 1 2\r\nhi\r\n");
        mayNotPublish("box.2");
        mayPublish("box.1");
        mayNotPublish("box.1");
        mayNotPublish("box.3");
    }

    private void ask(RawClient who, String reply) throws Exception {
        who.send("PUB req " + reply + " 1\r\n?\r\n").roundTrip();
        joe.expectText("MSG req 1 " + reply + " 1\r\n?\r\n");
    }

    @Test
    void allowResponsesMayAllowSeveral() throws Exception {
        start("{publish: {deny: \">\"}, subscribe: req, allow_responses: {max: 2}}");
        joe.send("SUB req 1\r\n").roundTrip();
        ask(server.login("sue", "s"), "box");
        mayPublish("box");
        mayPublish("box");
        mayNotPublish("box");
    }

    @Test
    void allowResponsesExpire() throws Exception {
        start("{publish: [], subscribe: req, allow_responses: {max: -1, expires: \"200ms\"}}");
        joe.send("SUB req 1\r\n").roundTrip();
        ask(server.login("sue", "s"), "box");
        mayPublish("box");
        await().until(() -> joe.send("PUB box 0\r\n\r\nPING\r\n").expect("(.*)PONG\r\n").group(1)
                .equals("-ERR 'Permissions Violation for Publish to \"box\"'\r\n"));
    }
}
