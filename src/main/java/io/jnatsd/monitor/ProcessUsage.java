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
 * The memory and processor time of this process, as measured by the system. Threads: any thread.
 *
 * <p>Processor use is computed since an earlier request, so that it costs nothing without requests. Requests within a
 * second get the same value.
 */
final class ProcessUsage {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final String RESIDENT = "VmRSS:";
    private static final long SHORTEST = TimeUnit.SECONDS.toNanos(1);

    /** A measurement, and the processor use computed then. */
    private record Measurement(long time, long processorTime, double percent) {
    }

    private final AtomicReference<Measurement> last = new AtomicReference<>();

    /**
     * Loads the libraries that the JVM needs for its statistics. Later this could fail for lack of file descriptors.
     */
    static void load() {
        processorTime();
        ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
    }

    /** Returns the percentage of one core, rounded to tenths; 0 until a second after the first call. */
    double processorPercent() {
        long now = System.nanoTime();
        Measurement before = last.get();
        if (before != null && now - before.time < SHORTEST)
            return before.percent;
        long used = processorTime();
        double percent = before == null ? 0
                : Math.round(1000.0 * (used - before.processorTime) / (now - before.time)) / 10.0;
        last.compareAndSet(before, new Measurement(now, used, Math.max(percent, 0)));
        return last.get().percent;
    }

    private static long processorTime() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean system
                ? Math.max(system.getProcessCpuTime(), 0) : 0;
    }

    /**
     * Returns the bytes of physical memory. Where the system does not provide them, it is the memory that the JVM has
     * committed.
     */
    long residentBytes() {
        try {
            for (String line : Files.readAllLines(STATUS, StandardCharsets.ISO_8859_1))
                if (line.startsWith(RESIDENT))
                    return Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024;
        } catch (IOException | NumberFormatException e) {
            // This system has no such file, or access is denied.
            return committedBytes();
        }
        return committedBytes();
    }

    private static long committedBytes() {
        MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
        return memory.getHeapMemoryUsage().getCommitted() + memory.getNonHeapMemoryUsage().getCommitted();
    }
}
