package io.jnatsd.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jnatsd.protocol.AmpleMemory;
import io.jnatsd.protocol.Dialect;
import io.jnatsd.protocol.Message;
import io.jnatsd.protocol.Parser;
import io.jnatsd.protocol.ReadBuffer;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TopSubjectsTest {
    private final TopSubjects top = new TopSubjects();

    private void sample(String subject, long messages, long bytes) throws Exception {
        byte[] line = ("PUB " + subject + " 0\r\n\r\n").getBytes(StandardCharsets.UTF_8);
        Parser parser = new Parser(new ReadBuffer(new ByteArrayInputStream(line), new AmpleMemory()), Dialect.CLIENT);
        parser.limits(1024, 1024);
        parser.fill();
        parser.next();
        Message m = parser.message();
        top.sample(m, messages, bytes);
    }

    @Test
    void theBusiestSubjectsAreFirst() throws Exception {
        sample("calm", 1, 10);
        sample("b\u00fcsy", 100, 5);
        sample("calm", 1, 10);
        List<TopSubjects.Rate> busiest = top.busiest(10);
        assertEquals(List.of("b\u00fcsy", "calm"), busiest.stream().map(TopSubjects.Rate::subject).toList());
        assertEquals(50, busiest.get(0).messages() / busiest.get(1).messages(), 1);
        assertEquals(0.25, busiest.get(0).bytes() / busiest.get(1).bytes(), 0.01);
        assertEquals(List.of("b\u00fcsy"), top.busiest(1).stream().map(TopSubjects.Rate::subject).toList());
    }

    @Test
    void aBusySubjectIsFoundAmongAHundredThousand() throws Exception {
        Random random = new Random(1);
        for (int i = 0; i < 100_000; i++) {
            sample("one.of.many." + i, 1, 1);
            if (random.nextInt(100) == 0)
                sample("busy", 1, 1);
        }
        List<TopSubjects.Rate> busiest = top.busiest(Integer.MAX_VALUE);
        assertEquals("busy", busiest.get(0).subject());
        assertTrue(busiest.size() <= 256);
    }

    @Test
    void nothingIsBusyAtFirst() {
        assertEquals(List.of(), top.busiest(10));
    }
}
