package io.jnatsd.campaign;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * What a process uses, from outside.
 *
 * @param resident resident memory in bytes
 * @param threads the threads of the operating system
 * @param descriptors open files and sockets
 */
record VitalSigns(long resident, int threads, int descriptors) {
    static VitalSigns of(long pid) throws IOException {
        Path folder = Path.of("/proc", String.valueOf(pid));
        long resident = 0;
        int threads = 0;
        for (String line : Files.readAllLines(folder.resolve("status"))) {
            String[] words = line.split("\\s+");
            if (line.startsWith("VmRSS:"))
                resident = Long.parseLong(words[1]) * 1024;
            else if (line.startsWith("Threads:"))
                threads = Integer.parseInt(words[1]);
        }
        try (Stream<Path> open = Files.list(folder.resolve("fd"))) {
            return new VitalSigns(resident, threads, (int) open.count());
        }
    }

    /** Returns the bytes of all objects of a Java process that are reachable, after a full collection. */
    static long liveHeap(long pid) throws IOException, InterruptedException {
        String[] lines = jcmd(pid, "GC.class_histogram").strip().split("\n");
        String total = lines[lines.length - 1];
        if (!total.startsWith("Total"))
            throw new IOException("unexpected answer of jcmd: " + total);
        return Long.parseLong(total.split("\\s+")[2]);
    }

    static String jcmd(long pid, String... command) throws IOException, InterruptedException {
        Process jcmd = new ProcessBuilder(Stream.concat(Stream.of(Path.of(System.getProperty("java.home"), "bin", "jcmd")
                .toString(), String.valueOf(pid)), Stream.of(command)).toList()).redirectErrorStream(true).start();
        String said = new String(jcmd.getInputStream().readAllBytes());
        if (!jcmd.waitFor(60, TimeUnit.SECONDS) || jcmd.exitValue() != 0)
            throw new IOException("jcmd: " + said);
        return said;
    }
}
