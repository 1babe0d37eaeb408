package io.jnatsd.log;

import org.tinylog.core.LogEntry;
import org.tinylog.writers.Writer;

/** Uses any tinylog writer as the target. Threads: the log thread. */
final class WriterTarget implements LogTarget {
    private final Writer writer;
    private final Losses losses;

    WriterTarget(Writer writer, Losses losses) {
        this.writer = writer;
        this.losses = losses;
    }

    @Override
    public void write(LogEntry entry) {
        attempt(() -> writer.write(entry), 1);
    }

    @Override
    public void flush() {
        attempt(writer::flush, 0);
        losses.over();
    }

    @Override
    public void close() {
        attempt(writer::close, 0);
    }

    private void attempt(Step step, int lines) {
        try {
            step.run();
        } catch (Exception e) { // declared by tinylog's interface
            losses.trouble("error writing log", e);
            losses.lost(lines);
        }
    }

    private interface Step {
        void run() throws Exception;
    }
}
