package io.jnatsd.log;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.tinylog.core.LogEntry;

/**
 * Syslog through a process of logger(1) of util-linux, which sends each line that it reads with the priority at the
 * start of the line. Threads: see {@link SyslogLink}.
 */
final class LoggerProgram implements SyslogLink {
    /** A logger that lacks the options, or the permission to use the socket, ends within this time. */
    private static final int START_MILLIS = 100;
    private static final String MAX_BYTES = "65000";

    private final Process process;
    private final OutputStream input;
    private final SyslogFormat format = SyslogFormat.loggerInput();

    private LoggerProgram(Process process) {
        this.process = process;
        this.input = process.getOutputStream();
    }

    static LoggerProgram start(Path socket, LogHost host) throws IOException {
        Process process = new ProcessBuilder(host.loggerProgram(), "-u", socket.toString(), "--socket-errors=on",
                "--prio-prefix", "-S", MAX_BYTES, "-t", host.tag(), "--id=" + host.pid())
                .redirectOutput(Redirect.DISCARD).redirectError(Redirect.DISCARD).start();
        try {
            if (process.waitFor(START_MILLIS, TimeUnit.MILLISECONDS))
                throw new IOException("logger ended with exit code " + process.exitValue());
        } catch (InterruptedException e) {
            process.destroy();
            throw new InterruptedIOException("interrupted");
        }
        return new LoggerProgram(process);
    }

    @Override
    public void send(LogEntry entry) throws IOException {
        input.write(format.bytes(entry));
        input.flush();
    }

    @Override
    public boolean lost() {
        return !process.isAlive();
    }

    /** Closes the program's input. It ends once it has sent all lines. */
    @Override
    public void close() throws IOException {
        input.close();
    }
}
