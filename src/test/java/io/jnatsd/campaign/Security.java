package io.jnatsd.campaign;

import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/**
 * Attacks on every port of a server, before and after the login; {@code main [SCALE [SEED]]} runs them, by default 20
 * times as large as the test does.
 */
final class Security {
    static final List<Attack> ALL = Stream.of(LoginAttacks.ALL, FrameAttacks.ALL, MonitorAttacks.ALL, JsonAttacks.ALL,
            PermissionAttacks.ALL, LogAttacks.ALL).flatMap(List::stream).toList();
    /** Sockets that the system closes a moment later. */
    private static final int SPARE_DESCRIPTORS = 10;

    private Security() {
    }

    /** Attacks; afterwards the server serves, holds nothing of the attack, and its log is clean. */
    static void run(Attack attack, Target target, int scale, Random random) throws Exception {
        int before = target.vitalSigns().descriptors();
        attack.action().run(target, scale, random);
        target.assertServes();
        target.awaitEmpty();
        target.awaitDescriptors(before + SPARE_DESCRIPTORS);
        target.assertCleanLog();
    }

    public static void main(String[] args) throws Exception {
        main(ALL, args);
    }

    /** Runs these attacks, each on a server of its own, and ends the program. */
    static void main(List<Attack> attacks, String... args) throws Exception {
        int scale = args.length > 0 ? Integer.parseInt(args[0]) : 20;
        long seed = args.length > 1 ? Long.parseLong(args[1]) : System.nanoTime();
        System.out.println("scale " + scale + ", seed " + seed);
        int failed = 0;
        for (Attack attack : attacks)
            try (Target target = Target.tracing()) {
                target.assertServes();
                long live = VitalSigns.liveHeap(target.pid()), begin = System.nanoTime();
                try {
                    run(attack, target, scale, new Random(seed));
                    System.out.printf("%-45s %6d ms, live heap %+d kB, %s%n", attack, (System.nanoTime() - begin) / 1_000_000,
                            (VitalSigns.liveHeap(target.pid()) - live) / 1000, target.vitalSigns());
                } catch (AssertionError | Exception e) {
                    failed++;
                    String why = e.toString();
                    System.out.printf("%-45s FAILED: %s%n", attack, why.substring(0, Math.min(2000, why.length())));
                }
            }
        System.out.println(attacks.size() + " attacks, " + failed + " failed");
        System.exit(failed == 0 ? 0 : 1);
    }
}
