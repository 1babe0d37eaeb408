package io.jnatsd.campaign;

import java.util.List;
import java.util.stream.Stream;

/**
 * A server in machines that are too small for what is asked of it; {@code main [SCALE [TEXT...]]} runs the scenarios
 * whose names contain one of the texts, by default all, in their full size (1). Linux only.
 */
final class SmallMachines {
    static final List<Scenario> ALL = Stream.of(ScarceResources.ALL, LargeNumbers.ALL).flatMap(List::stream).toList();

    private SmallMachines() {
    }

    private static boolean isWanted(Scenario scenario, List<String> texts) {
        return texts.isEmpty() || texts.stream().anyMatch(scenario.name()::contains);
    }

    public static void main(String[] args) {
        double scale = args.length > 0 ? Double.parseDouble(args[0]) : 1;
        List<String> texts = List.of(args).subList(Math.min(1, args.length), args.length);
        int failed = 0, run = 0;
        for (Scenario scenario : ALL) {
            if (!isWanted(scenario, texts))
                continue;
            run++;
            long begin = System.nanoTime();
            String result;
            try {
                result = scenario.action().run(scale);
            } catch (Scenario.Unsupported e) {
                result = "NOT RUN: " + e.getMessage();
            } catch (AssertionError | Exception e) {
                failed++;
                e.printStackTrace(System.out);
                String why = e.toString();
                result = "FAILED: " + why.substring(0, Math.min(2000, why.length()));
            }
            System.out.printf("%s, %,d ms: %s%n", scenario.name(), (System.nanoTime() - begin) / 1_000_000, result);
        }
        System.out.println(run + " scenarios, " + failed + " failed");
        System.exit(failed == 0 ? 0 : 1);
    }
}
