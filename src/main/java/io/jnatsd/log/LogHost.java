package io.jnatsd.log;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The environment of a log in the process. Tests supply their own. Threads: immutable.
 *
 * @param colours whether stderr is a terminal
 * @param name the machine's name in remote syslog lines
 * @param tag the program's name in syslog lines
 * @param syslogSockets where the local syslog may listen
 * @param loggerProgram logger(1), for a local syslog that accepts only datagrams
 */
record LogHost(OutputStream stderr, boolean colours, long pid, String name, String tag, List<Path> syslogSockets,
        String loggerProgram) {
    private static final List<Path> SYSLOG_SOCKETS =
            List.of(Path.of("/dev/log"), Path.of("/var/run/syslog"), Path.of("/var/run/log"));
    private static final List<Path> STDERR_LINKS = List.of(Path.of("/proc/self/fd/2"), Path.of("/dev/fd/2"));
    private static final int FILE_TYPE = 0170000, CHARACTER_DEVICE = 0020000;

    static LogHost ofProcess() {
        return new LogHost(System.err, stderrIsTerminal(), ProcessHandle.current().pid(), hostName(), programName(),
                SYSLOG_SOCKETS, "logger");
    }

    /**
     * Returns whether stderr is a terminal. As in gnatsd 1.0, any character device counts as one. System.console()
     * describes stdin and stdout.
     */
    private static boolean stderrIsTerminal() {
        for (Path link : STDERR_LINKS) {
            try {
                if (Files.exists(link))
                    return ((Integer) Files.getAttribute(link, "unix:mode") & FILE_TYPE) == CHARACTER_DEVICE;
            } catch (IOException | UnsupportedOperationException e) {
                return false; // unknown: plain text is always readable
            }
        }
        return false;
    }

    /** Asks the kernel, as Go does. The JDK would ask the name service, which may take seconds. */
    private static String hostName() {
        Path kernelName = Path.of("/proc/sys/kernel/hostname");
        try {
            return Files.exists(kernelName) ? Files.readString(kernelName).strip()
                    : InetAddress.getLocalHost().getHostName();
        } catch (IOException e) {
            return "localhost"; // no host name, or it cannot be read
        }
    }

    /** Returns the launcher's name. A JVM cannot read its own argv[0]. */
    private static String programName() {
        String exe = System.getProperty("jnatsd.exe", "");
        return exe.isEmpty() ? "jnatsd" : exe.substring(exe.lastIndexOf('/') + 1);
    }
}
