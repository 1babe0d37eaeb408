package io.jnatsd.auth;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jnatsd.config.ServerOptions.ResponseRules;
import io.jnatsd.protocol.AmpleMemory;
import io.jnatsd.protocol.Dialect;
import io.jnatsd.protocol.Op;
import io.jnatsd.protocol.Parser;
import io.jnatsd.protocol.ReadBuffer;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ReplySubjectsTest {
    private final ReplySubjects replies = ReplySubjects.of(new ResponseRules(1, Duration.ofMinutes(10)), null);

    private void expect(String reply) throws Exception {
        byte[] line = ("PUB service " + reply + " 1\r\nx\r\n").getBytes(StandardCharsets.US_ASCII);
        Parser parser = new Parser(new ReadBuffer(new ByteArrayInputStream(line), new AmpleMemory()), Dialect.CLIENT);
        parser.limits(8192, 1024);
        for (Op op = parser.next(); op != Op.PUB; op = parser.next())
            assertTrue(op == Op.PUB_LINE || parser.fill());
        replies.expect(parser.message());
    }

    private boolean take(String reply) {
        return replies.take(reply.getBytes(StandardCharsets.US_ASCII));
    }

    @Test
    void aReplyIsAllowedAsOftenAsTheRulesSay() throws Exception {
        expect("inbox");
        assertTrue(take("inbox"));
        assertFalse(take("inbox"));
    }

    /** 20 MB of subjects, of which at most 16 MB may be kept. */
    @Test
    void theOldestAreForgottenWhenTheSubjectsTakeTooMuchMemory() throws Exception {
        String padding = "x".repeat(4000);
        for (int i = 0; i < 5000; i++)
            expect(padding + i);
        assertFalse(take(padding + 0));
        assertTrue(take(padding + 4999));
        assertTrue(take(padding + 4900));
    }

    @Test
    void repliesThatWereSentMakeRoom() throws Exception {
        String padding = "x".repeat(4000);
        expect("first");
        for (int i = 0; i < 5000; i++) {
            expect(padding + i);
            assertTrue(take(padding + i));
        }
        assertTrue(take("first"));
    }
}
