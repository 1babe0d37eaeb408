package io.jnatsd.log;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.tinylog.core.LogEntry;

/** Writes lines to stderr, in UTF-8 for any locale. It does not close the stream. Threads: the log thread. */
final class StreamTarget implements LogTarget {
    private static final int BATCH_CHARS = 64 * 1024;
    private final OutputStream out;
    private final LineFormat format;
    private final Losses losses;
    private final StringBuilder batch = new StringBuilder();
    private int lines;

    StreamTarget(OutputStream out, LineFormat format, Losses losses) {
        this.out = out;
        this.format = format;
        this.losses = losses;
    }

    @Override
    public void write(LogEntry entry) {
        int start = batch.length();
        try {
            format.append(entry, batch);
        } catch (Throwable e) {
            // Removes an incomplete line.
            batch.setLength(start);
            throw e;
        }
        lines++;
        if (batch.length() >= BATCH_CHARS)
            flush();
    }

    @Override
    public void flush() {
        if (lines == 0)
            return;
        try {
            out.write(batch.toString().getBytes(StandardCharsets.UTF_8));
            out.flush();
        } catch (IOException e) {
            losses.lost(lines); // a failure of stderr cannot be reported on stderr
        }
        batch.setLength(0);
        lines = 0;
    }

    @Override
    public void close() {
        flush();
    }
}
