package io.jnatsd.monitor;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.HotSpotDiagnosticMXBean.ThreadDumpFormat;
import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/** {@code /stacksz}: the stack traces of all threads, including virtual threads. Threads: any thread. */
final class Stacksz implements JsonPage.Text {
    /** The first line. gnatsd's tests look for this word, which is the name of a function in gnatsd. */
    private static final String TITLE = "HandleStacksz: the threads of this JVM\n";

    @Override
    public void write(Query query, Writer out) throws IOException {
        out.write(TITLE);
        // The only thread dump that includes virtual threads is written to a file, which must not exist before.
        Path folder = Files.createTempDirectory("jnatsd-stacksz");
        Path file = folder.resolve("dump");
        try {
            ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
                    .dumpThreads(file.toString(), ThreadDumpFormat.TEXT_PLAIN);
            try (Reader dump = Files.newBufferedReader(file)) {
                dump.transferTo(out);
            }
        } finally {
            Files.deleteIfExists(file);
            Files.deleteIfExists(folder);
        }
    }
}
