package io.jnatsd.log;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.tinylog.core.LogEntry;
import org.tinylog.runtime.PreciseTimestamp;

class LineFormatTest {
    private static final LocalDateTime TIME = LocalDateTime.of(2017, 6, 30, 13, 9, 18, 428_193_999);
    private final StringBuilder out = new StringBuilder();

    private static LogEntry at(LocalDateTime time, LogLevel level, LogOrigin from, String text) {
        LogEntry now = LogLine.of(level, from, text);
        var instant = time.atZone(ZoneId.systemDefault()).toInstant();
        var stamp = new PreciseTimestamp(instant.getEpochSecond() * 1000, instant.getNano());
        return new LogEntry(stamp, null, now.getContext(), null, null, null, -1, now.getTag(), now.getLevel(),
                now.getMessage(), null);
    }

    private String text(boolean time, boolean colours, LogLevel level, LogOrigin from, String text) {
        out.setLength(0);
        new TextFormat(8781, time, colours).append(at(TIME, level, from, text), out);
        return out.toString();
    }

    private String json(LogLevel level, LogOrigin from, String text) {
        out.setLength(0);
        new JsonFormat(8781, false).append(at(TIME, level, from, text), out);
        return out.toString();
    }

    @Test
    void textLineIsGnatsdsToTheByte() {
        assertEquals("[8781] 2017/06/30 13:09:18.428193 [INF] Starting nats-server version 1.0.2\n",
                text(true, false, LogLevel.NOTICE, null, "Starting nats-server version 1.0.2"));
    }

    @Test
    void timeCanBeLeftOut() {
        assertEquals("[8781] [INF] Server is ready\n", text(false, false, LogLevel.NOTICE, null, "Server is ready"));
    }

    @Test
    void everyLevelHasItsLabel() {
        Map<LogLevel, String> labels = Map.of(LogLevel.NOTICE, "INF", LogLevel.WARN, "WRN", LogLevel.ERROR, "ERR",
                LogLevel.FATAL, "FTL", LogLevel.DEBUG, "DBG", LogLevel.TRACE, "TRC");
        labels.forEach((level, label) ->
            assertEquals("[8781] [" + label + "] x\n", text(false, false, level, null, "x")));
    }

    @Test
    void everyLevelHasItsColour() {
        Map<LogLevel, String> labels = Map.of(LogLevel.NOTICE, "\u001b[32mINF", LogLevel.WARN, "\u001b[0;93mWRN",
                LogLevel.ERROR, "\u001b[31mERR", LogLevel.FATAL, "\u001b[31mFTL", LogLevel.DEBUG, "\u001b[36mDBG",
                LogLevel.TRACE, "\u001b[33mTRC");
        labels.forEach((level, label) ->
            assertEquals("[8781] [" + label + "\u001b[0m] x\n", text(false, true, level, null, "x")));
    }

    @Test
    void connectionStandsBeforeTheText() {
        assertEquals("[8781] [DBG] 127.0.0.1:50010 - cid:1 - Client connection created\n", text(false, false,
                LogLevel.DEBUG, new TestHost.Origin("127.0.0.1:50010 - cid:1", "app", "joe"),
                "Client connection created"));
    }

    @Test
    void newlineAtTheEndIsNotDoubledAndATabFollowsThoseInside() {
        assertEquals("[8781] [TRC] ->> MSG_PAYLOAD: [a\r\n\t\n\tb]\n",
                text(false, false, LogLevel.TRACE, null, "->> MSG_PAYLOAD: [a\r\n\nb]\n"));
    }

    @Test
    void textOfAClientCannotLookLikeALineOrControlATerminal() {
        assertEquals("[8781] [ERR] a\n\t[8781] [INF] forged\\x1b[2J\\x00\\x7f\\x9b\\x0d\tb\u00e9\n",
                text(false, false, LogLevel.ERROR, null, "a\n[8781] [INF] forged\u001b[2J\0\u007f\u009b\r\tb\u00e9"));
    }

    @Test
    void theFramesOfAStackTraceHaveOneTab() {
        assertEquals("[8781] [ERR] x\n\tat y\n\tCaused by: z\n\tat y\n",
                text(false, false, LogLevel.ERROR, null, "x\n\tat y\nCaused by: z\n\tat y\n"));
    }

    @Test
    void secondsAreFormattedAfreshWhenTheyChangeBackToo() {
        var format = new TextFormat(1, true, false);
        for (int second : new int[] {1, 2, 2, 1})
            format.append(at(TIME.withSecond(second).withNano(1000), LogLevel.NOTICE, null, ""), out);
        String start = "[1] 2017/06/30 13:09:0";
        assertEquals(start + "1.000001 [INF] \n" + start + "2.000001 [INF] \n" + start + "2.000001 [INF] \n"
                + start + "1.000001 [INF] \n", out.toString());
    }

    @Test
    void jsonLineHasTimeLevelPidAndMessage() {
        new JsonFormat(123, true).append(at(TIME, LogLevel.NOTICE, null, "Server is ready"), out);
        String offset = DateTimeFormatter.ofPattern("xxx").format(TIME.atZone(ZoneId.systemDefault()));
        assertEquals("{\"time\":\"2017-06-30T13:09:18.428193" + offset
                + "\",\"level\":\"info\",\"pid\":123,\"msg\":\"Server is ready\"}\n", out.toString());
    }

    @Test
    void jsonLineNamesTheClientAndItsUser() {
        assertEquals("{\"level\":\"error\",\"pid\":8781,\"msg\":\"Slow\",\"conn\":\"127.0.0.1:5 - cid:1\","
                + "\"name\":\"app\",\"user\":\"joe\"}\n",
                json(LogLevel.ERROR, new TestHost.Origin("127.0.0.1:5 - cid:1", "app", "joe"), "Slow"));
        assertEquals("{\"level\":\"error\",\"pid\":8781,\"msg\":\"Slow\",\"conn\":\"127.0.0.1:5 - cid:1\"}\n",
                json(LogLevel.ERROR, new TestHost.Origin("127.0.0.1:5 - cid:1", "", ""), "Slow"));
    }

    @Test
    void everyLevelHasItsJsonWord() {
        Map<LogLevel, String> words = Map.of(LogLevel.NOTICE, "info", LogLevel.WARN, "warn", LogLevel.ERROR, "error",
                LogLevel.FATAL, "fatal", LogLevel.DEBUG, "debug", LogLevel.TRACE, "trace");
        words.forEach((level, word) ->
            assertEquals("{\"level\":\"" + word + "\",\"pid\":8781,\"msg\":\"x\"}\n", json(level, null, "x")));
    }

    @Test
    void jsonTextIsEscaped() {
        assertEquals("{\"level\":\"trace\",\"pid\":8781,\"msg\":\"\\\"\\\\\\n\\r\\t\\u0000\\u001f\u007f\u00e9/\"}\n",
                json(LogLevel.TRACE, null, "\"\\\n\r\t\u0000\u001f\u007f\u00e9/"));
    }
}
