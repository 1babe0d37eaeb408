package io.jnatsd.bench;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** The progress bar, one line that is overwritten until the run ends. Threads: used by one thread. */
final class Progress {
    private static final int WIDTH = 30;
    private static final String LINE_START = "\r";
    private static final String CLEAR_LINE = "\r\033[K";

    private final PrintWriter out;
    private final boolean shown;
    private final long total;

    /** @param shown false to write nothing, because the line is for terminals only */
    Progress(PrintWriter out, boolean shown, long total) {
        this.out = out;
        this.shown = shown;
        this.total = total;
    }

    void draw(long done, long elapsedNanos) {
        if (!shown)
            return;
        out.print(LINE_START + line(done, elapsedNanos));
        out.flush();
    }

    String line(long done, long elapsedNanos) {
        double part = Math.min(1, (double) done / Math.max(1, total));
        int filled = (int) (part * WIDTH);
        return String.format(Locale.ROOT, "[%s%s] %3d %%  %,d of %,d  %,.0f msgs/s ", "#".repeat(filled),
                "-".repeat(WIDTH - filled), (int) (part * 100), done, total,
                done / (Math.max(1, elapsedNanos) / (double) TimeUnit.SECONDS.toNanos(1)));
    }

    void clear() {
        if (!shown)
            return;
        out.print(CLEAR_LINE);
        out.flush();
    }
}
