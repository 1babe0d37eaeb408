package io.jnatsd.monitor;

import io.jnatsd.log.Threads;
import java.io.IOException;
import java.io.Writer;
import java.util.Map;

/**
 * {@code /stacksz}: the stack traces of the platform threads of the JVM and of the virtual threads of this server.
 *
 * <p>The thread dump of the JDK, {@code HotSpotDiagnosticMXBean.dumpThreads}, is not used: JDK 25.0.3 can crash in it
 * when a virtual thread changes its state at that moment, and every HTTP client can request this page.
 *
 * <p>Threads: any thread.
 */
final class Stacksz implements JsonPage.Text {
    /** The first line. gnatsd's tests look for this word, which is the name of a function in gnatsd. */
    private static final String TITLE = "HandleStacksz: the threads of this JVM\n";

    private final Threads threads;

    Stacksz(Threads threads) {
        this.threads = threads;
    }

    @Override
    public void write(Query query, Writer out) throws IOException {
        out.write(TITLE);
        for (Map.Entry<Thread, StackTraceElement[]> each : Thread.getAllStackTraces().entrySet())
            write(each.getKey(), each.getValue(), out);
        for (Thread each : threads.virtual())
            write(each, each.getStackTrace(), out);
    }

    private static void write(Thread thread, StackTraceElement[] trace, Writer out) throws IOException {
        out.write("\n#" + thread.threadId() + " \"" + thread.getName() + "\" " + (thread.isVirtual() ? "virtual " : "")
                + thread.getState() + "\n");
        for (StackTraceElement frame : trace)
            out.write("    " + frame + "\n");
    }
}
