package io.jnatsd.jetstream.api;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.jnatsd.connection.ServerState;
import io.jnatsd.jetstream.config.ServerLimits;
import io.jnatsd.jetstream.stream.StreamClock;
import io.jnatsd.log.Log;
import io.jnatsd.log.LogSettings;
import io.jnatsd.server.TestServer;
import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamManagement;
import io.nats.client.JetStreamOptions;
import io.nats.client.Nats;
import io.nats.client.PullSubscribeOptions;
import io.nats.client.api.ConsumerConfiguration;
import io.nats.client.api.DiscardPolicy;
import io.nats.client.api.StorageType;
import io.nats.client.api.StreamConfiguration;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The log lines about streams and consumers, with a time that goes on when it is told to. */
@Timeout(60)
class JetStreamReportsTest {
    /** Limits for a busy machine. */
    private static final JetStreamOptions PATIENT = JetStreamOptions.builder().requestTimeout(Duration.ofSeconds(30)).build();
    private static final long MEMORY = 2_000_000;

    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final Log log = Log.to(lines::add, LogSettings.STDERR);
    private volatile long now = 1;
    private TestServer server;
    private JetStream jetStream;
    private Connection nats;

    private final class Clock implements StreamClock {
        @Override
        public long nanos() {
            return now;
        }

        @Override
        public long wallClock() {
            return 1_800_000_000_000_000_000L + now;
        }
    }

    @BeforeEach
    void start() throws Exception {
        server = TestServer.start();
        ServerState state = server.state();
        jetStream = JetStream.start(new JetStream.Server("first", "", 10_000, state.subjects, state.traffic, state.threads, log,
                state::nextId, state.timer(), new Clock()), JetStream.Storage.inMemory(MEMORY), ServerLimits.NONE);
        nats = Nats.connect("nats://127.0.0.1:" + server.port());
    }

    @AfterEach
    void stop() throws Exception {
        nats.close();
        jetStream.close();
        server.close();
        log.close();
    }

    private List<String> warnings() {
        log.flush();
        return lines.stream().filter(line -> line.contains("[WRN]")).map(line -> line.substring(line.indexOf("[WRN]") + 6)).toList();
    }

    private JetStreamManagement stream(StreamConfiguration.Builder config) throws Exception {
        JetStreamManagement management = nats.jetStreamManagement(PATIENT);
        management.addStream(config.name("S").subjects("s.*").storageType(StorageType.Memory).build());
        return management;
    }

    private void refused(int size) {
        assertThrows(JetStreamApiException.class, () -> nats.jetStream(PATIENT).publish("s.a", new byte[size]));
    }

    @Test
    void aStreamThatRefusesMessagesIsLoggedOnceAMinute() throws Exception {
        stream(StreamConfiguration.builder().maxMessages(1).discardPolicy(DiscardPolicy.New));
        nats.jetStream(PATIENT).publish("s.a", new byte[1]);
        for (int i = 0; i < 5; i++)
            refused(1);
        assertEquals(List.of("Stream \"S\" refused a message: maximum messages exceeded"), warnings());
        now += TimeUnit.MINUTES.toNanos(1);
        refused(1);
        assertEquals("Stream \"S\" refused 5 messages since the last such line: maximum messages exceeded", warnings().getLast());
        assertEquals(2, warnings().size());
    }

    @Test
    void memoryThatIsFullIsLoggedOnceUntilThereIsRoom() throws Exception {
        JetStreamManagement management = stream(StreamConfiguration.builder());
        for (int round = 1; round <= 2; round++) {
            for (int i = 0; i < 3; i++)
                nats.jetStream(PATIENT).publish("s.a", new byte[600_000]);
            refused(600_000);
            refused(600_000);
            int expected = round;
            assertEquals(expected, warnings().stream().filter(line -> line.startsWith("JetStream has no memory for a message of ")
                    && line.endsWith(" of 2000000 bytes are in use")).count(), warnings()::toString);
            management.purgeStream("S");
        }
    }

    @Test
    void aConsumerWhoseMessagesNobodyAcknowledgesIsLoggedOnceAMinute() throws Exception {
        JetStreamManagement management = stream(StreamConfiguration.builder());
        management.addOrUpdateConsumer("S", ConsumerConfiguration.builder().durable("C").maxAckPending(2).ackWait(Duration.ofHours(1))
                .build());
        var pull = nats.jetStream(PATIENT).subscribe(null, PullSubscribeOptions.bind("S", "C"));
        pull.pull(5);
        for (int i = 0; i < 5; i++)
            nats.jetStream(PATIENT).publish("s.a", new byte[1]);
        var first = pull.nextMessage(Duration.ofSeconds(20));
        assertEquals(List.of(), warnings());
        String line = "Consumer \"C\" of stream \"S\" waits for acknowledgements: 2 messages are not acknowledged, max_ack_pending allows no"
                + " more, and 3 messages wait";
        for (int minute = 1; minute <= 2; minute++) {
            now += TimeUnit.MINUTES.toNanos(1);
            int expected = minute;
            await().until(() -> {
                // Wakes the actor, whose timer follows the time of the operating system.
                management.getConsumerInfo("S", "C");
                return warnings().size() == expected;
            });
            assertEquals(line, warnings().getLast());
        }
        first.ackSync(Duration.ofSeconds(20));
        now += TimeUnit.MINUTES.toNanos(1);
        management.getConsumerInfo("S", "C");
        assertEquals(2, warnings().size());
    }

    @Test
    void aStreamForWhichThereIsNoMemoryIsLoggedOnceAMinute() throws Exception {
        stream(StreamConfiguration.builder().maxBytes(MEMORY - 500));
        byte[] request = "{\"name\":\"T\\u001b\",\"subjects\":[\"t\"],\"storage\":\"memory\",\"max_bytes\":600}"
                .getBytes(StandardCharsets.US_ASCII);
        for (int i = 0; i < 3; i++)
            assertNotNull(nats.request("$JS.API.STREAM.CREATE.T\u001b", request, Duration.ofSeconds(30)));
        assertEquals(List.of("Request \"$JS.API.STREAM.CREATE.T\\x1b\" was refused: insufficient memory resources available; streams have"
                + " reserved 1999500 of 2000000 bytes"), warnings());
    }
}
