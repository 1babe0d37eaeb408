package io.jnatsd.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class ReportTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private static Group group(String name, long... secondsPerConnection) {
        List<Sample> samples = java.util.Arrays.stream(secondsPerConnection)
                .mapToObj(s -> new Sample(1000, 1000, 5 * SECOND, (5 + s) * SECOND, new Latencies())).toList();
        return Group.of(name, samples, 100);
    }

    @Test
    void tableIsAligned() {
        Table table = new Table("", "n", "rate");
        table.row("publishers", "1", "1,234,567");
        table.row("sub", "1,000", "");
        assertEquals("                n       rate\npublishers      1  1,234,567\nsub         1,000\n", table.text());
    }

    @Test
    void groupIsTimedFromItsFirstToItsLastMessage() {
        Group group = group("publishers", 1, 4);
        assertEquals(500, group.perSecond());
        assertEquals(250, group.perConnection().getMin());
        assertEquals(1000, group.perConnection().getMax());
        assertEquals(625, group.perConnection().getAverage());
    }

    @Test
    void connectionsWithoutMessagesDoNotStretchTheTime() {
        Group group = Group.of("queue members", List.of(new Sample(1000, 1000, SECOND, 2 * SECOND, new Latencies()),
                new Sample(0, 0, 0, 0, new Latencies())), 1);
        assertEquals(1000, group.perSecond());
        assertEquals(0, group.perConnection().getMin());
    }

    @Test
    void totalIsAllThatWentThroughTheServer() {
        Workload load = new Workload(1, 2, 1000, 100, 0, "s", 1, "", false, 0);
        String text = new Report(load, Endpoint.parse("h"))
                .run(new Outcome("1", List.of(group("publishers", 1), group("subscribers", 2, 2)), true));
        assertTrue(text.matches("(?s).*\ntotal +3 +3,000 +0 +2\\.000 +1,500 +0\\.2\n"), text);
    }

    @Test
    void lossOfOneSubscriberIsNotMadeUpForByAnother() {
        Group group = Group.of("subscribers", List.of(new Sample(900, 1000, 0, SECOND, new Latencies()),
                new Sample(1100, 1000, 0, SECOND, new Latencies())), 1);
        assertEquals(100, group.lost());
    }

    @Test
    void progressIsOneLineThatIsWrittenOver() {
        StringWriter written = new StringWriter();
        Progress progress = new Progress(new PrintWriter(written), true, 2000);
        progress.draw(1000, SECOND / 2);
        progress.clear();
        assertEquals("\r[###############---------------]  50 %  1,000 of 2,000  2,000 msgs/s \r\033[K",
                written.toString());
    }

    @Test
    void progressIsSilentWhenNotWanted() {
        StringWriter written = new StringWriter();
        Progress progress = new Progress(new PrintWriter(written), false, 2000);
        progress.draw(1000, SECOND);
        progress.clear();
        assertEquals("", written.toString());
    }
}
