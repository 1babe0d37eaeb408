package io.jnatsd.log;

/**
 * Where lines go and how they look (operations reference, section 9). The target is the first of file, remote syslog,
 * syslog that is set, and else stderr. Threads: immutable.
 *
 * @param level the least important lines written beside debug and trace: {@code info}, {@code warn}, {@code error}
 * @param format of lines in a file or on stderr, {@code text} or {@code json}; syslog has its own
 * @param file path, empty for none
 * @param fileSizeLimit bytes after which the file is rotated, 0 for never
 * @param maxFiles rotated files kept, 0 for all
 * @param remoteSyslog udp://host:port, tcp://host:port or unix:///path, empty for none
 */
public record LogSettings(boolean debug, boolean trace, boolean time, String level, String format, String file,
        long fileSizeLimit, int maxFiles, boolean syslog, String remoteSyslog) {
    /** Notices with time to stderr. */
    public static final LogSettings STDERR = new LogSettings(false, false, true, "info", "text", "", 0, 0, false, "");

    /** A change from the other to these needs no new target. */
    boolean sameTarget(LogSettings other) {
        return forTarget().equals(other.forTarget());
    }

    /** These settings with all that the target does not depend on set to one value. */
    private LogSettings forTarget() {
        if (!file.isEmpty())
            return new LogSettings(false, false, time, level, format, file, fileSizeLimit, maxFiles, false, "");
        if (syslog || !remoteSyslog.isEmpty())
            return new LogSettings(false, false, true, "info", "text", "", 0, 0, remoteSyslog.isEmpty(), remoteSyslog);
        return new LogSettings(false, false, time, "info", format, "", 0, 0, false, "");
    }
}
