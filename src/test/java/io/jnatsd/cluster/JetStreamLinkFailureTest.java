package io.jnatsd.cluster;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.jnatsd.NatsServer;
import io.nats.client.Connection;
import io.nats.client.ErrorListener;
import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamManagement;
import io.nats.client.JetStreamOptions;
import io.nats.client.JetStreamSubscription;
import io.nats.client.Message;
import io.nats.client.Nats;
import io.nats.client.Options;
import io.nats.client.PublishOptions;
import io.nats.client.PullSubscribeOptions;
import io.nats.client.PushSubscribeOptions;
import io.nats.client.api.AckPolicy;
import io.nats.client.api.ConsumerConfiguration;
import io.nats.client.api.StorageType;
import io.nats.client.api.StreamConfiguration;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A stream on one server and its clients on another one, while the route between them fails. */
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class JetStreamLinkFailureTest {
    private static final int MESSAGES = 200;
    private static final Duration SOON = Duration.ofMillis(500);
    private static final JetStreamOptions PATIENT = JetStreamOptions.builder().requestTimeout(Duration.ofSeconds(20)).build();

    private final List<Long> ordered = new CopyOnWriteArrayList<>();
    /** The messages whose acks were confirmed, each with the consumer sequence of the last delivery before. */
    private final Map<Long, Long> confirmed = new ConcurrentHashMap<>();
    /** Those that were delivered after that. */
    private final Set<Long> doubled = new ConcurrentSkipListSet<>();
    private final Set<Long> pushed = ConcurrentHashMap.newKeySet(), pulled = ConcurrentHashMap.newKeySet();
    private final AtomicInteger published = new AtomicInteger();

    @Test
    void nothingIsLostAndNothingThatWasConfirmedComesAgain() throws Exception {
        try (TcpProxy link = new TcpProxy();
                NatsServer one = NatsServer.builder().cluster("c").jetStream().start();
                NatsServer two = NatsServer.builder().cluster("c").route(through(link, one)).start();
                Connection local = connect(one);
                Connection remote = connect(two);
                ExecutorService tasks = Executors.newVirtualThreadPerTaskExecutor()) {
            awaitCluster(one, two);
            JetStreamManagement management = local.jetStreamManagement(PATIENT);
            management.addStream(StreamConfiguration.builder().name("S").subjects("s.*").storageType(StorageType.Memory).build());
            two.awaitSubscription("s.*");
            two.awaitSubscription("$JS.ACK.S.>");
            List<Future<?>> running = new ArrayList<>();
            JetStreamSubscription inOrder = repeat(() -> remote.jetStream().subscribe("s.*", PushSubscribeOptions.builder().ordered(true)
                    .configuration(ConsumerConfiguration.builder().idleHeartbeat(200).build()).build()));
            JetStreamSubscription push = remote.jetStream(PATIENT).subscribe("s.*", PushSubscribeOptions.builder().durable("push")
                    .configuration(consumer()).build());
            JetStreamSubscription pull = remote.jetStream(PATIENT).subscribe("s.*", PullSubscribeOptions.builder().durable("pull")
                    .configuration(consumer()).build());
            running.add(tasks.submit(() -> publish(remote, link)));
            running.add(tasks.submit(() -> takeInOrder(inOrder)));
            running.add(tasks.submit(() -> acknowledge(push)));
            running.add(tasks.submit(() -> pull(pull, management)));
            awaitEnd(running, tasks);
            assertEquals(MESSAGES, management.getStreamInfo("S").getStreamState().getMsgCount());
            assertEquals(Set.of(), doubled);
            for (long i = 0; i < MESSAGES; i++)
                assertEquals(i + 1, ordered.get((int) i));
            for (String name : List.of("push", "pull")) {
                await(name).until(() -> management.getConsumerInfo("S", name).getNumAckPending() == 0);
                assertEquals(0, management.getConsumerInfo("S", name).getNumPending());
            }
        }
    }

    private void awaitEnd(List<Future<?>> running, ExecutorService tasks) throws Exception {
        for (Future<?> each : running) {
            try {
                each.get(60, TimeUnit.SECONDS);
            } catch (TimeoutException e) {
                tasks.shutdownNow();
                throw new AssertionError("published " + published + ", in order " + ordered.size() + ", pushed " + pushed.size()
                        + ", pulled " + pulled.size() + " of " + MESSAGES, e);
            }
        }
    }

    private static Connection connect(NatsServer server) throws Exception {
        return Nats.connect(Options.builder().server(server.url()).connectionTimeout(Duration.ofSeconds(20))
                .errorListener(new ErrorListener() { }).build());
    }

    private static URI through(TcpProxy link, NatsServer server) {
        link.to(server.clusterPort());
        return Clusters.url(link.number());
    }

    private static void awaitCluster(NatsServer one, NatsServer two) {
        two.awaitClusterOf(2);
        one.awaitClusterOf(2);
    }

    private static ConsumerConfiguration consumer() {
        return ConsumerConfiguration.builder().ackPolicy(AckPolicy.Explicit).ackWait(SOON).build();
    }

    /**
     * Publishes until each is confirmed, and cuts the link in the middle; the message id has the stream refuse what it has
     * already.
     */
    private Void publish(Connection nats, TcpProxy link) throws Exception {
        for (int i = 0; i < MESSAGES; i++) {
            String id = "m" + i;
            repeat(() -> nats.jetStream(JetStreamOptions.builder().requestTimeout(SOON).build()).publish("s.a",
                    id.getBytes(StandardCharsets.US_ASCII), PublishOptions.builder().messageId(id).build()));
            if (published.incrementAndGet() == MESSAGES / 2)
                link.cut();
        }
        return null;
    }

    /** Repeats a request while it fails because it or its answer was lost with the route. */
    private static <T> T repeat(Callable<T> action) {
        return await().atMost(Duration.ofSeconds(60)).pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(20))
                .ignoreExceptionsMatching(e -> e instanceof IOException || e instanceof TimeoutException
                        || e instanceof CancellationException || e instanceof JetStreamApiException)
                .until(action, Objects::nonNull);
    }

    private Void takeInOrder(JetStreamSubscription sub) throws Exception {
        while (ordered.size() < MESSAGES) {
            Message m = sub.nextMessage(SOON);
            if (m != null)
                ordered.add(m.metaData().streamSequence());
        }
        return null;
    }

    private Void acknowledge(JetStreamSubscription sub) throws Exception {
        while (pushed.size() < MESSAGES) {
            Message m = sub.nextMessage(SOON);
            if (m != null) {
                pushed.add(m.metaData().streamSequence());
                m.ack();
            }
        }
        // Acks that were lost.
        for (Message m; (m = sub.nextMessage(Duration.ofSeconds(1))) != null;)
            m.ack();
        return null;
    }

    private Void pull(JetStreamSubscription sub, JetStreamManagement management) throws Exception {
        // To the end, and then what comes again because its ack was lost.
        for (List<Message> some = List.of(); pulled.size() < MESSAGES || !some.isEmpty();) {
            some = sub.fetch(10, Duration.ofSeconds(1));
            for (Message m : some) {
                long sequence = m.metaData().streamSequence();
                pulled.add(sequence);
                if (m.metaData().consumerSequence() > confirmed.getOrDefault(sequence, Long.MAX_VALUE))
                    doubled.add(sequence);
                try {
                    m.ackSync(SOON);
                    confirmed.putIfAbsent(sequence, management.getConsumerInfo("S", "pull").getDelivered().getConsumerSequence());
                } catch (TimeoutException | CancellationException e) {
                    // The ack or its answer was lost; the message comes again if it was the ack.
                }
            }
        }
        return null;
    }
}
