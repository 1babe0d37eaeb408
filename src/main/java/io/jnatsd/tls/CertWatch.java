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
 * Detects that certificate, key or CA files were replaced. It polls, because renewals replace symbolic links and
 * mounted directories, which the JDK's WatchService does not see. Threads: the timer only starts each check, which runs
 * on its own virtual thread, as does the callback.
 */
public final class CertWatch implements AutoCloseable {
    /** Identifies the content of a file; null times mean that there is no file. */
    private record Stamp(FileTime modified, long size, Object fileKey) {
    }

    private final List<Path> files;
    private final Runnable changed;
    private final AtomicBoolean looking = new AtomicBoolean();  // the thread that has set it owns reported and last
    private List<Stamp> reported;
    private List<Stamp> last;
    private final ScheduledFuture<?> ticks;

    /**
     * Watches the files of all blocks that request it. Changes after this call are detected, so it must be called
     * before the files are read.
     *
     * @param looks runs each check on its own thread, and throws nothing
     * @param changed called once for each change, after two checks have found the same files, so that a certificate and
     *         its key were both replaced; if they do not match yet, it is called again later
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

    /** A check that is running may still call the callback. */
    @Override
    public void close() {
        ticks.cancel(false);
    }

    /** Does a check, unless another one is running. */
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

    /** A file that cannot be accessed is treated as missing. */
    private static Stamp stamp(Path file) {
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            return new Stamp(attributes.lastModifiedTime(), attributes.size(), attributes.fileKey());
        } catch (IOException e) {
            return new Stamp(null, 0, null);
        }
    }
}
