package io.jnatsd.bench;

/** The percentiles in the reports. Threads: immutable. */
enum Percentile {
    P50("p50", 50), P90("p90", 90), P99("p99", 99), P99_9("p99.9", 99.9);

    private final String title;
    private final double percent;

    Percentile(String title, double percent) {
        this.title = title;
        this.percent = percent;
    }

    String title() {
        return title;
    }

    long of(Latencies latencies) {
        return latencies.percentile(percent);
    }
}
