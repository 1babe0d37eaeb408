package io.jnatsd.jetstream.figures;

import io.jnatsd.NatsServer;
import io.nats.client.Connection;
import io.nats.client.Nats;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * Prints the memory of a stream, a consumer, a pull request and a message that is not acknowledged: {@code java -Xmx4g
 * -XX:+UseSerialGC -cp <classes and tests> io.jnatsd.jetstream.figures.ObjectMemory}. It takes about half a minute.
 */
final class ObjectMemory {
    private static final int STREAMS = 1000, CONSUMERS = 10_000, PULLS = 5, MESSAGES = 100_000;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Connection nats;
    private long before;

    private ObjectMemory(Connection nats) {
        this.nats = nats;
    }

    public static void main(String[] args) throws Exception {
        try (NatsServer server = NatsServer.builder().jetStream().start(); Connection nats = Nats.connect(server.url())) {
            new ObjectMemory(nats).run();
        }
    }

    private void run() throws Exception {
        before = used();
        for (int i = 0; i < STREAMS; i++)
            ask("$JS.API.STREAM.CREATE.S" + i, "{'name':'S" + i + "','subjects':['s" + i + ".*'],'storage':'memory'}");
        long empty = before;
        print("an empty stream", STREAMS);
        for (int i = 0; i < STREAMS; i++)
            ask("s" + i + ".a", "x".repeat(100_000));
        for (int i = 0; i < STREAMS; i++)
            ask("$JS.API.STREAM.PURGE.S" + i, "");
        before = empty;
        print("a stream after a message of 100,000 bytes and a purge", STREAMS);
        for (int i = 0; i < CONSUMERS; i++)
            consumer("S0", "'durable_name':'c" + i + "','filter_subject':'s0.x" + i + "'");
        print("a consumer", CONSUMERS);
        nats.subscribe("reply.>");
        for (int i = 0; i < CONSUMERS * PULLS; i++)
            nats.publish("$JS.API.CONSUMER.MSG.NEXT.S0.c" + i / PULLS, "reply." + i % PULLS, json("{'batch':10,'expires':600000000000}"));
        ask("$JS.API.STREAM.INFO.S0", "");
        print("a pull request", CONSUMERS * PULLS);
        for (int i = 0; i < MESSAGES; i++)
            nats.publish("s1.a", new byte[1]);
        ask("$JS.API.STREAM.INFO.S1", "");
        before = used();
        nats.createDispatcher(m -> { }).subscribe("deliver");
        consumer("S1", "'durable_name':'c','max_ack_pending':-1,'deliver_subject':'deliver'");
        while (!ask("$JS.API.CONSUMER.INFO.S1.c", "").contains("\"num_ack_pending\":" + MESSAGES))
            Thread.sleep(100);
        print("a message without an ack", MESSAGES);
    }

    private void consumer(String stream, String config) throws Exception {
        String name = config.replaceAll(".*'durable_name':'(\\w+)'.*", "$1");
        ask("$JS.API.CONSUMER.DURABLE.CREATE." + stream + "." + name,
                "{'stream_name':'" + stream + "','config':{'ack_policy':'explicit'," + config + "}}");
    }

    private static byte[] json(String text) {
        return text.replace('\'', '"').getBytes(StandardCharsets.US_ASCII);
    }

    private String ask(String subject, String body) throws Exception {
        String answer = new String(nats.request(subject, json(body), PATIENCE).getData(), StandardCharsets.UTF_8);
        if (answer.contains("\"error\""))
            throw new IllegalStateException(answer);
        return answer;
    }

    private void print(String what, int count) throws InterruptedException {
        long now = used();
        System.out.println(what + ": " + (now - before) / count + " bytes");
        before = now;
    }

    /** The least of several measurements: garbage counts as used until it is collected. */
    private static long used() throws InterruptedException {
        Runtime runtime = Runtime.getRuntime();
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 6; i++) {
            System.gc();
            Thread.sleep(100);
            least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
        }
        return least;
    }
}
