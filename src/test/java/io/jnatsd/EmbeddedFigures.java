package io.jnatsd;

import io.jnatsd.junit.NatsTest;
import io.nats.client.Connection;
import io.nats.client.Nats;
import io.nats.client.Subscription;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;

/**
 * Measures what an embedded server costs: the time of the first start in a JVM and of later ones, many servers at a
 * time, many starts one after the other, and a class of tests with a server each. It prints medians. Each figure depends
 * on what else the machine does, so the processor time is printed beside the time where it differs. It is a program and
 * not part of the build, because it takes a minute.
 *
 * <pre>
 * java -cp target/test-classes:target/classes:... io.jnatsd.EmbeddedFigures [first|later|many|cycles|tests]...
 * </pre>
 */
public final class EmbeddedFigures {
    private static final int FIRST_STARTS = 11, LATER_STARTS = 200, SERVERS = 50, CYCLES = 1000, TESTS = 100;
    private static final String CHILD = "child";
    private static final List<String> ALL = List.of("first", "later", "many", "cycles", "tests");

    private EmbeddedFigures() {
    }

    public static void main(String[] args) throws Exception {
        if (Arrays.equals(args, new String[] {CHILD})) {
            firstInThisJvm();
            return;
        }
        for (String figure : args.length == 0 ? ALL : List.of(args))
            switch (figure) {
                case "first" -> firstStarts();
                case "later" -> laterStarts();
                case "many" -> manyServers();
                case "cycles" -> cycles();
                case "tests" -> testClass();
                default -> throw new IllegalArgumentException(figure + " is none of " + ALL);
            }
    }

    /** Connects as a client library does: returns when the server has answered its CONNECT. */
    private static Socket connect(NatsServer server) throws IOException {
        Socket socket = new Socket("127.0.0.1", server.port());
        BufferedReader in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
        in.readLine();
        socket.getOutputStream().write("CONNECT {\"verbose\":false}\r\nPING\r\n".getBytes(StandardCharsets.US_ASCII));
        if (!in.readLine().equals("PONG"))
            throw new IOException("no PONG");
        return socket;
    }

    // ---- the first start in a JVM ----------------------------------------------------------------------------

    /** Prints the nanoseconds of the start, until a client is connected, and the processor time of the JVM. */
    private static void firstInThisJvm() throws IOException {
        long cpu = processorTime(), begun = System.nanoTime();
        try (NatsServer server = NatsServer.start()) {
            long started = System.nanoTime() - begun, startCpu = processorTime() - cpu;
            connect(server).close();
            System.out.println(started + " " + (System.nanoTime() - begun) + " " + startCpu);
        }
    }

