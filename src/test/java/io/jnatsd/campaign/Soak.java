package io.jnatsd.campaign;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.jnatsd.server.RawClient;
import io.jnatsd.server.RawWebSocket;
import io.jnatsd.tls.TestCerts;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.ToDoubleFunction;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/**
 * Mixed load with churn on a server process; {@code main [MINUTES [PER_SECOND]]}, 20 and 20 by default, where the second
 * is how many clients come and go. Fails unless from a quarter of the time on everything that the server uses stays
 * flat: the last quarter is compared with the second one.
 */
final class Soak implements AutoCloseable {
    private static final int SAMPLES = 60;
    private static final List<String> PATHS = List.of("/varz", "/connz?subs=1&state=all", "/subsz?subs=1", "/metrics", "/routez",
            "/jsz?streams=1&consumers=1", "/healthz");

    /** What one sample found; {@code timers} and {@code cached} are numbers of objects. */
    private record Sample(VitalSigns signs, long liveHeap, long timers, long cached, double p99Millis) {
    }

    /** What has to stay flat: the last quarter may be this share of the second one, and a constant, above it. */
    private record Quantity(String name, ToDoubleFunction<Sample> value, double share, double constant) {
    }

    private static final List<Quantity> QUANTITIES = List.of(
            new Quantity("resident memory, MB", s -> s.signs.resident() / 1e6, 0.05, 10),
            new Quantity("live heap, MB", s -> s.liveHeap / 1e6, 0.1, 1),
            new Quantity("threads", s -> s.signs.threads(), 0, 4),
            new Quantity("descriptors", s -> s.signs.descriptors(), 0, 20),
            new Quantity("timers", s -> s.timers, 0.2, 50),
            new Quantity("cached match results", s -> s.cached, 0.2, 500),
            new Quantity("p99 of a round trip, ms", Sample::p99Millis, 1, 10));

    private final Target target = Target.start();
    private final SSLContext trusting = TestCerts.client("ca.pem");
    private final Random random = new Random(20);
    private final ScheduledExecutorService load = Executors.newScheduledThreadPool(4);
    private final ConcurrentLinkedQueue<Double> roundTrips = new ConcurrentLinkedQueue<>();
    private final LongAdder clients = new LongAdder(), failures = new LongAdder();
    private final List<Sample> samples = new ArrayList<>();
    private final RawClient steady = target.admin(), stored = target.admin();
    private long number;

    private Soak() throws Exception {
        String stream = "{\"name\":\"SOAK\",\"subjects\":[\"soak.*\"],\"storage\":\"memory\",\"max_msgs\":1000}";
        stored.send("PUB $JS.API.STREAM.CREATE.SOAK nowhere " + stream.length() + "\r\n" + stream + "\r\n").roundTrip();
        steady.send("SUB steady 1\r\n").roundTrip();
    }

    /** The server remembers closed clients up to a bound; without this, its memory would grow until that is reached. */
    private void fillHistory() throws IOException {
        for (long before = -1, now = 0; now > before; now = target.json("/connz?state=closed&limit=1").get("total").getAsLong()) {
            before = now;
            for (int i = 0; i < 500; i++)
                target.admin().close();
        }
    }

    private interface Work {
        void run() throws Exception;
    }

    private Future<?> each(long micros, Work work) {
        return load.scheduleAtFixedRate(() -> {
            try {
                work.run();
            } catch (AssertionError | Exception e) {
                failures.increment();
                System.out.println("failure: " + e);
            }
        }, micros, micros, TimeUnit.MICROSECONDS);
    }

    /** One message to a subscriber and back, which also shows how long others wait. */
    private void roundTrip() throws IOException {
        long begin = System.nanoTime();
        steady.send("PONG\r\nPUB steady 100\r\n" + "x".repeat(100) + "\r\n").expect("(PING\r\n)?MSG steady 1 100\r\nx{100}\r\n");
        roundTrips.add((System.nanoTime() - begin) / 1e6);
    }

    /** Subscribes and publishes to subjects that were never used before. */
    private String session(long session) {
        StringBuilder lines = new StringBuilder(Target.connect("admin", "a"));
        for (int sid = 1; sid <= 20; sid++)
            lines.append("SUB churn.").append(session).append('.').append(sid % 5 == 0 ? "*" : String.valueOf(sid))
                    .append(sid % 3 == 0 ? " team " : " ").append(sid).append("\r\n");
        for (int i = 1; i <= 20; i++)
            lines.append("PUB churn.").append(session).append('.').append(i).append(" 5\r\nhello\r\n");
        for (int sid = 1; sid <= 10; sid++)
            lines.append("UNSUB ").append(sid).append(sid % 2 == 0 ? " 100\r\n" : "\r\n");
        return lines + "PING\r\n";
    }

