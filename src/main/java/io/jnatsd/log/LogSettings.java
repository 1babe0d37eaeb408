package io.jnatsd.log;

/**
 * The target and the format of a log. The target is the first of file, remote syslog and syslog that is set, or else
 * stderr. Threads: immutable.
 *
 * @param level the lowest level to write, apart from debug and trace: {@code info}, {@code warn}, {@code error}
 * @param format of lines in a file or on stderr, {@code text} or {@code json}; syslog has its own
 * @param file path, empty for none
 * @param fileSizeLimit bytes after which the file is rotated, 0 for never
 * @param maxFiles rotated files kept, 0 for all
 * @param remoteSyslog udp://host:port, tcp://host:port or unix:///path, empty for none
 */
public record LogSettings(boolean debug, boolean trace, boolean time, String level, String format, String file,
        long fileSizeLimit, int maxFiles, boolean syslog, String remoteSyslog) {
    /** Notices and more important lines to stderr, with the time. */
    public static final LogSettings STDERR = new LogSettings(false, false, true, "info", "text", "", 0, 0, false, "");

    /** Returns whether a change from the other settings to these needs no new target. */
    boolean sameTarget(LogSettings other) {
        return forTarget().equals(other.forTarget());
    }

    /** Returns these settings with all fields that do not affect the target set to one value. */
    private LogSettings forTarget() {
        if (!file.isEmpty())
            return new LogSettings(false, false, time, level, format, file, fileSizeLimit, maxFiles, false, "");
        if (syslog || !remoteSyslog.isEmpty())
            return new LogSettings(false, false, true, "info", "text", "", 0, 0, remoteSyslog.isEmpty(), remoteSyslog);
        return new LogSettings(false, false, time, "info", format, "", 0, 0, false, "");
    }
}
