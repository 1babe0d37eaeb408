package io.jnatsd.jetstream.store;

import io.nats.client.Connection;
import io.nats.client.ErrorListener;
import io.nats.client.FetchConsumeOptions;
import io.nats.client.JetStream;
import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamManagement;
import io.nats.client.JetStreamOptions;
import io.nats.client.Message;
import io.nats.client.Nats;
import io.nats.client.Options;
import io.nats.client.PurgeOptions;
import io.nats.client.api.PublishAck;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Clients that use the streams until the server is killed: they publish with many answers open, delete, purge, and
 * acknowledge. What is answered is told to the models. Threads: one for each client.
 */
final class CrashLoad {
    private static final int OPEN = 100;
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final AtomicLong IDS = new AtomicLong();

    private final int port;
    private final List<CrashModel> models;
    private final CrashConsumer consumer;
    private final long seed;
    private final Map<Thread, String> failures = new ConcurrentHashMap<>();
    private final AtomicLong refused = new AtomicLong();

    CrashLoad(int port, List<CrashModel> models, CrashConsumer consumer, long seed) {
        this.port = port;
        this.models = models;
        this.consumer = consumer;
        this.seed = seed;
    }

    static Connection connect(int port) throws IOException, InterruptedException {
        return Nats.connect(Options.builder().server("nats://127.0.0.1:" + port).noReconnect().connectionTimeout(PATIENCE)
                .errorListener(new ErrorListener() { }).build());
    }

    /** A task that ends with an exception when the server is gone. */
    private interface Client {
        void run(Connection nats, Random random) throws Exception;
    }

    Thread[] start(int publishers) {
        Thread[] threads = new Thread[publishers + 3];
        for (int i = 0; i < publishers; i++)
            threads[i] = client(i, this::publish);
        threads[publishers] = client(100, this::remove);
        threads[publishers + 1] = client(101, this::work);
        threads[publishers + 2] = client(102, consumer::consume);
        return threads;
    }

    private Thread client(int number, Client client) {
        return Thread.ofPlatform().start(() -> {
            try (Connection nats = connect(port)) {
                client.run(nats, new Random(seed * 1000 + number));
            } catch (Exception e) {
                // The server was killed.
            } catch (Throwable e) {
                failures.put(Thread.currentThread(), e.toString());
            }
        });
    }

    Map<Thread, String> failures() {
        return failures;
    }

    long refused() {
        return refused.get();
    }

    /** The payload of a message: its id, and bytes that follow from it. */
    static byte[] payload(String id, int length) {
        byte[] payload = new byte[id.length() + 1 + length];
        byte[] chars = id.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(chars, 0, payload, 0, chars.length);
        payload[chars.length] = ' ';
        Arrays.fill(payload, chars.length + 1, payload.length, (byte) ('a' + Math.floorMod(id.hashCode(), 26)));
        return payload;
    }

    /** Returns the id of a payload, null if it is not whole. */
    static String id(byte[] payload) {
        String text = new String(payload, StandardCharsets.US_ASCII);
        int end = text.indexOf(' ');
        if (end < 0)
            return null;
        String id = text.substring(0, end);
        return Arrays.equals(payload, payload(id, payload.length - end - 1)) ? id : null;
    }

    private void publish(Connection nats, Random random) throws Exception {
        JetStream js = nats.jetStream(JetStreamOptions.builder().requestTimeout(PATIENCE).build());
        Semaphore open = new Semaphore(OPEN);
        while (nats.getStatus() == Connection.Status.CONNECTED) {
            CrashModel model = models.get(random.nextInt(models.size()));
            String id = "m" + IDS.incrementAndGet(), subject = model.stream + "." + random.nextInt(50);
            int length = random.nextInt(20) == 0 ? random.nextInt(60_000) : random.nextInt(2000);
            open.acquire();
            model.publishing(subject, id);
            CompletableFuture<PublishAck> answer = js.publishAsync(subject, payload(id, length));
            answer.whenComplete((ack, failure) -> {
                open.release();
                if (failure == null)
                    model.published(ack.getSeqno(), subject, id);
                else if (isRefusal(failure))
                    refused(model, id);
            });
        }
    }

    private static boolean isRefusal(Throwable failure) {
        for (Throwable each = failure; each != null; each = each.getCause())
            if (each instanceof JetStreamApiException)
                return true;
        return false;
    }

    private void refused(CrashModel model, String id) {
        refused.incrementAndGet();
        model.refused(id);
    }

    private void remove(Connection nats, Random random) throws Exception {
        JetStreamManagement management = nats.jetStreamManagement();
        while (nats.getStatus() == Connection.Status.CONNECTED) {
            CrashModel model = models.getFirst();
            List<Long> sequences = model.sequences();
            if (sequences.isEmpty()) {
                Thread.onSpinWait();
                continue;
            }
            long sequence = sequences.get(random.nextInt(sequences.size()));
            if (random.nextInt(50) == 0) {
                long below = sequences.get(sequences.size() / 2);
                model.purging(below);
                management.purgeStream(model.stream, PurgeOptions.builder().sequence(below).build());
                model.purged(below);
                continue;
            }
            model.removing(sequence);
            try {
                management.deleteMessage(model.stream, sequence, random.nextBoolean());
            } catch (JetStreamApiException e) {
                continue;
            }
            model.removed(sequence);
        }
    }

    /** Takes messages of the work queue; most are acknowledged. */
    private void work(Connection nats, Random random) throws Exception {
        CrashModel model = models.getLast();
        while (nats.getStatus() == Connection.Status.CONNECTED) {
            try (var fetched = nats.getStreamContext(model.stream).getConsumerContext("worker")
                    .fetch(FetchConsumeOptions.builder().maxMessages(20).expiresIn(1000).build())) {
                for (Message m; (m = fetched.nextMessage()) != null;) {
                    long sequence = m.metaData().streamSequence();
                    if (random.nextInt(10) == 0)
                        continue;
                    model.removing(sequence);
                    m.ackSync(PATIENCE);
                    model.removed(sequence);
                }
            }
        }
    }
}
