package io.jnatsd.jetstream.figures;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.function.IntFunction;

/**
 * Creates as many consumers in one stream, and then as many streams, as a server admits, up to a number of each, and
 * prints what they cost: {@code JNATSD_OPTS=-Xmx4g java -cp target/test-classes:target/classes
 * io.jnatsd.jetstream.figures.Crowd [consumers [streams [command]]]}.
 */
public final class Crowd implements AutoCloseable {
    private static final int CONSUMERS = 500_000, STREAMS = 100_000, WINDOW = 100, IDLE_SECONDS = 5, SAMPLES = 200;
    private static final String CONSUMER = "$JS.API.CONSUMER.DURABLE.CREATE.CROWD.c";

    private final MeasuredServer server;
    private final LoadClient client;

    private Crowd(String command) throws IOException, InterruptedException {
        server = new MeasuredServer(command);
        client = server.connect();
    }

    public static void main(String[] args) throws Exception {
        int consumers = args.length > 0 ? Integer.parseInt(args[0]) : CONSUMERS;
        int streams = args.length > 1 ? Integer.parseInt(args[1]) : STREAMS;
        String command = args.length > 2 ? args[2] : "bin/jnatsd";
        for (boolean push : new boolean[] {false, true})
            if (consumers > 0)
                try (Crowd crowd = new Crowd(command)) {
                    crowd.consumers(consumers, push);
                }
        if (streams > 0)
            try (Crowd crowd = new Crowd(command)) {
                crowd.streams(streams);
            }
    }

    private void consumers(int most, boolean push) throws IOException, InterruptedException {
        String kind = push ? "push consumers" : "pull consumers";
        Workload.succeed(client.ask("$JS.API.STREAM.CREATE.CROWD", "{\"name\":\"CROWD\",\"subjects\":[\"crowd.>\"],\"storage\":\"memory\"}"));
        int count = create(kind, most, i -> CONSUMER + i, i -> "{\"stream_name\":\"CROWD\",\"config\":{\"durable_name\":\"c" + i
                + "\",\"ack_policy\":\"explicit\",\"filter_subject\":\"crowd." + i + "\"" + (push ? ",\"deliver_subject\":\"deliver." + i + "\""
                : "") + "}}");
        observe();
        latency("publish what the last consumer selects", i -> client.ask("crowd." + (count - 1), "x"));
        latency("create and delete one more consumer", i -> {
            client.ask(CONSUMER + "x", "{\"stream_name\":\"CROWD\",\"config\":{\"durable_name\":\"cx\",\"ack_policy\":\"explicit\"}}");
            return client.ask("$JS.API.CONSUMER.DELETE.CROWD.cx", "");
        });
        time("a page of consumers", () -> client.ask("$JS.API.CONSUMER.LIST.CROWD", "{\"offset\":" + count / 2 + "}"));
        if (push)
            time("a client subscribes deliver.*, gets a message of each, and leaves", () -> {
                pipeline(count, i -> "crowd." + i, i -> "x");
                try (LoadClient subscriber = server.connect()) {
                    subscriber.subscribe("deliver.*");
                    subscriber.flush();
                    for (int i = 0; i < count; i++)
                        subscriber.next();
                }
                return client.ask("$JS.API.STREAM.INFO.CROWD", "");
            });
        time("delete the stream", () -> client.ask("$JS.API.STREAM.DELETE.CROWD", ""));
        System.out.println(client.ask("$JS.API.INFO", "").replaceAll("\\s+", " "));
    }

