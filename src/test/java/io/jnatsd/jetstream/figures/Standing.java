package io.jnatsd.jetstream.figures;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/**
 * What a server costs that holds much and does little.
 *
 * @param create the median time in milliseconds to create a consumer, for each of {@link #FILTERS}
 * @param pending how many messages the server says they have
 * @param memory resident bytes per message beside its payload
 * @param idle processor time of idle consumers, in percent of one processor
 * @param beside the same while messages are published that none of them selects, and of a stream without consumers
 */
record Standing(List<Double> create, List<Long> pending, double memory, double idle, double beside, double without) {
    private static final int SUBJECTS = 1_000_000, PAYLOAD = 128, CONSUMERS = 10_000, IDLE_SECONDS = 10, BUSY_SECONDS = 5, CREATIONS = 11;
    private static final int PUBLISHED = 1000;
    private static final long ENOUGH_NANOS = 1_000_000_000;

    /** A name and the part of the configuration. */
    private record Filter(String title, String config, long expected) {
    }

    private static final List<Filter> FILTERS = List.of(new Filter("one subject", "\"filter_subject\":\"s.7.7007\"", 1),
            new Filter("s.7.>", "\"filter_subject\":\"s.7.>\"", 1000), new Filter("s.*.7007", "\"filter_subject\":\"s.*.7007\"", 1),
            new Filter("s.*.*", "\"filter_subject\":\"s.*.*\"", SUBJECTS),
            new Filter("s.7.>, from the middle", "\"filter_subject\":\"s.7.>\",\"deliver_policy\":\"by_start_sequence\","
                    + "\"opt_start_seq\":500001", 500),
            new Filter("s.*.*, from the middle", "\"filter_subject\":\"s.*.*\",\"deliver_policy\":\"by_start_sequence\","
                    + "\"opt_start_seq\":500001", 500_000),
            new Filter("s.7.>, last of each subject", "\"filter_subject\":\"s.7.>\",\"deliver_policy\":\"last_per_subject\"", 1000));

    static Standing measure(MeasuredServer server) throws IOException, InterruptedException {
        List<Double> create = new ArrayList<>();
        List<Long> pending = new ArrayList<>();
        double memory;
        try (LoadClient client = server.connect()) {
            long before = server.residentBytes();
            Workload.recreate(client, "MILLION", "\"subjects\":[\"s.>\"]");
            Workload.fill(client, SUBJECTS, i -> "s." + i % 1000 + "." + i, new byte[PAYLOAD]);
            memory = (double) (server.residentBytes() - before) / SUBJECTS - PAYLOAD;
            for (Filter filter : FILTERS)
                pending.add(create(client, filter, create));
            client.ask("$JS.API.STREAM.DELETE.MILLION", "");
            Workload.recreate(client, "IDLE", "\"subjects\":[\"idle.>\",\"beside\"]");
            double without = load(server, client, PUBLISHED, BUSY_SECONDS);
            for (int i = 0; i < CONSUMERS; i++)
                Workload.succeed(client.ask("$JS.API.CONSUMER.DURABLE.CREATE.IDLE.c" + i, "{\"stream_name\":\"IDLE\",\"config\":"
                        + "{\"durable_name\":\"c" + i + "\",\"ack_policy\":\"explicit\",\"filter_subject\":\"idle." + i + "\"}}"));
            Thread.sleep(2000);
            double idle = load(server, client, 0, IDLE_SECONDS), beside = load(server, client, PUBLISHED, BUSY_SECONDS);
            return new Standing(create, pending, memory, idle, beside, without);
        }
    }

    /** Adds the median time, and returns the number of messages. */
    private static long create(LoadClient client, Filter filter, List<Double> times) throws IOException {
        double[] millis = new double[CREATIONS];
        String answer = "";
        int count = 0;
        // A server may need a second for each.
        for (long first = System.nanoTime(); count < CREATIONS && System.nanoTime() - first < ENOUGH_NANOS;) {
            long start = System.nanoTime();
            answer = client.ask("$JS.API.CONSUMER.DURABLE.CREATE.MILLION.c", "{\"stream_name\":\"MILLION\",\"config\":"
                    + "{\"durable_name\":\"c\",\"ack_policy\":\"explicit\"," + filter.config + "}}");
            millis[count++] = (System.nanoTime() - start) / 1e6;
            Workload.succeed(answer);
            client.ask("$JS.API.CONSUMER.DELETE.MILLION.c", "");
        }
        times.add(JetStreamFigures.median(Arrays.copyOf(millis, count)));
        long found = Long.parseLong(answer.replaceAll("(?s).*\"num_pending\":\\s*(\\d+).*", "$1"));
        if (found != filter.expected)
            System.out.println(filter.title + ": num_pending is " + found + " and should be " + filter.expected);
        return found;
    }

    /** Returns the processor time in percent over some seconds, with so many messages published in each. */
    private static double load(MeasuredServer server, LoadClient client, int messages, int seconds)
            throws IOException, InterruptedException {
        byte[] subject = "beside".getBytes(StandardCharsets.US_ASCII), payload = new byte[PAYLOAD];
        double before = server.processorTime();
        for (int i = 0; i < 10 * seconds; i++) {
            for (int j = 0; j < messages / 10; j++)
                client.publish(subject, payload);
            client.flush();
            Thread.sleep(100);
        }
        return (server.processorTime() - before) * 100 / seconds;
    }

    static void print(Standing first, Standing second) {
        System.out.printf("%n%,d subjects in one stream%34s %10s%n", SUBJECTS, "first", "second");
        for (int i = 0; i < FILTERS.size(); i++) {
            int at = i;
            row("create a consumer, " + FILTERS.get(i).title, "ms", first, second, s -> s.create.get(at));
        }
        row("resident memory of a message beside payload", "bytes", first, second, s -> s.memory);
        System.out.printf("%n%,d pull consumers%n", CONSUMERS);
        row("nothing happens", "% CPU", first, second, s -> s.idle);
        row(PUBLISHED + " messages/s for none of them", "% CPU", first, second, s -> s.beside);
        row("the same without consumers", "% CPU", first, second, s -> s.without);
    }

    private static void row(String title, String unit, Standing first, Standing second, Function<Standing, Double> value) {
        System.out.printf("%-48s %-6s %,10.2f %,10.2f%n", title, unit, value.apply(first), value.apply(second));
    }
}
