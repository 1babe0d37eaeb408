package io.jnatsd.campaign;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jnatsd.server.RawClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Servers with few descriptors, a small heap, one processor, a full disk, or a clock that jumps. */
final class ScarceResources {
    private static final Path FAKE_CLOCK = Path.of("/usr/lib");
    private static final Pattern UPTIME = Pattern.compile("(?m)^jnatsd_uptime_seconds\\S* (\\S+)$");

    static final List<Scenario> ALL = List.of(
            new Scenario("64 descriptors", "connections wait until others leave; monitoring and reload work",
                    ScarceResources::fewDescriptors),
            new Scenario("a heap of 32 MB", "who takes most is closed or refused", scale -> smallHeap("-Xmx32m", scale)),
            new Scenario("a heap of 64 MB", "who takes most is closed or refused", scale -> smallHeap("-Xmx64m", scale)),
            new Scenario("one processor", "all are served, more slowly", ScarceResources::oneProcessor),
            new Scenario("a full disk for the log", "lines are lost and counted, nothing else", ScarceResources::fullDisk),
            new Scenario("a clock that jumps an hour forth and back", "no connection ends, and durations stay right",
                    ScarceResources::clockJumps));

    private ScarceResources() {
    }

    private static void awaitLog(Target target, String text) {
        await(text).atMost(Target.PATIENCE).until(() -> target.log().contains(text));
    }

    private static String fewDescriptors(double scale) throws Exception {
        List<String> limit = List.of("sh", "-c", "ulimit -n 64; exec \"$@\"", "sh");
        try (Target target = Target.small(limit, "-Xmx64m", null); Bystander bystander = Bystander.at(target)) {
            try (Crowd clients = new Crowd(target.port(), 100); Crowd web = new Crowd(target.webSocketPort(), 20);
                    Crowd routes = new Crowd(target.routePort(), 20)) {
                awaitLog(target, "Too few file descriptors are left: Client connections wait");
                for (String path : List.of("/varz", "/connz", "/metrics", "/healthz"))
                    assertTrue(!target.get(path).isEmpty(), path);
                target.reload();
                awaitLog(target, "Reloaded server configuration");
            }
            return target.recovered(bystander);
        }
    }

    private static String smallHeap(String heap, double scale) throws Exception {
        try (Target target = Target.small(List.of(), heap, null); Bystander bystander = Bystander.at(target)) {
            subscribersThatDoNotRead(target, (int) (1000 * scale));
            messagesThatAreHalfThere(target, (int) (40 * scale));
            subscriptionsWithoutEnd(target, (int) (50_000 * scale));
            connectionsWithoutEnd(target, (int) (5000 * scale));
            return target.recovered(bystander);
        }
    }

    private static void subscribersThatDoNotRead(Target target, int messages) throws IOException {
        List<RawClient> stuck = new ArrayList<>();
        try (PatientClient publisher = new PatientClient(target.port())) {
            for (int i = 0; i < 20; i++)
                stuck.add(RawClient.stuck(target.port(), Target.connect("admin", "a") + "SUB flood 1\r\n"));
            String message = "PUB flood 65536\r\n" + "x".repeat(65_536) + "\r\n";
            for (int i = 0; i < messages; i++)
                publisher.send(message);
            publisher.roundTrip();
        } finally {
            for (RawClient client : stuck)
                client.close();
        }
    }

    private static void messagesThatAreHalfThere(Target target, int count) throws Exception {
        String half = Target.connect("admin", "a") + "PUB half 1048576\r\n" + "x".repeat(500_000);
        List<Thread> writers = new ArrayList<>();
        try (Crowd crowd = new Crowd(target.port(), count)) {
            for (int i = 0; i < count; i++) {
                int number = i;
                // The server does not read all of them at once.
                writers.add(Thread.startVirtualThread(() -> crowd.send(number, half)));
            }
            try (PatientClient publisher = new PatientClient(target.port())) {
                publisher.send("PUB whole 1048576\r\n" + "x".repeat(1_048_576) + "\r\n").roundTrip();
            }
        }
        for (Thread writer : writers)
            writer.join();
    }

    private static void subscriptionsWithoutEnd(Target target, int count) throws IOException {
        String padding = "x".repeat(1000);
        int refused = 0;
        try (PatientClient greedy = new PatientClient(target.port())) {
            for (int i = 0; i < count; i += 100) {
                StringBuilder lines = new StringBuilder();
                for (int sid = i; sid < i + 100; sid++)
                    lines.append("SUB ").append(sid).append('.').append(padding).append(' ').append(sid).append("\r\n");
                refused += greedy.send(lines).linesUntilPong();
            }
        }
        assertTrue(count < 50_000 || refused > 0, "no subscription was refused");
    }