    private void streams(int most) throws IOException, InterruptedException {
        int count = create("streams", most, i -> "$JS.API.STREAM.CREATE.S" + i,
                i -> "{\"name\":\"S" + i + "\",\"subjects\":[\"s" + i + ".>\"],\"storage\":\"memory\",\"max_bytes\":1000}");
        observe();
        latency("publish to the last stream", i -> client.ask("s" + (count - 1) + ".x", "x"));
        time("a page of streams", () -> client.ask("$JS.API.STREAM.LIST", "{\"offset\":" + count / 2 + "}"));
        time("names of a subject", () -> client.ask("$JS.API.STREAM.NAMES", "{\"subject\":\"s7.x\"}"));
        time("publish to each", () -> {
            pipeline(count, i -> "s" + i + ".x", i -> "x");
            return "";
        });
        time("delete the streams", () -> {
            pipeline(count, i -> "$JS.API.STREAM.DELETE.S" + i, i -> "");
            return "";
        });
        System.out.println(client.ask("$JS.API.INFO", "").replaceAll("\\s+", " "));
    }

    /** Returns how many were created until one was refused. */
    private int create(String kind, int most, IntFunction<String> subject, IntFunction<String> body) throws IOException {
        long start = System.nanoTime(), before = server.residentBytes(), last = start;
        int created = 0, tenth = Math.max(most / 10, 1);
        for (int next = Math.min(tenth, most); created < most; next = Math.min(next + tenth, most)) {
            int from = created, got = pipeline(next - from, i -> subject.apply(from + i), i -> body.apply(from + i));
            created += got;
            long now = System.nanoTime();
            System.out.printf("%,d %s, %,.1f us each%n", created, kind, (now - last) / 1e3 / Math.max(got, 1));
            last = now;
            if (got < next - from)
                break;
        }
        System.out.printf("%,d %s in %,.1f s, %,d resident bytes each%n", created, kind, (System.nanoTime() - start) / 1e9,
                (server.residentBytes() - before) / Math.max(created, 1));
        return created;
    }

    /** Sends requests, a window of which is not answered; returns how many were answered without an error. */
    private int pipeline(int count, IntFunction<String> subject, IntFunction<String> body) throws IOException {
        int done = 0;
        for (int sent = 0; sent < count;) {
            int end = Math.min(sent + WINDOW, count), first = sent;
            for (; sent < end; sent++)
                client.request(subject.apply(sent).getBytes(StandardCharsets.US_ASCII),
                        body.apply(sent).getBytes(StandardCharsets.US_ASCII));
            client.flush();
            String refused = "";
            for (int i = first; i < end; i++) {
                client.next();
                if (client.body().contains("\"error\""))
                    refused = client.body();
                else
                    done++;
            }
            if (!refused.isEmpty()) {
                System.out.println(refused.replaceAll("\\s+", " "));
                break;
            }
        }
        return done;
    }

    /** What clients that have nothing to do with JetStream see. */
    private void observe() throws IOException, InterruptedException {
        Thread.sleep(2000);
        double before = server.processorTime();
        Thread.sleep(IDLE_SECONDS * 1000L);
        System.out.printf("  idle: %.1f %% of a processor%n", (server.processorTime() - before) * 100 / IDLE_SECONDS);
        latency("subscribe and unsubscribe", i -> {
            client.unsubscribe(client.subscribe("core." + i));
            client.ping();
            return "";
        });
    }

    private interface Step {
        String run() throws IOException;
    }

    private interface Sample {
        String run(int number) throws IOException;
    }

    private void latency(String what, Sample sample) throws IOException {
        double[] micros = new double[SAMPLES];
        for (int i = 0; i < SAMPLES; i++) {
            long start = System.nanoTime();
            sample.run(i);
            micros[i] = (System.nanoTime() - start) / 1e3;
        }
        System.out.printf("  %s: %,.0f us%n", what, JetStreamFigures.median(micros));
    }

    private void time(String what, Step step) throws IOException {
        long start = System.nanoTime();
        String answer = step.run();
        System.out.printf("  %s: %,.1f ms%s%n", what, (System.nanoTime() - start) / 1e6, answer.contains("\"error\"") ? " " + answer : "");
    }

    @Override
    public void close() throws IOException {
        client.close();
        server.close();
    }
}
