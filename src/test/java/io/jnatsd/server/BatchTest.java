package io.jnatsd.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** protocol.md, sections 3 and 19: everything that the server sends because of one read goes out in one write. */
class BatchTest {
    @AutoClose
    private final TestServer server = TestServer.start();

    @Test
    void repliesAndMessagesOfABatchComeInOnePiece() throws IOException {
        RawClient client = server.quiet();
        client.send("SUB foo 1\r\nSUB * 2\r\nUNSUB 9\r\n").roundTrip();
        String batch = "PUB foo 5\r\nhello\r\nPING\r\nPUB bar 2\r\nok\r\nPING\r\n";
        int length = "MSG foo 1 5\r\nhello\r\nMSG foo 2 5\r\nhello\r\nPONG\r\nMSG bar 2 2\r\nok\r\nPONG\r\n".length();
        for (int i = 0; i < 2000; i++)
            assertEquals(length, client.send(batch).readOnce().length());
    }

    private static String randomCommand(Random random) {
        String sid = " " + random.nextInt(1, 4) + " ";
        return switch (random.nextInt(24)) {
            case 0 -> "SUB " + pick(random, "a", "b", "a.b", ">", "*", "a.*") + sid + "\r\n";
            // The only member of its group, because the choice between several members is random.
            case 1 -> pick(random, "SUB a group 0\r\n", "SUB > group 0\r\n", "UNSUB 0\r\n");
            case 2 -> "UNSUB" + sid + (random.nextBoolean() ? random.nextInt(90) : "") + "\r\n";
            case 3 -> "CONNECT {\"verbose\":" + (random.nextInt(9) == 0) + ",\"pedantic\":true,\"headers\":true}\r\n";
            case 4 -> "PUB " + pick(random, "a reply", "b reply", "a.*") + " 2\r\nok\r\n";
            case 5 -> "HPUB a 12 14\r\nNATS/1.0\r\n\r\nok\r\n";
            default -> publishSome(random, "PUB " + pick(random, "a", "b", "a.b") + " 5\r\n");
        };
    }

    private static String publishSome(Random random, String line) {
        return random.ints(1 + random.nextInt(3) * random.nextInt(50), 10_000, 100_000)
                .mapToObj(payload -> line + payload + "\r\n").collect(Collectors.joining());
    }

    private static String pick(Random random, String... choices) {
        return choices[random.nextInt(choices.length)];
    }

    /** Returns everything up to the PONG for a last PING, without any PONG. */
    private static String rest(RawClient client) throws IOException {
        return client.send("PING\r\n").expect("(?s)(.*)PONG\r\n").group(1).replace("PONG\r\n", "");
    }

    @Test
    void aBatchDoesWhatItsCommandsDoOneByOne() throws IOException {
        try (TestServer other = TestServer.start()) {
            RawClient atOnce = server.quiet(), oneByOne = other.quiet();
            RawClient watchingOne = server.quiet(), watchingOther = other.quiet();
            for (RawClient watching : List.of(watchingOne, watchingOther))
                watching.send("SUB a.> 1\r\nSUB a 2\r\nUNSUB 2 2000\r\n").roundTrip();
            for (RawClient client : List.of(atOnce, oneByOne))
                client.send("CONNECT {\"verbose\":false,\"headers\":true}\r\n").roundTrip();
            Random random = new Random(5);
            for (int round = 0; round < 300; round++) {
                StringBuilder batch = new StringBuilder(), answers = new StringBuilder();
                for (int i = 0; i < 12; i++) {
                    String command = randomCommand(random);
                    batch.append(command);
                    oneByOne.send(command);
                    answers.append(rest(oneByOne));
                }
                atOnce.send(batch.toString());
                assertEquals(answers.toString(), rest(atOnce), batch::toString);
                assertEquals(rest(watchingOther), rest(watchingOne), batch::toString);
            }
        }
    }

    @Test
    void subscriberGetsABatchInOnePiece() throws IOException {
        RawClient client = server.quiet(), subscriber = server.quiet();
        subscriber.send("SUB foo 1\r\nSUB foo 2\r\n").roundTrip();
        String messages = "MSG foo 1 5\r\nhello\r\nMSG foo 2 5\r\nhello\r\n";
        for (int i = 0; i < 2000; i++) {
            client.send("PUB foo 5\r\nhello\r\n");
            assertEquals(messages, subscriber.readOnce());
        }
    }

    @Test
    void bothLinesOfAParserErrorComeInOnePiece() throws IOException {
        for (int i = 0; i < 20; i++)
            assertEquals("-ERR 'Unknown Protocol Operation'\r\n-ERR 'Parser Error'\r\n",
                    server.connect().send("ZZZ").readOnce());
    }
}