    private static void connectionsWithoutEnd(Target target, int count) throws IOException {
        try (Crowd crowd = new Crowd(target.port(), count)) {
            crowd.send(Target.connect("admin", "a") + "PING\r\n");
            if (count >= 5000)
                awaitLog(target, "Too little memory is left: Client connections wait");
        }
    }

    private static String oneProcessor(double scale) throws Exception {
        if (!Files.isExecutable(Path.of("/usr/bin/taskset")))
            throw new Scenario.Unsupported("there is no /usr/bin/taskset");
        long published = 0;
        try (Target target = Target.small(List.of("taskset", "-c", "0"), "-Xmx64m", null);
                Bystander bystander = Bystander.at(target)) {
            List<PatientClient> publishers = new ArrayList<>();
            Crowd subscribers = new Crowd(target.port(), 20);
            subscribers.send(Target.connect("admin", "a") + "SUB busy 1\r\n");
            List<Thread> readers = subscribers.drain();
            for (int i = 0; i < 4; i++)
                publishers.add(new PatientClient(target.port()));
            String messages = ("PUB busy 100\r\n" + "x".repeat(100) + "\r\n").repeat(500);
            long end = System.nanoTime() + (long) (20e9 * scale);
            while (System.nanoTime() < end) {
                for (PatientClient publisher : publishers)
                    publisher.send(messages);
                for (PatientClient publisher : publishers)
                    publisher.roundTrip();
                published += 500L * publishers.size();
            }
            for (PatientClient publisher : publishers)
                publisher.close();
            subscribers.close();
            for (Thread reader : readers)
                reader.join();
            return String.format("%,d messages to 20 subscribers; ", published) + target.recovered(bystander);
        }
    }

    private static int run(String... command) throws IOException, InterruptedException {
        return new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start()
                .waitFor();
    }

    private static String fullDisk(double scale) throws Exception {
        Path disk = Files.createTempDirectory("disk");
        if (run("mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", disk.toString()) != 0)
            throw new Scenario.Unsupported("it needs the right to mount a file system");
        Path log = disk.resolve("log");
        try (Target target = Target.small(List.of(), "-Xmx64m", log, "-DV"); Bystander bystander = Bystander.at(target)) {
            try (PatientClient traced = new PatientClient(target.port())) {
                // More lines than the server keeps until it can write them.
                for (int rounds = 0; rounds < 20; rounds += Files.getFileStore(disk).getUsableSpace() == 0 ? 1 : 0)
                    traced.send("PUB traced 1\r\nx\r\n".repeat(1000)).roundTrip();
            }
            String figures = bystander.leave();
            target.assertServes();
            Files.writeString(log, "");
            try (PatientClient traced = new PatientClient(target.port())) {
                await("the count of lost lines").atMost(Target.PATIENCE).until(() -> {
                    traced.roundTrip();
                    return Files.readString(log, ISO_8859_1).contains(" log lines, the file could not be written");
                });
            }
            target.awaitEmpty();
            return figures;
        } finally {
            run("umount", "-l", disk.toString());
            Files.delete(disk);
        }
    }

    private static String clockJumps(double scale) throws Exception {
        Path library;
        try (Stream<Path> files = Files.find(FAKE_CLOCK, 3, (path, is) -> path.endsWith("faketime/libfaketimeMT.so.1"))) {
            library = files.findFirst().orElseThrow(() -> new Scenario.Unsupported("Debian's package faketime is not installed"));
        }
        Path clock = Files.writeString(Files.createTempFile("clock", ""), "+0");
        List<String> environment = List.of("env", "LD_PRELOAD=" + library, "FAKETIME_TIMESTAMP_FILE=" + clock,
                "FAKETIME_NO_CACHE=1", "FAKETIME_DONT_FAKE_MONOTONIC=1", "DONT_FAKE_MONOTONIC=1");
        long begin = System.nanoTime();
        try (Target target = Target.small(environment, "-Xmx64m", null); Bystander bystander = Bystander.at(target)) {
            for (String offset : List.of("+3600", "-3600", "+0")) {
                Files.writeString(clock, offset, UTF_8);
                TimeUnit.MILLISECONDS.sleep((long) (5000 * scale));
                Matcher uptime = UPTIME.matcher(target.get("/metrics"));
                assertTrue(uptime.find());
                double seconds = Double.parseDouble(uptime.group(1)), most = (System.nanoTime() - begin) / 1e9;
                assertTrue(seconds > 0 && seconds <= most, () -> "uptime " + seconds + " s after " + most + " s");
                String longest = target.json("/varz").get("uptime").getAsString();
                assertTrue(!longest.contains("h"), longest);
                longest = target.get("/connz");
                assertTrue(!Pattern.compile("\"(uptime|idle)\": \"\\d+h").matcher(longest).find(), longest);
                target.assertServes();
            }
            return target.recovered(bystander);
        } finally {
            Files.delete(clock);
        }
    }

}
