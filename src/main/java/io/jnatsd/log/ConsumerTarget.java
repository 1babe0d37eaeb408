package io.jnatsd.log;

import java.util.function.Consumer;
import org.tinylog.core.LogEntry;

/** Passes lines to an embedding program. Threads: the log thread. */
final class ConsumerTarget implements LogTarget {
    private final Consumer<String> lines;
    private final LineFormat format;

    ConsumerTarget(Consumer<String> lines, LineFormat format) {
        this.lines = lines;
        this.format = format;
    }

    @Override
    public void write(LogEntry entry) {
        StringBuilder line = new StringBuilder();
        format.append(entry, line);
        line.setLength(line.length() - 1);
        lines.accept(line.toString());
    }

    @Override
    public void flush() {
    }

    @Override
    public void close() {
    }
}
