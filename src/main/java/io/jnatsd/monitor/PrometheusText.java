package io.jnatsd.monitor;

import java.util.Locale;

/**
 * Writes the text format of Prometheus, version 0.0.4. All samples of a metric must be written together. Threads: one.
 */
final class PrometheusText {
    static final String TYPE = "text/plain; version=0.0.4; charset=utf-8";

    /** The kind of a metric: a gauge rises and falls, a counter only rises. */
    enum Kind {
        GAUGE, COUNTER
    }

    private final StringBuilder out = new StringBuilder(16 * 1024);
    private final String serverId;
    private String name = "";

    /** @param serverId a label of every sample */
    PrometheusText(String serverId) {
        this.serverId = serverId;
    }

    /** Begins a metric. The samples that follow belong to it. */
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
