package io.jnatsd.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** protocol.md, section 8: one member of each queue group gets a message. */
class QueueGroupTest {
    private static final String PUBLISH = "PUB foo 2\r\nok\r\n";

    @AutoClose
    private final TestServer server = TestServer.start();

    private static long count(String text, String regex) {
        return Pattern.compile(regex).matcher(text).results().count();
    }

    /** Returns what a hundred messages cause. */
    private static String hundred(RawClient client) throws IOException {
        return client.send(PUBLISH.repeat(100) + "PING\r\n").expect(".*?PONG\r\n").group();
    }

    @Test
    void eachMessageGoesToOneMember() throws IOException {
        RawClient client = server.quiet();
        client.send("SUB foo g1 1\r\nSUB foo g1 2\r\n");
        String got = hundred(client);
        assertEquals(100, count(got, "MSG "));
        assertTrue(count(got, "MSG foo 1 2\r\nok\r\n") >= 20, got);
        assertTrue(count(got, "MSG foo 2 2\r\nok\r\n") >= 20, got);
    }

    @Test
    void membersOnDifferentConnectionsShareEvenly() throws IOException {
        RawClient[] members = {server.quiet(), server.quiet(), server.quiet()};
        for (RawClient member : members)
            member.send("SUB foo workers 7\r\n").roundTrip();
        RawClient publisher = server.quiet();
        for (int i = 0; i < 30; i++)
            hundred(publisher);
        long all = 0;
        for (RawClient member : members) {
            long got = count(member.send("PING\r\n").expect(".*?PONG\r\n").group(), "MSG foo 7 ");
            assertTrue(got > 850 && got < 1150, "one of three got " + got + " of 3000");
            all += got;
        }
        assertEquals(3000, all);
    }

    @Test
    void eachGroupAndEachPlainSubscriptionGetsACopy() throws IOException {
        RawClient client = server.quiet();
        client.send("SUB foo g1 1\r\nSUB foo g1 2\r\nSUB foo g2 3\r\nSUB foo g2 4\r\nSUB foo 5\r\nSUB foo 6\r\n");
        String got = hundred(client);
        assertEquals(100, count(got, "MSG foo [12] "));
        assertEquals(100, count(got, "MSG foo [34] "));
        assertEquals(100, count(got, "MSG foo 5 "));
        assertEquals(100, count(got, "MSG foo 6 "));
    }

    @Test
    void membersWithOverlappingPatternsAreOneGroup() throws IOException {
        RawClient client = server.quiet();
        client.send("SUB foo g 1\r\nSUB * g 2\r\nSUB > g 3\r\n");
        String got = hundred(client);
        assertEquals(100, count(got, "MSG "));
        for (int sid = 1; sid <= 3; sid++)
            assertTrue(count(got, "MSG foo " + sid + " ") >= 10, got);
    }

    @Test
    void groupNameIsOpaque() throws IOException {
        RawClient client = server.quiet();
        client.send("SUB foo g.>*\u00e9 1\r\nSUB foo g.>*\u00e9 2\r\nSUB foo G.>*\u00e9 3\r\n" + PUBLISH);
        client.expect("(MSG foo ([12]|3) 2\r\nok\r\n){2}");
        client.roundTrip();
    }

    @Test
    void messagesGoToThoseThatRemain() throws IOException {
        RawClient client = server.quiet();
        try (RawClient other = server.quiet()) {
            other.send("SUB foo g 1\r\n").roundTrip();
            client.send("SUB foo g 2\r\n").roundTrip();
        }
        server.awaitClients(1);
        assertEquals(100, count(hundred(client), "MSG foo 2 "));
        client.send("UNSUB 2\r\n");
        assertEquals(0, count(hundred(client), "MSG"));
    }

    @Test
    void memberIsPickedOnlyForWhatItCounts() throws IOException {
        RawClient client = server.quiet();
        client.send("SUB foo g 1\r\nSUB foo g 2\r\nUNSUB 1 5\r\n");
        String got = hundred(client);
        assertEquals(5, count(got, "MSG foo 1 "));
        assertEquals(95, count(got, "MSG foo 2 "));
        assertEquals(1, server.subscriptions());
    }
}
