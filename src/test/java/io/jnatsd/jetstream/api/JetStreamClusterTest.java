package io.jnatsd.jetstream.api;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jnatsd.NatsServer;
import io.nats.client.Connection;
import io.nats.client.KeyValue;
import io.nats.client.Message;
import io.nats.client.Nats;
import io.nats.client.PullSubscribeOptions;
import io.nats.client.Subscription;
import io.nats.client.api.ConsumerConfiguration;
import io.nats.client.api.KeyValueConfiguration;
import io.nats.client.api.StorageType;
import io.nats.client.api.StreamConfiguration;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A stream on one server of a cluster, used by a client of another one. */
@Timeout(60)
class JetStreamClusterTest {
    @Test
    void aSecondServerWithJetStreamIsRefused() {
        List<String> lines = new CopyOnWriteArrayList<>();
        try (NatsServer one = NatsServer.builder().name("one").cluster("c").jetStream().start();
                NatsServer two = NatsServer.builder().name("two").cluster("c").route(one).logTo(lines::add).start()) {
            two.awaitClusterOf(2);
            try (NatsServer three = NatsServer.builder().name("three").cluster("c").jetStream().route(two).start()) {
                await("refusal").until(() -> lines.stream().anyMatch(line -> line.endsWith("Refused server \"three\": JetStream is"
                        + " already enabled on server \"one\", and one server of a cluster can have it")));
            }
        }
    }

    private static long count(List<String> lines) {
        return lines.stream().filter(line -> line.contains("Refused ")).count();
    }

    @Test
    void theSecondServerSaysOnceWhyItIsRefusedAndTriesLessOften() throws Exception {
        List<String> lines = new CopyOnWriteArrayList<>(), refused = new CopyOnWriteArrayList<>();
        try (NatsServer one = NatsServer.builder().name("one").cluster("c").jetStream().logTo(lines::add).start();
                NatsServer two = NatsServer.builder().name("two").cluster("c").jetStream().route(one).logTo(refused::add).start()) {
            String told = "JetStream is already enabled on server \"one\", and one server of a cluster can have it";
            await("refusal").until(() -> lines.stream().anyMatch(line -> line.endsWith("Refused server \"two\": " + told))
                    || refused.stream().anyMatch(line -> line.contains("Refused ")));
            // Within this time it would have tried twice, if it tried every second.
            await("no more lines").during(Duration.ofMillis(2500)).until(() -> count(lines) <= 1 && count(refused) <= 1);
            assertFalse(refused.stream().anyMatch(line -> line.contains("Route Error")), refused.toString());
        }
    }

    @Test
    void aServerThatIsRefusedServesItsOwnClients() throws Exception {
        List<String> lines = new CopyOnWriteArrayList<>();
        try (NatsServer one = NatsServer.builder().name("one").cluster("c").jetStream().start();
                NatsServer two = NatsServer.builder().name("two").cluster("c").jetStream().route(one).logTo(lines::add).start();
                Connection nats = Nats.connect(two.url()); Connection other = Nats.connect(one.url())) {
            await("refusal").until(() -> lines.stream().anyMatch(line -> line.contains("Refused ")));
            for (Connection each : List.of(nats, other)) {
                each.jetStreamManagement().addStream(StreamConfiguration.builder().name("S").subjects("s.*")
                        .storageType(StorageType.Memory).build());
                assertEquals(1, each.jetStream().publish("s.a", new byte[1]).getSeqno());
            }
        }
    }

    @Test
    void aQueueGroupOnAnotherServerGetsStoredMessagesUnderTheirSubjects() throws Exception {
        try (NatsServer one = NatsServer.builder().cluster("c").jetStream().start();
                NatsServer two = NatsServer.builder().cluster("c").route(one).start()) {
            two.awaitClusterOf(2);
            one.awaitClusterOf(2);
            try (Connection nats = Nats.connect(two.url()); Connection local = Nats.connect(one.url())) {
                local.jetStreamManagement().addStream(StreamConfiguration.builder().name("S").subjects("s.*")
                        .storageType(StorageType.Memory).build());
                Subscription members = nats.subscribe("deliver", "group");
                one.awaitSubscription("deliver");
                local.jetStreamManagement().addOrUpdateConsumer("S", ConsumerConfiguration.builder().durable("d").deliverSubject("deliver")
                        .deliverGroup("group").build());
                for (int i = 0; i < 20; i++)
                    local.jetStream().publish("s." + i, "x".getBytes(StandardCharsets.US_ASCII));
                for (int i = 0; i < 20; i++) {
                    Message m = members.nextMessage(Duration.ofSeconds(10));
                    assertEquals("s." + i, m.getSubject());
                    assertEquals(i + 1, m.metaData().streamSequence());
                    m.ack();
                }
                await("acks").until(() -> local.jetStreamManagement().getConsumerInfo("S", "d").getNumAckPending() == 0);
            }
        }
    }

    @Test
    void whileTheServerWithJetStreamIsAwayRequestsAreAnsweredAtOnce() throws Exception {
        try (NatsServer two = NatsServer.builder().cluster("c").start(); Connection nats = Nats.connect(two.url())) {
            try (NatsServer one = NatsServer.builder().cluster("c").jetStream().route(two).start()) {
                two.awaitClusterOf(2);
                two.awaitSubscription("$JS.API.>");
                assertEquals(0, nats.jetStreamManagement().getStreamNames().size());
            }
            two.awaitClusterOf(1);
            var answer = nats.subscribe(nats.createInbox());
            nats.publish("$JS.API.INFO", answer.getSubject(), new byte[0]);
            assertEquals(503, answer.nextMessage(Duration.ofSeconds(10)).getStatus().getCode());
            try (NatsServer again = NatsServer.builder().cluster("c").jetStream().route(two).start()) {
                two.awaitClusterOf(2);
                two.awaitSubscription("$JS.API.>");
                assertEquals(0, nats.jetStreamManagement().getStreamNames().size());
            }
        }
    }

    @Test
    void aClientOfAnotherServerUsesTheStream() throws Exception {
        try (NatsServer one = NatsServer.builder().cluster("c").jetStream().start();
                NatsServer two = NatsServer.builder().cluster("c").route(one).start()) {
            two.awaitClusterOf(2);
            one.awaitClusterOf(2);
            try (Connection nats = Nats.connect(two.url())) {
                nats.jetStreamManagement().addStream(StreamConfiguration.builder().name("S").subjects("s.*")
                        .storageType(StorageType.Memory).build());
                two.awaitSubscription("s.*");
                nats.jetStream().publish("s.a", "1".getBytes(StandardCharsets.US_ASCII));
                var sub = nats.jetStream().subscribe("s.*", PullSubscribeOptions.builder().durable("d").build());
                sub.pull(1);
                Message m = sub.nextMessage(Duration.ofSeconds(10));
                assertEquals("s.a", m.getSubject());
                assertEquals(1, m.metaData().streamSequence());
                m.ackSync(Duration.ofSeconds(10));
                assertEquals(0, sub.getConsumerInfo().getNumAckPending());
                nats.keyValueManagement().create(KeyValueConfiguration.builder().name("b").build());
                two.awaitSubscription("$KV.b.>");
                KeyValue kv = nats.keyValue("b");
                kv.put("k", "v");
                assertEquals("v", kv.get("k").getValueAsString());
                assertEquals(1, kv.keys().size());
            }
        }
    }
}
