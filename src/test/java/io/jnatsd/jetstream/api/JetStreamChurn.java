package io.jnatsd.jetstream.api;

import static org.awaitility.Awaitility.await;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.jnatsd.connection.ServerState;
import io.jnatsd.jetstream.config.ServerLimits;
import io.jnatsd.jetstream.stream.Environment;
import io.jnatsd.log.Log;
import io.jnatsd.server.TestServer;
import io.nats.client.Connection;
import io.nats.client.ErrorListener;
import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamOptions;
import io.nats.client.JetStreamSubscription;
import io.nats.client.Message;
import io.nats.client.Nats;
import io.nats.client.Options;
import io.nats.client.PushSubscribeOptions;
import io.nats.client.Subscription;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Purges and deletes a stream, its messages and its consumers again and again while they are used, and then checks what
 * is left: {@code java -cp target/test-classes:target/classes:... io.jnatsd.jetstream.api.JetStreamChurn 1 60} begins
 * with seed 1 and runs for 60 seconds.
 */
public final class JetStreamChurn implements AutoCloseable {
    private static final Duration SOON = Duration.ofSeconds(20), BRIEFLY = Duration.ofMillis(50);
    private static final JetStreamOptions PATIENT = JetStreamOptions.builder().requestTimeout(SOON).build();
    private static final String STREAM = "{'name':'S','subjects':['s.*'],'storage':'memory','retention':'%s'}";
    private static final String[] RETENTIONS = {"limits", "interest", "limits"};

    private final TestServer server = TestServer.start();
    private final JetStream jetStream;
    private final Connection nats;
    private volatile boolean ended;

    JetStreamChurn() throws Exception {
        ServerState state = server.state();
        jetStream = JetStream.start(new JetStream.Server(state.info.serverName(), "", 10_000, state.subjects, state.traffic,
                state.threads, Log.silent(), state::nextId, state.timer()), JetStream.Storage.inMemory(256 * 1024 * 1024), ServerLimits.NONE);
        nats = Nats.connect(Options.builder().server("nats://127.0.0.1:" + server.port()).connectionTimeout(SOON)
                .errorListener(new ErrorListener() { }).build());
    }

    Environment environment() {
        return jetStream.environment();
    }

    JsonObject ask(String subject, String body) throws InterruptedException {
        Message answer = nats.requestWithTimeout("$JS.API." + subject, body.replace('\'', '"').getBytes(StandardCharsets.UTF_8), SOON)
                .join();
        return JsonParser.parseString(new String(answer.getData(), StandardCharsets.UTF_8)).getAsJsonObject();
    }

    /** Creates a consumer, which may exist. */
    void consumer(String name, String more) throws InterruptedException {
        ask("CONSUMER.DURABLE.CREATE.S." + name, "{'stream_name':'S','config':{'durable_name':'" + name
                + "','ack_policy':'explicit','ack_wait':500000000" + more + "}}");
    }

    /** Has all at work for some time; a request that is not answered, or a worker that does not end, is an exception. */
    void run(long seed, long millis) throws Exception {
        ended = false;
        Random random = new Random(seed);
        ask("STREAM.CREATE.S", String.format(STREAM, RETENTIONS[random.nextInt(RETENTIONS.length)]));
        try (ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> running = new ArrayList<>();
            running.add(workers.submit(() -> repeat(this::publish)));
            running.add(workers.submit(() -> repeat(this::pull)));
            running.add(workers.submit(() -> repeat(this::push)));
            running.add(workers.submit(() -> repeat(this::order)));
            long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
            while (System.nanoTime() < end)
                disturb(random);
            ended = true;
            try {
                for (Future<?> each : running)
                    each.get(60, TimeUnit.SECONDS);
            } finally {
                workers.shutdownNow();
            }
        }
        ask("STREAM.CREATE.S", String.format(STREAM, "limits"));
    }

    private interface Work {
        void run() throws Exception;
    }

    private Void repeat(Work work) throws Exception {
        while (!ended)
            work.run();
        return null;
    }

    private void publish() throws Exception {
        for (int i = 0; i < 50; i++)
            nats.publish("s." + i % 5, new byte[i]);
        nats.flush(SOON);
    }

    private void pull() throws Exception {
        consumer("pull", ",'filter_subjects':['s.1','s.2']");
        fetch("pull", 20, new HashSet<>());
    }

    /** Fetches until there is nothing more, or so many; returns how many it got and acknowledges them. */
    int fetch(String consumer, int most, Set<Long> sequences) throws Exception {
        Subscription inbox = nats.subscribe(nats.createInbox());
        try {
            nats.publish("$JS.API.CONSUMER.MSG.NEXT.S." + consumer, inbox.getSubject(),
                    ("{\"batch\":" + most + ",\"no_wait\":true}").getBytes(StandardCharsets.US_ASCII));
            for (int got = 0;; got++) {
                Message m = inbox.nextMessage(SOON);
                if (m == null)
                    throw new IllegalStateException("a pull request was not answered");
                if (m.isStatusMessage())
                    return got;
                sequences.add(m.metaData().streamSequence());
                m.ack();
                if (got + 1 == most)
                    return most;
            }
        } finally {
            inbox.unsubscribe();
        }
    }

