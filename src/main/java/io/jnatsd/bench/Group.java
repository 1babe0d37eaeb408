package io.jnatsd.bench;

import java.util.DoubleSummaryStatistics;
import java.util.List;

/**
 * What the connections of one kind did in one run.
 *
 * @param name "publishers", "subscribers", ...
 * @param lost messages that were to come and did not
 * @param size bytes of payload of each message
 */
record Group(String name, List<Sample> samples, long lost, int size) {
    static Group of(String name, List<Sample> samples, int size) {
        return new Group(name, samples, samples.stream().mapToLong(Sample::lost).sum(), size);
    }

    long messages() {
        return samples.stream().mapToLong(Sample::messages).sum();
    }

    long bytes() {
        return messages() * size;
    }

    /** When the first of those that had anything to do began. */
    long startNanos() {
        return samples.stream().filter(s -> s.messages() > 0).mapToLong(Sample::startNanos).min().orElse(0);
    }

    long endNanos() {
        return samples.stream().filter(s -> s.messages() > 0).mapToLong(Sample::endNanos).max().orElse(0);
    }

    double perSecond() {
        return Sample.perSecond(messages(), startNanos(), endNanos());
    }

    /** Messages a second of the single connections. */
    DoubleSummaryStatistics perConnection() {
        return samples.stream().mapToDouble(Sample::perSecond).summaryStatistics();
    }

    Latencies latencies() {
        Latencies all = new Latencies();
        samples.forEach(sample -> all.add(sample.latencies()));
        return all;
    }
}
