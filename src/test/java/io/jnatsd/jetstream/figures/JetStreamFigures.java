package io.jnatsd.jetstream.figures;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Compares the speed of JetStream of two servers, each in a process of its own: what they do in
 * a second in interleaved rounds, a stream with a million subjects, and ten thousand idle consumers. Prints medians and
 * ratios; five rounds take less than five minutes. Not a test: {@code java -cp target/test-classes:target/classes
 * io.jnatsd.jetstream.figures.JetStreamFigures [rounds [command [command of the other server [file]]]]}.
 * With {@code file}, streams are in files, and only the rounds are run.
 */
public final class JetStreamFigures {
    private static final double WARM_UP = 0.5;
    private static final int ROUNDS = 5;

    private JetStreamFigures() {
    }

    public static void main(String[] args) throws Exception {
        int rounds = args.length > 0 ? Integer.parseInt(args[0]) : ROUNDS;
        String ours = args.length > 1 ? args[1] : "bin/jnatsd", theirs = args.length > 2 ? args[2] : "nats-server";
        String storage = args.length > 3 ? args[3] : "memory";
        System.out.printf("%s and %s, %d rounds on %d processors%n", ours, theirs, rounds,
                Runtime.getRuntime().availableProcessors());
        try (MeasuredServer first = new MeasuredServer(ours); MeasuredServer second = new MeasuredServer(theirs)) {
            if (rounds > 0)
                speed(rounds, first, second, storage);
        }
        if (!storage.equals("memory"))
            return;
        List<Standing> both = new ArrayList<>();
        for (String command : List.of(ours, theirs))
            try (MeasuredServer server = new MeasuredServer(command)) {
                both.add(Standing.measure(server));
            }
        Standing.print(both.get(0), both.get(1));
    }

    private static void speed(int rounds, MeasuredServer ours, MeasuredServer theirs, String storage) throws IOException {
        Map<Workload, double[][]> results = new EnumMap<>(Workload.class);
        try (LoadClient first = ours.connect(storage); LoadClient second = theirs.connect(storage)) {
            for (Workload workload : Workload.values()) {
                results.put(workload, new double[2][rounds]);
                workload.run(first, WARM_UP);
                workload.run(second, WARM_UP);
            }
            for (int round = 0; round < rounds; round++)
                for (Workload workload : Workload.values()) {
                    double[][] result = results.get(workload);
                    // Neither is always the first after a pause.
                    boolean oursFirst = round % 2 == 0;
                    result[oursFirst ? 0 : 1][round] = workload.run(oursFirst ? first : second, 1);
                    result[oursFirst ? 1 : 0][round] = workload.run(oursFirst ? second : first, 1);
                }
        }
        System.out.printf("%n%-48s %-10s %10s %10s %7s %14s %7s%n", "median of the rounds", "", "first", "second", "ratio",
                "least, most", "target");
        results.forEach(JetStreamFigures::print);
    }

    private static void print(Workload workload, double[][] result) {
        double[] ratios = new double[result[0].length];
        Arrays.setAll(ratios, i -> result[0][i] / result[1][i]);
        double ours = median(result[0]), theirs = median(result[1]);
        Arrays.sort(ratios);
        System.out.printf("%-48s %-10s %,10.0f %,10.0f %7.2f %7.2f%7.2f %7s%n", workload.title, workload.unit, ours, theirs,
                ours / theirs, ratios[0], ratios[ratios.length - 1], verdict(workload.target, ours / theirs));
    }

    private static String verdict(double target, double ratio) {
        return target == 0 ? "" : target + (ratio >= target ? " ok" : " NO");
    }

    static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
