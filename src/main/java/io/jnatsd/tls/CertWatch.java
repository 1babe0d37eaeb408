package io.jnatsd.tls;

import io.jnatsd.config.ServerOptions.TlsOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

/**
 * Notices when certificate, key or CA files were replaced. Threads: the timer only starts each look, which runs on a
 * virtual thread of its own, as does the call that it leads to. It polls, since renewals swap symbolic links and
 * mounted folders, which the JDK's WatchService does not see.
 */
public final class CertWatch implements AutoCloseable {
    /** What tells one content of a file from another; null times stand for no file. */
    private record Stamp(FileTime modified, long size, Object fileKey) {
    }

    private final List<Path> files;
    private final Runnable changed;
    private final AtomicBoolean looking = new AtomicBoolean();  // whoever set it owns reported and last
    private List<Stamp> reported;
    private List<Stamp> last;
    private final ScheduledFuture<?> ticks;

    /**
     * Watches the files of all blocks that ask for it. What counts is a change after this, so start before reading.
     *
     * @param looks starts each look on a thread of its own and throws nothing
     * @param changed called once for each change, when the files have stayed the same from one look to the next, so
     *        that a certificate and its key are both in place; if they are not it will be called again
     */
    public CertWatch(Collection<TlsOptions> blocks, ScheduledExecutorService timer, Executor looks,
            Duration interval, Runnable changed) {
        files = blocks.stream().filter(TlsOptions::watchFiles)
                .flatMap(block -> Stream.of(block.certFile(), block.keyFile(), block.caFile()))
                .filter(file -> !file.isEmpty()).distinct().map(Path::of).toList();
        this.changed = changed;
        reported = last = stamps();
        ticks = timer.scheduleWithFixedDelay(() -> looks.execute(this::look),
                interval.toNanos(), interval.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** One look that is under way may still lead to a call. */
    @Override
    public void close() {
        ticks.cancel(false);
    }

    /** Looks once, unless another look is under way. */
    void look() {
        if (!looking.compareAndSet(false, true))
            return;
        boolean report;
        try {
            List<Stamp> now = stamps();
            report = now.equals(last) && !now.equals(reported);
            last = now;
            if (report)
                reported = now;
        } finally {
            looking.set(false);
        }
        if (report)
            changed.run();
    }

    private List<Stamp> stamps() {
        return files.stream().map(CertWatch::stamp).toList();
    }

    /** A file that cannot be looked at is one that is not there. */
    private static Stamp stamp(Path file) {
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            return new Stamp(attributes.lastModifiedTime(), attributes.size(), attributes.fileKey());
        } catch (IOException e) {
            return new Stamp(null, 0, null);
        }
    }
}
