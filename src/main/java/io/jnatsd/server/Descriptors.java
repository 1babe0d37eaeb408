package io.jnatsd.server;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.LongSupplier;

/**
 * Reserves some of the process's file descriptors for the control socket, monitoring, the log and certificates, so that
 * a server with all its connections in use can still be monitored and controlled. If the limit of the system is
 * unknown, connections are accepted until the system refuses them.
 *
 * <p>Threads: one, which accepts connections.
 */
final class Descriptors {
    private static final Path LIMITS = Path.of("/proc/self/limits");
    private static final File OPEN = new File("/proc/self/fd");
    private static final String LIMIT = "Max open files";
    /** One of this many descriptors is reserved for a connection to the monitoring port. */
    private static final int PER_MONITOR_CONNECTION = 16;
    private static final int FEWEST_MONITOR_CONNECTIONS = 8;
    private static final int MOST_MONITOR_CONNECTIONS = 1024;
    /** One of this many descriptors is reserved for files and the control socket. */
    private static final int PER_FILE = 64;
    private static final int FEWEST_FILES = 4;
    private static final int MOST_FILES = 64;
    /** The ports count on their own, so each may use only this part of the free descriptors before it counts again. */
    private static final int PER_PORT = 8;

    private final long limit;
    private final LongSupplier open;
    /** The number of connections to accept before descriptors are counted again. */
    private long uncounted;

    /** @param open counts the descriptors in use */
    Descriptors(long limit, LongSupplier open) {
        this.limit = limit;
        this.open = open;
    }

    static Descriptors ofThisProcess() {
        return new Descriptors(limit(), Descriptors::open);
    }

    /** Returns how many connections the monitoring port of this process may have. */
    static int monitorConnections() {
        return monitorConnections(limit());
    }

    private static int monitorConnections(long limit) {
        return (int) Math.max(FEWEST_MONITOR_CONNECTIONS, Math.min(limit / PER_MONITOR_CONNECTION, MOST_MONITOR_CONNECTIONS));
    }

    private static long reserve(long limit) {
        return monitorConnections(limit) + Math.max(FEWEST_FILES, Math.min(limit / PER_FILE, MOST_FILES));
    }

    /** Returns {@link Long#MAX_VALUE} if the limit is unknown. */
    private static long limit() {
        try {
            // The JVM has raised the soft limit to the hard limit.
            for (String line : Files.readAllLines(LIMITS, StandardCharsets.ISO_8859_1))
                if (line.startsWith(LIMIT))
                    return Long.parseLong(line.substring(LIMIT.length()).strip().split("\\s+")[0]);
        } catch (IOException | NumberFormatException e) {
            // This system has no /proc, or no limit is set.
            return Long.MAX_VALUE;
        }
        return Long.MAX_VALUE;
    }

    /** Counting needs a descriptor itself. If it fails, all are in use. */
    private static long open() {
        String[] names = OPEN.list();
        return names == null ? Long.MAX_VALUE : names.length;
    }

    /**
     * Returns whether another connection may be accepted. Counting takes time in proportion to the open descriptors, so
     * they are counted again only when some of the free ones may be used up. They are counted for the whole process,
     * because all ports and files share them.
     */
    boolean sufficeForAnother() {
        if (limit == Long.MAX_VALUE || --uncounted >= 0)
            return true;
        long spare = limit - reserve(limit) - open.getAsLong();
        uncounted = Math.max(spare / PER_PORT, 0);
        return spare > 0;
    }
}