    private void comeAndGo() throws Exception {
        String session = session(++number);
        switch ((int) (number % 8)) {
            case 0 -> {
                try (Socket plain = new Socket("127.0.0.1", target.port())) {
                    plain.setSoTimeout(20_000);
                    while (plain.getInputStream().read() != '\n')
                        continue;
                    try (SSLSocket tls = (SSLSocket) trusting.getSocketFactory().createSocket(plain, "localhost", target.port(),
                            true); RawClient client = new RawClient(tls)) {
                        client.send(session).expect(".*PONG\r\n");
                    }
                }
            }
            case 1, 2 -> {
                try (RawWebSocket client = new RawWebSocket(new Socket("127.0.0.1", target.webSocketPort())).upgrade()) {
                    client.send(session);
                    StringBuilder read = new StringBuilder();
                    while (read.indexOf("PONG\r\n") < 0)
                        read.append(client.frame(0x82));
                }
            }
            case 3 -> Target.say(target.port(), Target.connect("guest", "wrong").getBytes(ISO_8859_1));
            case 4 -> Target.say(target.routePort(), ("CONNECT {\"name\":\"R" + number + "\"}\r\nINFO {\"server_id\":\"R" + number
                    + "\"}\r\nSUB route." + number + "  RSID:1:1\r\nPING\r\n").getBytes(ISO_8859_1));
            case 5 -> {
                // Leaves in the middle of a message.
                try (RawClient client = RawClient.connect(target.port())) {
                    client.send(session + "PUB half 1000\r\nx");
                }
            }
            default -> {
                try (RawClient client = RawClient.connect(target.port())) {
                    client.send(session).expect(".*PONG\r\n");
                }
            }
        }
        clients.increment();
    }

    private void store() throws IOException {
        String consumer = "{\"stream_name\":\"SOAK\",\"config\":{\"name\":\"c\",\"ack_policy\":\"explicit\"}}";
        stored.send("PUB soak." + random.nextInt(500) + " 100\r\n" + "x".repeat(100) + "\r\n"
                + "PUB $JS.API.CONSUMER.CREATE.SOAK.c nowhere " + consumer.length() + "\r\n" + consumer + "\r\n"
                + "PUB $JS.API.CONSUMER.DELETE.SOAK.c nowhere 0\r\n\r\nPONG\r\nPING\r\n").expect("(PING\r\n)?PONG\r\n");
    }

    private void sample() throws Exception {
        VitalSigns signs = target.vitalSigns();
        long heap = 0, timers = 0, cached = 0;
        for (String line : VitalSigns.jcmd(target.pid(), "GC.class_histogram").split("\n")) {
            String[] words = line.strip().split("\\s+");
            if (line.startsWith("Total"))
                heap = Long.parseLong(words[2]);
            else if (line.contains(" java.util.concurrent.ScheduledThreadPoolExecutor$ScheduledFutureTask"))
                timers = Long.parseLong(words[1]);
            else if (line.endsWith(" io.jnatsd.subject.MatchResult"))
                cached = Long.parseLong(words[1]);
        }
        double[] times = new double[roundTrips.size()];
        for (int i = 0; i < times.length; i++)
            times[i] = roundTrips.remove();
        Arrays.sort(times);
        Sample sample = new Sample(signs, heap, timers, cached, times.length == 0 ? 0 : times[times.length * 99 / 100]);
        samples.add(sample);
        StringBuilder text = new StringBuilder();
        for (Quantity each : QUANTITIES)
            text.append(String.format("%s %.1f  ", each.name.split(",")[0], each.value.applyAsDouble(sample)));
        System.out.println(clients + " clients; " + text);
    }

    private static double mean(List<Sample> samples, ToDoubleFunction<Sample> value) {
        return samples.stream().mapToDouble(value).average().orElse(0);
    }

    private boolean run(Duration time, int perSecond) throws Exception {
        fillHistory();
        each(10_000, this::roundTrip);
        each(1_000_000 / perSecond, this::comeAndGo);
        each(100_000, this::store);
        each(500_000, () -> target.get(PATHS.get(random.nextInt(PATHS.size()))));
        for (int i = 0; i < SAMPLES; i++) {
            TimeUnit.NANOSECONDS.sleep(time.toNanos() / SAMPLES);
            sample();
        }
        load.shutdown();
        load.awaitTermination(1, TimeUnit.MINUTES);
        boolean flat = failures.sum() == 0;
        for (Quantity each : QUANTITIES) {
            double second = mean(samples.subList(SAMPLES / 4, SAMPLES / 2), each.value);
            double last = mean(samples.subList(SAMPLES * 3 / 4, SAMPLES), each.value);
            boolean good = last <= second * (1 + each.share) + each.constant;
            flat &= good;
            System.out.printf("%-26s second quarter %8.1f, last quarter %8.1f%s%n", each.name, second, last, good ? "" : "  GROWS");
        }
        target.assertCleanLog();
        System.out.println(clients + " clients came and went, " + failures + " failures");
        return flat;
    }

    @Override
    public void close() throws IOException {
        load.shutdownNow();
        steady.close();
        stored.close();
        target.close();
    }

    public static void main(String[] args) throws Exception {
        long minutes = args.length > 0 ? Long.parseLong(args[0]) : 20;
        int perSecond = args.length > 1 ? Integer.parseInt(args[1]) : 20;
        boolean flat;
        try (Soak soak = new Soak()) {
            flat = soak.run(Duration.ofMinutes(minutes), perSecond);
        }
        System.exit(flat ? 0 : 1);
    }
}
