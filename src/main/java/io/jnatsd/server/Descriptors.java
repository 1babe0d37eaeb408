package io.jnatsd.server;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.LongSupplier;

/**
 * Keeps some of the process's file descriptors free of clients and routes, for the control socket, monitoring, the log
 * and certificates: a server that is full can still be looked at and controlled. Where the system does not tell the
 * limit, connections are accepted until the system refuses.
 *
 * <p>Threads: one, which accepts connections.
 */
final class Descriptors {
    private static final Path LIMITS = Path.of("/proc/self/limits");
    private static final File OPEN = new File("/proc/self/fd");
    private static final String LIMIT = "Max open files";
    /** Of so many descriptors one is for a visitor to the monitor. */
    private static final int PER_VISIT = 16;
    private static final int FEWEST_VISITS = 8;
    private static final int MOST_VISITS = 1024;
    /** Of so many descriptors one is for files and the control socket. */
    private static final int PER_FILE = 64;
    private static final int FEWEST_FILES = 4;
    private static final int MOST_FILES = 64;

    private final long limit;
    private final LongSupplier open;
    /** So many connections may be accepted before descriptors are counted again. */
    private long uncounted;

    /** @param open counts the descriptors in use */
    Descriptors(long limit, LongSupplier open) {
        this.limit = limit;
        this.open = open;
    }

    static Descriptors ofThisProcess() {
        return new Descriptors(limit(), Descriptors::open);
    }

    /** How many connections the monitor of this process may have. */
    static int visits() {
        return visits(limit());
    }

    private static int visits(long limit) {
        return (int) Math.max(FEWEST_VISITS, Math.min(limit / PER_VISIT, MOST_VISITS));
    }

    private static long reserve(long limit) {
        return visits(limit) + Math.max(FEWEST_FILES, Math.min(limit / PER_FILE, MOST_FILES));
    }

    /** {@link Long#MAX_VALUE} if it is unknown. */
    private static long limit() {
        try {
            // The JVM has raised the soft limit to the hard one.
            for (String line : Files.readAllLines(LIMITS, StandardCharsets.ISO_8859_1))
                if (line.startsWith(LIMIT))
                    return Long.parseLong(line.substring(LIMIT.length()).strip().split("\\s+")[0]);
        } catch (IOException | NumberFormatException e) {
            // Not a Linux, or there is no limit.
            return Long.MAX_VALUE;
        }
        return Long.MAX_VALUE;
    }

    /** To count takes a descriptor, too: all are in use if that fails. */
    private static long open() {
        String[] names = OPEN.list();
        return names == null ? Long.MAX_VALUE : names.length;
    }

    /**
     * Whether a connection may be accepted. Counting costs more the more descriptors are open, so it is done again when
     * half of what was free is used up; all ports and files together use the same descriptors.
     */
    boolean sufficeForAnother() {
        if (limit == Long.MAX_VALUE || --uncounted >= 0)
            return true;
        long spare = limit - reserve(limit) - open.getAsLong();
        uncounted = Math.max(spare / 2, 0);
        return spare > 0;
    }
}
