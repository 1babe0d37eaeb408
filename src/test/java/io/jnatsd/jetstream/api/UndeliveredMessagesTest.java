package io.jnatsd.jetstream.api;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.jnatsd.NatsServer;
import io.nats.client.Connection;
import io.nats.client.ConsumerContext;
import io.nats.client.FetchConsumeOptions;
import io.nats.client.JetStreamManagement;
import io.nats.client.Message;
import io.nats.client.Nats;
import io.nats.client.api.ConsumerConfiguration;
import io.nats.client.api.ConsumerInfo;
import io.nats.client.api.DeliverPolicy;
import io.nats.client.api.StorageType;
import io.nats.client.api.StreamConfiguration;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Consumers know how many messages are left, though they are not told of each message. */
@Timeout(60)
class UndeliveredMessagesTest {
    private static final Duration SOON = Duration.ofSeconds(10);

    private NatsServer server;
    private Connection nats;
    private JetStreamManagement management;

    @BeforeEach
    void start() throws Exception {
        server = NatsServer.builder().jetStream().start();
        nats = Nats.connect(server.url());
        management = nats.jetStreamManagement();
        management.addStream(StreamConfiguration.builder().name("S").subjects("s.>").storageType(StorageType.Memory).build());
    }

    @AfterEach
    void stop() throws Exception {
        nats.close();
        server.close();
    }

    private ConsumerContext consumer(String name, ConsumerConfiguration.Builder config) throws Exception {
        return nats.getStreamContext("S").createOrUpdateConsumer(config.durable(name).build());
    }

    private static ConsumerConfiguration.Builder filter(String... subjects) {
        return ConsumerConfiguration.builder().filterSubjects(subjects);
    }

    private void publish(String... subjects) throws Exception {
        for (String subject : subjects)
            nats.jetStream().publish(subject, new byte[1]);
    }

    private ConsumerInfo info(String name) throws Exception {
        return management.getConsumerInfo("S", name);
    }

    private void assertLeft(String name, long messages) throws Exception {
        assertEquals(messages, info(name).getNumPending(), name);
    }

    @Test
    void consumersOfOneFilterHaveDeliveredDifferentMessages() throws Exception {
        publish("s.a", "s.b");
        ConsumerContext one = consumer("one", filter("s.a"));
        consumer("two", filter("s.a"));
        consumer("both", filter("s.a", "s.b.>"));
        publish("s.a", "s.b", "s.b.c", "s.a");
        assertEquals(1, one.next(SOON).metaData().streamSequence());
        assertLeft("one", 2);
        assertLeft("two", 3);
        assertLeft("both", 4);
        management.deleteMessage("S", 1);
        management.deleteMessage("S", 3);
        assertLeft("one", 1);
        assertLeft("two", 1);
        assertLeft("both", 2);
        assertEquals(0, info("one").getNumAckPending());
        management.deleteConsumer("S", "two");
        publish("s.a");
        assertEquals(6, one.next(SOON).metaData().streamSequence());
        Message last = one.next(SOON);
        assertEquals(7, last.metaData().streamSequence());
        assertEquals(0, last.metaData().pendingCount());
    }

    @Test
    void aStartBehindTheEndOfTheStreamCountsNothingBefore() throws Exception {
        publish("s.a", "s.a");
        ConsumerContext later = consumer("later", filter("s.a").deliverPolicy(DeliverPolicy.ByStartSequence).startSequence(5));
        publish("s.a", "s.a");
        assertLeft("later", 0);
        publish("s.a", "s.b", "s.a");
        assertLeft("later", 2);
        management.deleteMessage("S", 4);
        management.deleteMessage("S", 5);
        assertLeft("later", 1);
        assertEquals(7, later.next(SOON).metaData().streamSequence());
        assertLeft("later", 0);
    }

    @Test
    void aMessageOfAnEarlierFilterIsGoneWhenItIsRemoved() throws Exception {
        publish("s.a", "s.b");
        ConsumerContext consumer = consumer("c", filter("s.a"));
        assertEquals(1, consumer.next(SOON).metaData().streamSequence());
        consumer = consumer("c", filter("s.b"));
        assertLeft("c", 1);
        assertEquals(1, info("c").getNumAckPending());
        management.deleteMessage("S", 1);
        assertEquals(0, info("c").getNumAckPending());
        assertEquals(2, consumer.next(SOON).metaData().streamSequence());
    }

    @Test
    void aConsumerThatWaitsIsWokenByEachOfItsFilters() throws Exception {
        ConsumerContext consumer = consumer("c", filter("s.a", "s.b"));
        for (String subject : new String[] {"s.a", "s.b", "s.b", "s.a"}) {
            try (var messages = consumer.fetch(FetchConsumeOptions.builder().maxMessages(1).expiresIn(10_000).build())) {
                nats.flush(SOON);
                publish("s.other", subject);
                assertEquals(subject, messages.nextMessage().getSubject());
            }
        }
    }
}
