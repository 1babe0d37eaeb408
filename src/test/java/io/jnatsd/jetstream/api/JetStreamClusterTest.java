package io.jnatsd.jetstream.api;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.jnatsd.NatsServer;
import io.nats.client.Connection;
import io.nats.client.KeyValue;
import io.nats.client.Message;
import io.nats.client.Nats;
import io.nats.client.PullSubscribeOptions;
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
