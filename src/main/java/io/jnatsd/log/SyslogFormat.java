package io.jnatsd.log;

import java.nio.charset.StandardCharsets;
import org.tinylog.core.LogEntry;
import org.tinylog.writers.raw.SyslogFacility;

/**
 * Formats syslog lines as gnatsd does; rsyslog reads them as RFC 3164. The text follows a priority and what the
 * transport requires, without level label and leading pid. Threads: the log thread.
 */
final class SyslogFormat {
    /** The form in which rsyslog writes a newline inside a message. */
    private static final String ESCAPED_NEWLINE = "#012";
    static final String DAY_TIME = "MMM ppd HH:mm:ss";

    private final SyslogFacility facility;
    private final LineTime time;
    private final String head;
    private final boolean framedByNewline;
    private final StringBuilder line = new StringBuilder();

    private SyslogFormat(SyslogFacility facility, LineTime time, String head, boolean framedByNewline) {
        this.facility = facility;
        this.time = time;
        this.head = head;
        this.framedByNewline = framedByNewline;
    }

    /**
     * Returns the format {@code <5>2026-11-21T19:58:24Z vm gsrv[18904]: Server is ready}, one datagram for each line.
     */
    static SyslogFormat udp(LogHost host) {
        return new SyslogFormat(SyslogFacility.KERN, LineTime.seconds("yyyy-MM-dd'T'HH:mm:ssXXX"),
                " " + host.name() + head(host), false);
    }

    /** Returns the same format with a newline after each line. */
    static SyslogFormat tcp(LogHost host) {
        return new SyslogFormat(SyslogFacility.KERN, LineTime.seconds("yyyy-MM-dd'T'HH:mm:ssXXX"),
                " " + host.name() + head(host), true);
    }

    /** Returns the format {@code <5>Nov 21 19:58:26 gsrv[18987]: Server is ready}. */
    static SyslogFormat unixUrl(LogHost host) {
        return new SyslogFormat(SyslogFacility.KERN, LineTime.seconds(DAY_TIME), head(host), true);
    }

    static SyslogFormat local(LogHost host) {
        return new SyslogFormat(SyslogFacility.DAEMON, LineTime.seconds(DAY_TIME), head(host), true);
    }

    /** Returns the format for logger(1), which adds time, tag and pid. */
    static SyslogFormat loggerInput() {
        return new SyslogFormat(SyslogFacility.DAEMON, null, "", true);
    }

    private static String head(LogHost host) {
        return " " + host.tag() + "[" + host.pid() + "]: ";
    }

    byte[] bytes(LogEntry entry) {
        line.setLength(0);
        line.append('<').append(facility.getCode() << 3 | LogLine.level(entry).severity.getCode()).append('>');
        if (time != null)
            time.append(entry.getTimestamp().toInstant(), line);
        line.append(head);
        int textStart = line.length();
        LogLine.appendText(entry, line);
        if (framedByNewline)
            escapeNewlines(textStart);
        return line.append('\n').toString().getBytes(StandardCharsets.UTF_8);
    }

    /** Escapes newlines if a newline ends a message. Otherwise a client could write syslog messages of its own. */
    private void escapeNewlines(int from) {
        for (int i = line.indexOf("\n", from); i >= 0; i = line.indexOf("\n", i))
            line.replace(i, i + 1, ESCAPED_NEWLINE);
    }
}
