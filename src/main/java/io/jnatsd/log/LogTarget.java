package io.jnatsd.log;

import java.io.IOException;
import java.util.Collection;
import java.util.EnumSet;
import org.tinylog.core.LogEntry;
import org.tinylog.core.LogEntryValue;
import org.tinylog.writers.Writer;

/**
 * A tinylog writer that lines go to. Threads: made by whoever opens the log, then only the log thread. Trouble is no
 * exception here, since no caller could do better than to keep what it can, count the rest ({@link Losses}) and try
 * again.
 *
 * <p>Of tinylog 2.7's ready writers none meets what gnatsd's users rely on, so the targets are writers of our own; any
 * other can be had through {@link Log#to}. FileWriter seeks to the end once instead of appending (two servers on one
 * file overwrite each other, and a file truncated by logrotate begins with a hole), makes missing directories, and
 * buffered repeats lines after the disk was full. RollingFileWriter has names of its own instead of renaming.
 * ConsoleWriter encodes for the locale, so that a container without one gets question marks. SyslogWriter dials
 * localhost whatever the host is, sends neither time nor tag, and never dials again.
 */
interface LogTarget extends Writer {
    @Override
    void write(LogEntry entry);

    /** Tries to get everything out; what cannot be written now stays, see {@link #waiting}. */
    @Override
    void flush();

    @Override
    void close();

    /** Lines are left over which another {@link #flush} may get out. */
    default boolean waiting() {
        return false;
    }

    /** Opening it again makes sense, after somebody renamed its file. */
    default boolean isFile() {
        return false;
    }

    @Override
    default Collection<LogEntryValue> getRequiredLogEntryValues() {
        return EnumSet.of(LogEntryValue.DATE, LogEntryValue.LEVEL, LogEntryValue.TAG, LogEntryValue.CONTEXT,
                LogEntryValue.MESSAGE);
    }

    /** What makes the target that settings ask for. */
    interface Opener {
        LogTarget open(LogSettings settings) throws IOException;
    }

    /** The first of file, remote syslog and syslog that is set, and else stderr. */
    static LogTarget open(LogSettings settings, LogHost host, Losses losses) throws IOException {
        if (!settings.file().isEmpty())
            return new FileTarget(settings, LineFormat.of(settings, host.pid(), false), losses);
        if (!settings.remoteSyslog().isEmpty())
            return SyslogTarget.open(RemoteSyslog.parse(settings.remoteSyslog(), host), losses);
        if (settings.syslog())
            return SyslogTarget.open(new LocalSyslog(host), losses);
        return new StreamTarget(host.stderr(), LineFormat.of(settings, host.pid(), host.colours()), losses);
    }
}