    private static long processorTime() {
        return ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO).toNanos();
    }

    private static void firstStarts() throws Exception {
        List<long[]> results = new ArrayList<>();
        for (int i = 0; i < FIRST_STARTS; i++) {
            Process child = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
                    System.getProperty("java.class.path"), EmbeddedFigures.class.getName(), CHILD)
                            .redirectError(ProcessBuilder.Redirect.INHERIT).start();
            try (BufferedReader out = child.inputReader()) {
                results.add(Stream.of(out.readLine().split(" ")).mapToLong(Long::parseLong).toArray());
            }
            child.waitFor();
        }
        print("first start in a JVM", results, r -> r[0]);
        print("  to a connected client", results, r -> r[1]);
        print("  processor time of the JVM in the start", results, r -> r[2]);
    }

    // ---- later starts ----------------------------------------------------------------------------------------

    private static void laterStarts() throws Exception {
        List<long[]> results = new ArrayList<>();
        for (int i = 0; i < LATER_STARTS; i++) {
            long begun = System.nanoTime(), connected;
            NatsServer server = NatsServer.start();
            try (server; Socket client = connect(server)) {
                connected = System.nanoTime();
            }
            results.add(new long[] {connected - begun, System.nanoTime() - connected});
        }
        // The first ones are those of a class of tests: the JVM has not compiled much yet.
        print("start to a connected client, number 2 to 20", results.subList(1, 20), r -> r[0]);
        print("start to a connected client, later", results.subList(20, results.size()), r -> r[0]);
        print("  close with one client", results.subList(20, results.size()), r -> r[1]);
    }

    // ---- many servers at a time ------------------------------------------------------------------------------

    private static void manyServers() throws Exception {
        NatsServer.start().close();
        long memory = usedMemory();
        int threads = threads();
        List<NatsServer> servers = new ArrayList<>();
        List<Socket> clients = new ArrayList<>();
        long begun = System.nanoTime();
        for (int i = 0; i < SERVERS; i++) {
            servers.add(NatsServer.start());
            clients.add(connect(servers.getLast()));
        }
        System.out.printf("%d servers with a client each: %s, %d KB and %.1f platform threads each%n", SERVERS,
                millis(System.nanoTime() - begun), (usedMemory() - memory) / SERVERS / 1024,
                (threads() - threads) / (double) SERVERS);
        // A server waits for clients that do not hang up, as those of libraries do.
        for (Socket client : clients)
            client.close();
        begun = System.nanoTime();
        servers.forEach(NatsServer::close);
        System.out.println("  all closed: " + millis(System.nanoTime() - begun));
    }

    // ---- many starts one after the other ---------------------------------------------------------------------

    private static void cycles() throws Exception {
        for (int i = 0; i < 20; i++)
            cycle();
        long memory = usedMemory();
        int threads = threads(), files = openFiles();
        long begun = System.nanoTime();
        for (int i = 0; i < CYCLES; i++)
            cycle();
        long took = System.nanoTime() - begun;
        System.out.printf("%d cycles of start, client, message, close: %s, %s each%n", CYCLES, millis(took),
                millis(took / CYCLES));
        System.out.printf("  left: %d threads, %d open files, %d KB of heap%n", threads() - threads, openFiles() - files,
                (usedMemory() - memory) / 1024);
    }

    private static void cycle() throws IOException {
        try (NatsServer server = NatsServer.start(); Socket client = connect(server)) {
            client.getOutputStream().write("SUB a 1\r\nPUB a 1\r\nx\r\n".getBytes(StandardCharsets.US_ASCII));
            if (client.getInputStream().read() != 'M')
                throw new IOException("no MSG");
        }
    }

    private static int threads() throws InterruptedException {
        // The last thread of a server may end a moment after its close.
        TimeUnit.MILLISECONDS.sleep(500);
        return ManagementFactory.getThreadMXBean().getThreadCount();
    }

    private static int openFiles() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("/proc/self/fd"))) {
            return (int) files.count();
        }
    }

    private static long usedMemory() throws InterruptedException {
        for (int i = 0; i < 3; i++) {
            System.gc();
            TimeUnit.MILLISECONDS.sleep(200);
        }
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    // ---- a class of tests ------------------------------------------------------------------------------------

    /** Each repetition has a server and a connection of its own. Named so that no build runs it. */
    @NatsTest(perMethod = true)
    static class HundredServers {
        @RepeatedTest(TESTS)
        void aMessageArrives(Connection nats) throws InterruptedException {
            Subscription subscription = nats.subscribe("greet.*");
            nats.publish("greet.joe", "hello".getBytes(StandardCharsets.UTF_8));
            Assertions.assertNotNull(subscription.nextMessage(Duration.ofSeconds(10)));
        }
    }

    private static void testClass() throws Exception {
        // The library of the client takes longer for its first connection than a server.
        try (NatsServer server = NatsServer.start(); Connection nats = Nats.connect(server.url())) {
            nats.flush(Duration.ofSeconds(10));
        }
        SummaryGeneratingListener summary = new SummaryGeneratingListener();
        long begun = System.nanoTime();
        LauncherFactory.create().execute(LauncherDiscoveryRequestBuilder.request()
                .selectors(DiscoverySelectors.selectClass(HundredServers.class)).build(), summary);
        System.out.printf("a class of %d tests with a server each: %s, %d succeeded%n", TESTS,
                millis(System.nanoTime() - begun), summary.getSummary().getTestsSucceededCount());
    }

    // ---- output ----------------------------------------------------------------------------------------------

    private static void print(String what, List<long[]> results, ToLongFunction<long[]> value) {
        long[] sorted = results.stream().mapToLong(value).sorted().toArray();
        System.out.printf("%s: median %s, least %s, most %s (%d)%n", what, millis(sorted[sorted.length / 2]),
                millis(sorted[0]), millis(sorted[sorted.length - 1]), sorted.length);
    }

    private static String millis(long nanos) {
        return String.format("%.1f ms", nanos / 1e6);
    }
}
