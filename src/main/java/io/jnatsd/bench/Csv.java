package io.jnatsd.bench;

import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;

/**
 * Writes the results as CSV: a row for each group of connections and one for each connection, for every run. Threads:
 * one.
 */
final class Csv {
    private static final String HEAD = "run,group,connection,messages,lost,payload_bytes,seconds,msgs_per_second,"
            + "bytes_per_second,min_us,p50_us,p90_us,p99_us,p99_9_us,max_us";
    /** The latency columns of connections that have no latencies. */
    private static final String NO_LATENCIES = ",,,,,,";

    private final PrintWriter out;

    Csv(PrintWriter out) {
        this.out = out;
        out.print(HEAD + "\n");
    }

    void run(int number, List<Group> groups) {
        for (Group group : groups) {
            row(number, group.name(), "all", group.size(), group.lost(),
                    new Sample(group.messages(), 0, group.startNanos(), group.endNanos(), group.latencies()));
            int connection = 1;
            for (Sample sample : group.samples())
                row(number, group.name(), Integer.toString(connection++), group.size(), sample.lost(), sample);
        }
        out.flush();
    }

    private void row(int run, String group, String connection, int size, long lost, Sample sample) {
        double rate = sample.perSecond();
        out.print(String.format(Locale.ROOT, "%d,%s,%s,%d,%d,%d,%.6f,%.1f,%.1f%s\n", run, group, connection,
                sample.messages(), lost, sample.messages() * size,
                Sample.seconds(sample.startNanos(), sample.endNanos()), rate, rate * size,
                latencies(sample.latencies())));
    }

    private static String latencies(Latencies latencies) {
        if (latencies.isEmpty())
            return NO_LATENCIES;
        StringBuilder columns = new StringBuilder(micros(latencies.min()));
        for (Percentile percentile : Percentile.values())
            columns.append(micros(percentile.of(latencies)));
        return columns.append(micros(latencies.max())).toString();
    }

    private static String micros(long nanos) {
        return String.format(Locale.ROOT, ",%.3f", nanos / 1000.0);
    }
}