    private void push() throws Exception {
        Subscription sub = nats.subscribe("deliver");
        try {
            consumer("push", ",'deliver_subject':'deliver','flow_control':true,'idle_heartbeat':100000000");
            for (int i = 0; i < 100; i++) {
                Message m = sub.nextMessage(BRIEFLY);
                if (m == null)
                    break;
                if (m.isStatusMessage() && m.getReplyTo() != null)
                    nats.publish(m.getReplyTo(), null);
                else if (!m.isStatusMessage())
                    m.ack();
            }
        } finally {
            sub.unsubscribe();
        }
    }

    private void order() throws Exception {
        JetStreamSubscription sub;
        try {
            sub = nats.jetStream(PATIENT).subscribe("s.*", PushSubscribeOptions.builder().stream("S").ordered(true).build());
        } catch (JetStreamApiException e) {
            // The stream was deleted.
            return;
        }
        try {
            long last = 0;
            for (Message m; (m = sub.nextMessage(BRIEFLY)) != null && last < 200;) {
                if (m.metaData().streamSequence() <= last)
                    throw new IllegalStateException(m.metaData().streamSequence() + " after " + last);
                last = m.metaData().streamSequence();
            }
        } finally {
            sub.unsubscribe();
        }
    }

    private void disturb(Random random) throws Exception {
        JsonObject info = ask("STREAM.INFO.S", "");
        long last = info.has("state") ? info.getAsJsonObject("state").get("last_seq").getAsLong() : 0;
        switch (random.nextInt(10)) {
            case 0 -> ask("STREAM.PURGE.S", "");
            case 1 -> ask("STREAM.PURGE.S", "{'filter':'s.1','keep':3}");
            case 2 -> ask("STREAM.PURGE.S", "{'seq':" + Math.max(last - random.nextInt(100), 1) + "}");
            case 3 -> ask("CONSUMER.DELETE.S.pull", "");
            case 4 -> ask("CONSUMER.DELETE.S.push", "");
            case 5 -> {
                ask("STREAM.DELETE.S", "");
                ask("STREAM.CREATE.S", String.format(STREAM, RETENTIONS[random.nextInt(RETENTIONS.length)]));
            }
            case 6 -> ask("STREAM.UPDATE.S", String.format(STREAM, "limits").replace("}", ",'max_msgs':" + (10 + random.nextInt(500)) + "}"));
            default -> {
                for (int i = 0; i < 20; i++)
                    ask("STREAM.MSG.DELETE.S", "{'seq':" + Math.max(last - random.nextInt(50), 1) + "}");
            }
        }
    }

    /** Returns what is wrong with the consumer that pulls, empty if nothing is. */
    String check() throws Exception {
        consumer("pull", ",'filter_subjects':['s.1','s.2']");
        JsonObject before = ask("CONSUMER.INFO.S.pull", "");
        long left = before.get("num_pending").getAsLong() + before.get("num_ack_pending").getAsLong();
        Set<Long> got = new HashSet<>();
        long end = System.nanoTime() + SOON.toNanos();
        while (got.size() < left && System.nanoTime() < end)
            fetch("pull", 1000, got);
        nats.flush(SOON);
        JsonObject after = ask("CONSUMER.INFO.S.pull", "");
        if (got.size() != left || after.get("num_pending").getAsLong() != 0 || after.get("num_ack_pending").getAsLong() != 0)
            return "got " + got.size() + " of " + before + ", and then " + after;
        long subjects = ask("STREAM.INFO.S", "{'subjects_filter':'>'}").getAsJsonObject("state").get("messages").getAsLong();
        consumer("all", "");
        long all = ask("CONSUMER.INFO.S.all", "").get("num_pending").getAsLong();
        return all == subjects ? "" : "num_pending is " + all + ", and the stream has " + subjects;
    }

    void deleteStream() throws Exception {
        ask("STREAM.DELETE.S", "");
    }

    @Override
    public void close() throws Exception {
        nats.close();
        jetStream.close();
        server.close();
    }

    /** @param args the first seed and the seconds */
    public static void main(String[] args) throws Exception {
        long seed = args.length > 0 ? Long.parseLong(args[0]) : 1;
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(args.length > 1 ? Long.parseLong(args[1]) : 60);
        String problem = "";
        try (JetStreamChurn churn = new JetStreamChurn()) {
            for (; problem.isEmpty() && System.nanoTime() < end; seed++) {
                churn.run(seed, 5000);
                problem = churn.check();
                churn.deleteStream();
                Environment e = churn.environment();
                // The actor gives it back when it ends.
                await().until(() -> e.inboxes().held() == 0);
                System.out.println("seed " + seed + ": " + problem + " memory " + e.memory().used() + ", reserved " + e.memory().reserved()
                        + ", objects " + e.objects().held() + ", inboxes " + e.inboxes().held());
            }
        }
        System.exit(problem.isEmpty() ? 0 : 1);
    }
}
