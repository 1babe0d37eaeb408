package io.jnatsd.campaign;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
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
            run(Step.parse(Files.readAllLines(Path.of(args[0]))), servers);
            System.exit(0);
        }
        long commands = args.length > 0 ? Long.parseLong(args[0]) : 1_000_000;
        long seed = args.length > 2 ? Long.parseLong(args[2]) : System.currentTimeMillis();
        long begin = System.nanoTime();
        for (long done = 0; done < commands; done += COMMANDS_OF_A_SCRIPT, seed++) {
            List<Step> script = RandomScript.of(seed, CLIENTS, servers, (int) Math.min(COMMANDS_OF_A_SCRIPT, commands - done));
            Throwable failure = run(script, servers);
            if (failure != null) {
                System.out.println("seed " + seed + ": " + failure);
                shorten(script, servers).forEach(System.out::println);
                System.exit(1);
            }
        }
        System.out.printf("%,d commands on %d servers in %d s: no violation%n", commands, servers,
                (System.nanoTime() - begin) / 1_000_000_000);
        System.exit(0);
    }

    /** Returns why a script fails, null if it does not. */
    static Throwable run(List<Step> script, int servers) throws Exception {
        Path dir = Files.createTempDirectory("jnatsd-campaign");
        try {
            DeliveryRun.play(script, dir, servers);
            return null;
        } catch (Violation | java.io.IOException e) {
            return e;
        } finally {
            try (var files = Files.walk(dir)) {
                for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList())
                    Files.delete(file);
            }
        }
    }

    /** Leaves out ever smaller pieces that the failure does not need. */
    static List<Step> shorten(List<Step> script, int servers) throws Exception {
        List<Step> shortest = script;
        for (int piece = script.size() / 2; piece > 0; piece /= 2) {
            for (int at = 0; at < shortest.size();) {
                List<Step> shorter = new ArrayList<>(shortest.subList(0, at));
                shorter.addAll(shortest.subList(Math.min(at + piece, shortest.size()), shortest.size()));
                if (fails(shorter, servers))
                    shortest = shorter;
                else
                    at += piece;
            }
        }
        return shortest;
    }

    private static boolean fails(List<Step> script, int servers) throws Exception {
        for (int i = 0; i < TRIES; i++)
            if (run(script, servers) != null)
                return true;
        return false;
    }
}
