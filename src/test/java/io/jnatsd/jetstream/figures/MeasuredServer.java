package io.jnatsd.jetstream.figures;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A server in a process of its own, started as an operator starts it. Threads: one. */
final class MeasuredServer implements AutoCloseable {
    private static final long START_NANOS = TimeUnit.MINUTES.toNanos(3);
    private static final double TICKS_PER_SECOND = 100;

    private final Process process;
    private final Path directory;
    private final int port;

    /** @param command the executable, perhaps with options, separated by spaces */
    MeasuredServer(String command) throws IOException, InterruptedException {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        directory = Files.createTempDirectory("jetstream-figures");
        List<String> line = new ArrayList<>(List.of(command.split(" ")));
        line.addAll(List.of("-a", "127.0.0.1", "-p", String.valueOf(port), "-js", "-sd", directory.toString()));
        process = new ProcessBuilder(line).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
        long deadline = System.nanoTime() + START_NANOS;
        while (!isListening()) {
            if (System.nanoTime() > deadline || !process.isAlive())
                throw new IOException(command + " does not start");
            Thread.sleep(50);
        }
    }

    private boolean isListening() {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    LoadClient connect() throws IOException {
        return connect("memory");
    }

    /** @param storage of the streams that the client creates */
    LoadClient connect(String storage) throws IOException {
        return new LoadClient(port, storage);
    }

    /** Returns the seconds of processor time that the process has used. */
    double processorTime() throws IOException {
        String stat = Files.readString(Path.of("/proc/" + process.pid() + "/stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / TICKS_PER_SECOND;
    }

    /** Returns the bytes of memory that the process has resident. */
    long residentBytes() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/" + process.pid() + "/status")))
            if (line.startsWith("VmRSS:"))
                return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
        throw new IOException("no VmRSS");
    }

    @Override
    public void close() throws IOException {
        process.destroy();
        try {
            if (!process.waitFor(20, TimeUnit.SECONDS))
                process.destroyForcibly().waitFor();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList())
                Files.deleteIfExists(file);
        }
    }
}
