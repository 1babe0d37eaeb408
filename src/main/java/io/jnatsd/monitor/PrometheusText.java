package io.jnatsd.monitor;

import java.util.Locale;

/**
 * The text format of Prometheus, version 0.0.4, as it is being written. All samples of a metric belong together.
 * Threads: one.
 */
final class PrometheusText {
    static final String TYPE = "text/plain; version=0.0.4; charset=utf-8";

    /** What is measured: something that goes up and down, or something that only ever grows. */
    enum Kind {
        GAUGE, COUNTER
    }

    private final StringBuilder out = new StringBuilder(16 * 1024);
    private final String serverId;
    private String name = "";

    /** @param serverId the label that every sample has */
    PrometheusText(String serverId) {
        this.serverId = serverId;
    }

    /** The samples that follow are of this metric. */
    PrometheusText metric(String metric, Kind kind, String help) {
        name = metric;
        out.append("# HELP ").append(name).append(' ').append(help).append('\n');
        out.append("# TYPE ").append(name).append(' ').append(kind.name().toLowerCase(Locale.ROOT)).append('\n');
        return this;
    }

    /** @param labels names and values in turn */
    PrometheusText sample(double value, String... labels) {
        out.append(name).append("{server_id=\"");
        escape(serverId);
        for (int i = 0; i < labels.length; i += 2) {
            out.append("\",").append(labels[i]).append("=\"");
            escape(labels[i + 1]);
        }
        out.append("\"} ").append(GoJson.plain(value)).append('\n');
        return this;
    }

    private void escape(String value) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            switch (c) {
                case '\\' -> out.append("\\\\");
                case '"' -> out.append("\\\"");
                case '\n' -> out.append("\\n");
                default -> out.append(c);
            }
        }
    }

    @Override
    public String toString() {
        return out.toString();
    }
}
