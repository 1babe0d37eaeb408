package io.jnatsd.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** protocol.md, sections 4 and 7: which subscriptions get a message. */
class WildcardDeliveryTest {
    @AutoClose
    private final TestServer server = TestServer.start();

    @ParameterizedTest
    @CsvSource({
        "foo, foo, true", "foo, bar, false", "foo, foo.bar, false", "foo.bar, foo, false", "*, foo, true",
        "*, foo.bar, false", "foo.*, foo.bar, true", "foo.*, foo, false", "foo.*, foo.bar.baz, false",
        "foo.*.baz, foo.bar.baz, true", "foo.*.baz, foo.bar.foo, false", "*.bar, foo.bar, true", ">, foo, true",
        ">, foo.bar.baz, true", "foo.>, foo.bar, true", "foo.>, foo.bar.baz.qux, true", "foo.>, foo, false",
        "foo.>, bar.foo, false", "*.>, foo.bar, true", "*.>, foo, false", "*.*, foo.bar, true", "*.*.>, a.b, false",
        "foo*, foo*, true", "foo*, foobar, false", "foo.b*, foo.bar, false", "foo.>x, foo.yx, false",
    })
    void patternDecides(String pattern, String subject, boolean matches) throws IOException {
        server.quiet().send("SUB " + pattern + " 1\r\nPUB " + subject + " 2\r\nok\r\n")
                .expectText(matches ? "MSG " + subject + " 1 2\r\nok\r\n" : "").roundTrip();
    }

    @Test
    void everySubscriptionThatMatchesGetsItsCopy() throws IOException {
        RawClient client = server.quiet();
        List<String> patterns = List.of("a.b.c", "a.b.c", "a.*.c", "a.>", ">", "*.b.*", "*.*.*", "a.b.*", "a.b", "b.>");
        for (int i = 0; i < patterns.size(); i++)
            client.send("SUB " + patterns.get(i) + " s" + i + "\r\n");
        String messages = client.send("PUB a.b.c 0\r\n\r\n").expect("(MSG a\\.b\\.c s\\d 0\r\n\r\n){8}").group();
        client.roundTrip();
        assertEquals("s0 s1 s2 s3 s4 s5 s6 s7", Arrays.stream(messages.split("\r\n\r\n"))
                .map(line -> line.split(" ")[2]).sorted().collect(Collectors.joining(" ")));
    }

    @Test
    void publisherHearsItself() throws IOException {
        RawClient client = server.quiet(), other = server.quiet();
        other.send("SUB foo 1\r\n").roundTrip();
        client.send("SUB foo 1\r\nPUB foo 2\r\nok\r\n").expectText("MSG foo 1 2\r\nok\r\n").roundTrip();
        other.expectText("MSG foo 1 2\r\nok\r\n").roundTrip();
    }

    @Test
    void newSubscriptionAndEndedOneCountFromTheNextMessage() throws IOException {
        RawClient client = server.quiet();
        String publish = "PUB a.b 0\r\n\r\n", message = "MSG a.b %s 0\r\n\r\n";
        client.send(publish + "SUB a.b 1\r\n" + publish).expectText(message.formatted("1"));
        client.send("SUB a.* 2\r\n" + publish).expect("(MSG a\\.b [12] 0\r\n\r\n){2}");
        client.send("SUB > 3\r\n" + publish).expect("(MSG a\\.b [123] 0\r\n\r\n){3}");
        client.send("UNSUB 1\r\n" + publish).expect("(MSG a\\.b [23] 0\r\n\r\n){2}");
        client.send("UNSUB 3\r\n" + publish).expectText(message.formatted("2"));
        client.send("UNSUB 2\r\n" + publish).roundTrip();
    }
}
