package io.jnatsd.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** protocol.md, section 4, over the wire. PedanticTest covers pedantic clients. */
class SubjectRulesTest {
    @AutoClose
    private final TestServer server = TestServer.start();

    @ParameterizedTest
    @ValueSource(strings = {"foo.", ".foo", ".foo.", "foo..bar", "foo.>.bar", ".", ">.foo", "*.>.*", "..", ".>"})
    void invalidSubjectIsNotSubscribedTo(String subject) throws IOException {
        RawClient verbose = server.connect(), quiet = server.quiet();
        verbose.send("SUB " + subject + " 1\r\n").expectText("-ERR 'Invalid Subject'\r\n").roundTrip();
        quiet.send("SUB " + subject + " q 1\r\n").expectText("-ERR 'Invalid Subject'\r\n").roundTrip();
        assertEquals(0, server.subscriptions());
        verbose.send("SUB foo 1\r\n").expectText("+OK\r\n");
        assertEquals(1, server.subscriptions());
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "foo", ">", "*", "foo.*", "foo.>", "*.*.>", "foo.*.bar", "foo*", "f*o.b>r", "foo.>>", "**", "$SYS.x", "_SYS.>",
        "a-b_c/d:e", "\u00e9\u00ff\u0001",
    })
    void validSubjectIsSubscribedTo(String subject) throws IOException {
        server.connect().send("SUB " + subject + " 1\r\n").expectText("+OK\r\n");
        assertEquals(1, server.subscriptions());
    }

    @ParameterizedTest
    @CsvSource({
        "foo., foo.*, true", "foo., foo.>, true", "foo., >, true", "foo..bar, foo.*.bar, true", ".foo, *.foo, true",
        "foo.*, foo.*, true", "foo.*, foo.>, true", "foo.*, *.*, true", "foo.*, >, true", "foo.*, foo.bar, false",
        "foo.>, foo.*, true", "foo.>, foo.>, true", "foo.>, foo.bar.baz, false", "*, foo, false", ">, *, true",
        "., *.*, true", "foo.>.x, foo.*.x, true",
    })
    void whatIsPublishedIsTakenLiterally(String published, String subscribed, boolean matches) throws IOException {
        RawClient client = server.quiet();
        client.send("SUB " + subscribed + " 1\r\nPUB " + published + " 1\r\nx\r\n");
        client.expectText(matches ? "MSG " + published + " 1 1\r\nx\r\n" : "").roundTrip();
    }

    @Test
    void lettersOfDifferentCaseDiffer() throws IOException {
        server.quiet().send("SUB foo 1\r\nSUB FOO 2\r\nPUB Foo 0\r\n\r\nPUB FOO 0\r\n\r\n")
                .expectText("MSG FOO 2 0\r\n\r\n").roundTrip();
    }

    @Test
    void anyByteSurvives() throws IOException {
        String subject = "b\u0001\u00e9.\u00ff*.>\u0080\u0000";
        server.quiet().send("SUB " + subject + " \u00fe q\u0002\r\n".replace(" q", "q") + "PUB " + subject
                + " \u00fd.r 1\r\n\u0000\r\n").expectText("MSG " + subject + " \u00feq\u0002 \u00fd.r 1\r\n\u0000\r\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"_SYS.", "_SYS.foo", "_SYS.foo.bar"})
    void reservedSubjectIsNotPublishedTo(String subject) throws IOException {
        RawClient client = server.quiet();
        client.send("SUB > 1\r\nSUB _SYS.> 2\r\nPUB " + subject + " 1\r\nx\r\n");
        client.expectText("-ERR 'Permissions Violation for Publish to \"" + subject + "\"'\r\n").roundTrip();
        assertEquals(1, server.clients().get(1).stats().inMessages());
    }

    @ParameterizedTest
    @ValueSource(strings = {"_", "_SYS", "_SYSX", "_SYSX.y", "_sys.foo", "foo._SYS.x"})
    void whatOnlyResemblesItIs(String subject) throws IOException {
        server.quiet().send("SUB > 1\r\nPUB " + subject + " 1\r\nx\r\n")
                .expectText("MSG " + subject + " 1 1\r\nx\r\n").roundTrip();
    }

    @Test
    void refusedPublishIsNotAcknowledged() throws IOException {
        server.connect().send("PUB _SYS.foo 1\r\nx\r\n")
                .expectText("-ERR 'Permissions Violation for Publish to \"_SYS.foo\"'\r\n").roundTrip();
    }

    @Test
    void verySubjectOfAThousandTokensMatches() throws IOException {
        String deep = "a.".repeat(1000) + "a", stars = "*.".repeat(1000) + "*";
        server.quiet().send("SUB " + deep + " 1\r\nSUB " + stars + " 2\r\nSUB " + "*.".repeat(1000) + "> 3\r\nPUB "
                + deep + " 1\r\nx\r\nUNSUB 2\r\nUNSUB 3\r\n").expect("(MSG " + deep + " [123] 1\r\nx\r\n){3}");
        assertEquals(1, server.subscriptions());
    }
}
