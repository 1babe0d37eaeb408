package io.jnatsd.log;

import java.io.IOException;
import java.util.Collection;
import java.util.EnumSet;
import org.tinylog.core.LogEntry;
import org.tinylog.core.LogEntryValue;
import org.tinylog.writers.Writer;

/**
 * A tinylog writer that lines go to. Failures are not thrown, because no caller could handle them: the target keeps the
 * lines that it can, counts the others ({@link Losses}) and tries again. Threads: created by the thread that opens the
 * log, then the log thread only.
 *
 * <p>The targets are written here because none of the writers in tinylog 2.7 does what users of gnatsd expect.
 * FileWriter seeks to the end once instead of appending (two servers on one
 * file overwrite each other, and a file truncated by logrotate begins with a hole), creates missing directories, and
 * when buffered repeats lines after the disk was full. RollingFileWriter uses names of its own instead of renaming.
 * ConsoleWriter encodes for the locale, so that non-ASCII text becomes question marks in a container without one.
 * SyslogWriter dials localhost whatever the host is, sends neither time nor tag, and never reconnects.
 */
interface LogTarget extends Writer {
    @Override
    void write(LogEntry entry);

    /** Tries to write everything. The rest is kept, see {@link #waiting}. */
    @Override
    void flush();

    @Override
    void close();

    /** Returns whether lines are left that another {@link #flush} may write. */
    default boolean waiting() {
        return false;
    }

    /** Returns whether the target can be opened again after its file was renamed. */
    default boolean isFile() {
        return false;
    }

    @Override
    default Collection<LogEntryValue> getRequiredLogEntryValues() {
        return EnumSet.of(LogEntryValue.DATE, LogEntryValue.LEVEL, LogEntryValue.TAG, LogEntryValue.CONTEXT,
                LogEntryValue.MESSAGE);
    }

    /** Creates the target for settings. */
    interface Opener {
        LogTarget open(LogSettings settings) throws IOException;
    }

    /** Opens the first of file, remote syslog and syslog that is set, or else stderr. */
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
