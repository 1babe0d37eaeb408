package io.jnatsd.bench;

import java.util.DoubleSummaryStatistics;
import java.util.List;

/**
 * The results of all connections of one kind in one run. Threads: immutable.
 *
 * @param name "publishers", "subscribers", ...
 * @param lost the number of expected messages that did not arrive
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

    /** Returns when the first connection that had messages began. */
    long startNanos() {
        return samples.stream().filter(s -> s.messages() > 0).mapToLong(Sample::startNanos).min().orElse(0);
    }

    long endNanos() {
        return samples.stream().filter(s -> s.messages() > 0).mapToLong(Sample::endNanos).max().orElse(0);
    }

    double perSecond() {
        return Sample.perSecond(messages(), startNanos(), endNanos());
    }

    /** Returns the message rates of the connections. */
    DoubleSummaryStatistics perConnection() {
        return samples.stream().mapToDouble(Sample::perSecond).summaryStatistics();
    }

    Latencies latencies() {
        Latencies all = new Latencies();
        samples.forEach(sample -> all.add(sample.latencies()));
        return all;
    }
}
