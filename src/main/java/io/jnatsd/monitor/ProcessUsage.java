package io.jnatsd.monitor;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Memory and processor time of this process, as the system sees them. Threads: anybody's.
 *
 * <p>Processor time is a share of the time since an earlier look, so it costs nothing while nobody looks; looks of
 * several visitors within a second share one figure.
 */
final class ProcessUsage {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final String RESIDENT = "VmRSS:";
    private static final long SHORTEST = TimeUnit.SECONDS.toNanos(1);

    /** A look at the clocks, and the share that was computed then. */
    private record Look(long time, long processorTime, double percent) {
    }

    private final AtomicReference<Look> last = new AtomicReference<>();

    /** Loads the libraries that the JVM needs for its own figures, which fails later if descriptors have run out. */
    static void load() {
        processorTime();
        ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
    }

    /** Percent of one core, in tenths; 0 until a second after the first look. */
    double processorPercent() {
        long now = System.nanoTime();
        Look before = last.get();
        if (before != null && now - before.time < SHORTEST)
            return before.percent;
        long used = processorTime();
        double percent = before == null ? 0
                : Math.round(1000.0 * (used - before.processorTime) / (now - before.time)) / 10.0;
        last.compareAndSet(before, new Look(now, used, Math.max(percent, 0)));
        return last.get().percent;
    }

    private static long processorTime() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean system
                ? Math.max(system.getProcessCpuTime(), 0) : 0;
    }

    /** Bytes of physical memory; where the system does not tell, what the JVM has taken for itself. */
    long residentBytes() {
        try {
            for (String line : Files.readAllLines(STATUS, StandardCharsets.ISO_8859_1))
                if (line.startsWith(RESIDENT))
                    return Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024;
        } catch (IOException | NumberFormatException e) {
            // Not a Linux, or one that hides it.
            return committedBytes();
        }
        return committedBytes();
    }

    private static long committedBytes() {
        MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
        return memory.getHeapMemoryUsage().getCommitted() + memory.getNonHeapMemoryUsage().getCommitted();
    }
}
