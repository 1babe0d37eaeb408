package io.jnatsd.bench;

import java.util.ArrayList;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Locale;

/** Formats the results as tables. Threads: immutable. */
final class Report {
    private static final double MEGABYTE = 1_000_000;

    private final Workload load;
    private final Endpoint endpoint;

    Report(Workload load, Endpoint endpoint) {
        this.load = load;
        this.endpoint = endpoint;
    }

    /** Describes the measurement. */
    String head(Outcome outcome) {
        return load.describe() + "\nserver at " + endpoint.address() + ", version " + outcome.serverVersion() + "\n";
    }

    /** Formats one run: a row for each group, and the latencies of requests. */
    String run(Outcome outcome) {
        Table rates = new Table("", "connections", "messages", "lost", "seconds", "msgs/s", "MB/s",
                "min/conn", "avg/conn", "max/conn");
        outcome.groups().forEach(group -> rates.row(row(group)));
        if (outcome.groups().size() > 1 && !load.request())
            rates.row(total(outcome.groups()));
        String text = "\n" + rates.text();
        Latencies latencies = outcome.groups().getFirst().latencies();
        return latencies.isEmpty() ? text : text + "\n" + latencies(latencies);
    }

    /** Formats the spread of all runs. The first run also warms up this program. */
    String allRuns(List<Outcome> outcomes) {
        Table rates = new Table(outcomes.size() + " runs, msgs/s", "min", "avg", "max");
        for (int i = 0; i < outcomes.getFirst().groups().size(); i++) {
            int group = i;
            DoubleSummaryStatistics all = outcomes.stream()
                    .mapToDouble(outcome -> outcome.groups().get(group).perSecond()).summaryStatistics();
            rates.row(outcomes.getFirst().groups().get(i).name(), whole(all.getMin()), whole(all.getAverage()),
                    whole(all.getMax()));
        }
        return "\n" + rates.text();
    }

    private static String[] row(Group group) {
        DoubleSummaryStatistics each = group.perConnection();
        double seconds = Sample.seconds(group.startNanos(), group.endNanos());
        return new String[] {group.name(), whole(group.samples().size()), whole(group.messages()),
            whole(group.lost()), decimal(seconds, 3), whole(group.perSecond()),
            decimal(group.bytes() / seconds / MEGABYTE, 1),
            whole(each.getMin()), whole(each.getAverage()), whole(each.getMax())};
    }

    /** Adds up all messages that went through the server, in and out. */
    private static String[] total(List<Group> groups) {
        List<Group> busy = groups.stream().filter(group -> group.messages() > 0).toList();
        long start = busy.stream().mapToLong(Group::startNanos).min().orElse(0);
        long end = busy.stream().mapToLong(Group::endNanos).max().orElse(0);
        long messages = groups.stream().mapToLong(Group::messages).sum();
        double seconds = Sample.seconds(start, end);
        return new String[] {"total", whole(groups.stream().mapToLong(group -> group.samples().size()).sum()),
            whole(messages), whole(groups.stream().mapToLong(Group::lost).sum()), decimal(seconds, 3),
            whole(messages / seconds),
            decimal(groups.stream().mapToLong(Group::bytes).sum() / seconds / MEGABYTE, 1), "", "", ""};
    }

    private static String latencies(Latencies latencies) {
        List<String> head = new ArrayList<>(List.of("latency, microseconds", "min", "avg"));
        List<String> row = new ArrayList<>(List.of("requests", micros(latencies.min()), micros(latencies.mean())));
        for (Percentile percentile : Percentile.values()) {
            head.add(percentile.title());
            row.add(micros(percentile.of(latencies)));
        }
        head.add("max");
        row.add(micros(latencies.max()));
        Table table = new Table(head.toArray(String[]::new));
        table.row(row.toArray(String[]::new));
        return table.text();
    }

    private static String micros(double nanos) {
        return decimal(nanos / 1000, 1);
    }

    private static String whole(double number) {
        return String.format(Locale.ROOT, "%,.0f", number);
    }

    private static String decimal(double number, int digits) {
        return String.format(Locale.ROOT, "%,." + digits + "f", number);
    }
}
