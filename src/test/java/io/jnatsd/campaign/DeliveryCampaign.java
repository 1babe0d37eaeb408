package io.jnatsd.campaign;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;

/**
 * Random clients on one server or on a mesh, compared with {@link DeliveryModel}. A script that fails is made shorter
 * as long as it fails, and printed.
 *
 * <p>Arguments: number of commands (1,000,000 if absent), number of servers (1), seed (the clock). With a file name in
 * place of the first argument the script in the file is played.
 */
public final class DeliveryCampaign {
    private static final int CLIENTS = 12;
    private static final int COMMANDS_OF_A_SCRIPT = 20_000;
    /** A script fails or not by the order in which threads run, so a shorter one is tried more than once. */
    private static final int TRIES = 3;

    private DeliveryCampaign() {
    }

    public static void main(String[] args) throws Exception {
        int servers = args.length > 1 ? Integer.parseInt(args[1]) : 1;
        if (args.length > 0 && Files.exists(Path.of(args[0]))) {
            Exception failure = run(Step.parse(Files.readAllLines(Path.of(args[0]))), servers);
            System.out.println(failure == null ? "no violation" : failure);
            System.exit(failure == null ? 0 : 1);
        }
        long commands = args.length > 0 ? Long.parseLong(args[0]) : 1_000_000;
        long seed = args.length > 2 ? Long.parseLong(args[2]) : System.currentTimeMillis();
        System.exit(run(commands, servers, seed) ? 0 : 1);
    }

    private static boolean run(long commands, int servers, long firstSeed) throws Exception {
        long begin = System.nanoTime(), seed = firstSeed;
        for (long done = 0; done < commands; seed++) {
            int length = (int) Math.min(COMMANDS_OF_A_SCRIPT, commands - done);
            List<Step> script = RandomScript.of(seed, CLIENTS, servers, length);
            Exception failure = run(script, servers);
            if (failure != null) {
                System.out.println("seed " + seed + ", " + length + " commands: " + failure);
                Shortening.shorten(script, shorter -> fails(shorter, servers)).forEach(System.out::println);
                return false;
            }
            done += length;
        }
        System.out.printf("%,d commands, servers: %d, seeds %d to %d, %d s: no violation%n", commands, servers, firstSeed,
                seed - 1, Duration.ofNanos(System.nanoTime() - begin).toSeconds());
        return true;
    }

    /** Returns why a script fails, null if it does not. */
    private static Exception run(List<Step> script, int servers) throws Exception {
        Path dir = Files.createTempDirectory("jnatsd-campaign");
        try {
            DeliveryRun.play(script, dir, servers);
            return null;
        } catch (RuntimeException | IOException e) {
            return e;
        } finally {
            delete(dir);
        }
    }

    private static void delete(Path dir) throws IOException {
        try (var files = Files.walk(dir)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList())
                Files.delete(file);
        }
    }

    private static boolean fails(List<Step> script, int servers) throws Exception {
        for (int i = 0; i < TRIES; i++)
            if (run(script, servers) != null)
                return true;
        return false;
    }
}
