package io.jnatsd.figures;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/**
 * Compares what two servers cost beside their messages: a start, an idle server, a connection, an idle connection, a
 * subscription. Time is processor time of the server, which other programs on the machine change little. Prints medians
 * and a CSV. Not a test: {@code java -cp target/test-classes:target/classes io.jnatsd.figures.CostFigures [rounds
 * [command [command of the other server]]]}, in the directory of the repository.
 */
public final class CostFigures {
    private static final int ROUNDS = 5;
    private static final int CONNECTS = 1000;
    private static final int SECURE_CONNECTS = 300;
    private static final int[] CONNECTIONS = {10, 100, 1000, 10_000};
    private static final int[] SUBSCRIPTIONS = {1, 1000, 100_000, 1_000_000};
    private static final String LOGIN = "CONNECT {\"verbose\":false,\"pedantic\":false,\"lang\":\"java\",\"version\":\"1\","
            + "\"protocol\":1}\r\n";
    private static final List<String> SECURE =
            List.of("-m", "{monitor}", "--tls", "--tlscert", "test-certs/server-cert.pem", "--tlskey", "test-certs/server-key.pem");

    /** The figures of each server by name, in the order in which they are measured. */
    private final Map<String, List<List<Double>>> figures = new LinkedHashMap<>();
    private final List<String> commands;

    private CostFigures(List<String> commands) {
        this.commands = commands;
    }

    public static void main(String[] args) throws Exception {
        int rounds = args.length > 0 ? Integer.parseInt(args[0]) : ROUNDS;
        CostFigures figures = new CostFigures(List.of(args.length > 1 ? args[1] : "bin/jnatsd",
                args.length > 2 ? args[2] : "nats-server"));
        for (int round = 0; round < rounds; round++)
            for (int server = 0; server < 2; server++)
                figures.measure(server);
        figures.print(System.out);
    }

    private void measure(int which) throws Exception {
        try (Measured plain = new Measured(commands.get(which), List.of())) {
            add(which, "start: processor time, ms", plain.startProcessor);
            add(which, "start: ready after, ms", plain.startMillis);
            TimeUnit.SECONDS.sleep(1);
            add(which, "idle: resident, MB", plain.memory("VmRSS") / 1e3);
            connect(plain, null, CONNECTS);
            add(which, "connect: processor time, us", connect(plain, null, CONNECTS));
        }
        try (Measured secure = new Measured(commands.get(which), SECURE)) {
            add(which, "start with TLS and monitoring: processor time, ms", secure.startProcessor);
            add(which, "start with TLS and monitoring: ready after, ms", secure.startMillis);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {new AnyCertificate()}, new SecureRandom());
            warmUp(secure, context);
            add(which, "TLS connect: processor time, us", connect(secure, context, SECURE_CONNECTS));
        }
        try (Measured idle = new Measured(commands.get(which), List.of())) {
            connections(which, idle);
        }
        for (int count : SUBSCRIPTIONS)
            try (Measured server = new Measured(commands.get(which), List.of())) {
                subscriptions(which, server, count);
            }
    }

    /** On a busy machine the first handshakes may take longer than the server waits. */
    private static void warmUp(Measured server, SSLContext context) {
        for (int i = 0; i < SECURE_CONNECTS; i++) {
            try {
                client(server.port, context).close();
            } catch (IOException e) {
                System.err.println("a connection to warm up has failed: " + e.getMessage());
            }
        }
    }

    /** Returns the processor time of a connection in microseconds. */
    private static double connect(Measured server, SSLContext context, int times) throws IOException {
        double before = server.processorMillis();
        for (int i = 0; i < times; i++)
            client(server.port, context).close();
        return (server.processorMillis() - before) * 1000 / times;
    }

    private static Socket client(int port, SSLContext context) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        awaitText(socket.getInputStream(), "\r\n");
        if (context != null) {
            SSLSocket secure = (SSLSocket) context.getSocketFactory().createSocket(socket, "localhost", port, true);
            secure.startHandshake();
            socket = secure;
        }
        send(socket, LOGIN + "PING\r\n");
        awaitText(socket.getInputStream(), "PONG\r\n");
        return socket;
    }

    private void connections(int which, Measured server) throws IOException {
        List<Socket> open = new ArrayList<>();
        try {
            client(server.port, null).close();
            double before = server.memory("VmRSS");
            for (int count : CONNECTIONS) {
                while (open.size() < count)
                    open.add(client(server.port, null));
                add(which, count + " connections: resident, MB", server.memory("VmRSS") / 1e3);
            }
            add(which, "idle connection, KB", (server.memory("VmRSS") - before) / open.size());
        } finally {
            for (Socket socket : open)
                socket.close();
        }
    }

    private void subscriptions(int which, Measured server, int count) throws IOException {
        double memory = server.memory("VmRSS"), time = server.processorMillis();
        try (Socket client = client(server.port, null)) {
            StringBuilder batch = new StringBuilder();
            for (int i = 0; i < count; i++) {
                batch.append("SUB s.").append(i % 1000).append('.').append(i).append(' ').append(i).append("\r\n");
                if (batch.length() > 60_000 || i + 1 == count) {
                    send(client, batch.append("PING\r\n").toString());
                    awaitText(client.getInputStream(), "PONG\r\n");
                    batch.setLength(0);
                }
            }
            if (count >= 1000)
                add(which, count + " subscriptions: processor time of each, us", (server.processorMillis() - time) * 1000 / count);
            add(which, count + " subscriptions: memory, MB", (server.memory("VmRSS") - memory) / 1e3);
        }
    }

    private void add(int which, String name, double value) {
        figures.computeIfAbsent(name, key -> List.of(new ArrayList<>(), new ArrayList<>())).get(which).add(value);
    }

    private void print(PrintStream out) {
        out.printf("%-52s %12s %12s %7s%n", "median", commands.get(0), commands.get(1), "ratio");
        figures.forEach((name, values) -> {
            double ours = median(values.get(0)), theirs = median(values.get(1));
            out.printf("%-52s %,12.1f %,12.1f %7.2f%n", name, ours, theirs, theirs / ours);
        });
        out.println("figure,first,second");
        figures.forEach((name, values) -> out.printf("\"%s\",%.3f,%.3f%n", name, median(values.get(0)), median(values.get(1))));
    }

    private static double median(List<Double> values) {
        double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : Arrays.stream(sorted, middle - 1, middle + 1).average().orElseThrow();
    }

    private static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static void awaitText(InputStream in, String text) throws IOException {
        for (int at = 0; at < text.length();) {
            int b = in.read();
            if (b < 0)
                throw new IOException("the server has closed the connection");
            at = b == text.charAt(at) ? at + 1 : b == text.charAt(0) ? 1 : 0;
        }
    }

    /** A server in a process of its own, which has logged that it is ready. Threads: one. */
    private static final class Measured implements AutoCloseable {
        final int port = freePort();
        final double startMillis;
        final double startProcessor;
        private final Process process;

        Measured(String command, List<String> options) throws IOException {
            List<String> line = new ArrayList<>(List.of(command.split(" ")));
            line.addAll(List.of("-a", "127.0.0.1", "-p", String.valueOf(port)));
            String monitor = String.valueOf(freePort());
            options.forEach(option -> line.add(option.replace("{monitor}", monitor)));
            long began = System.nanoTime();
            process = new ProcessBuilder(line).redirectErrorStream(true).start();
            awaitReady(new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8)), command);
            startMillis = (System.nanoTime() - began) / 1e6;
            startProcessor = processorMillis();
        }

        private static int freePort() {
            try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                return free.getLocalPort();
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }

        private static void awaitReady(BufferedReader log, String command) throws IOException {
            for (String text; (text = log.readLine()) != null;)
                if (text.contains("Server is ready"))
                    return;
            throw new IOException(command + " does not start");
        }

        /** Returns the processor time of all threads, which the kernel counts in nanoseconds. */
        double processorMillis() throws IOException {
            long nanos = 0;
            String[] threads = Path.of("/proc/" + process.pid() + "/task").toFile().list();
            for (String thread : threads == null ? new String[0] : threads)
                nanos += processorNanos(Path.of("/proc/" + process.pid() + "/task/" + thread + "/schedstat"));
            return nanos / 1e6;
        }

        private static long processorNanos(Path thread) {
            try {
                return Long.parseLong(Files.readString(thread).split(" ")[0]);
            } catch (IOException e) {
                // It has ended.
                return 0;
            }
        }

        /** Returns a value of the kernel's in kilobytes. */
        double memory(String field) throws IOException {
            for (String line : Files.readAllLines(Path.of("/proc/" + process.pid() + "/status")))
                if (line.startsWith(field + ":"))
                    return Double.parseDouble(line.replaceAll("\\D", ""));
            throw new IOException("no " + field);
        }

        @Override
        public void close() {
            process.destroy();
            try {
                if (!process.waitFor(20, TimeUnit.SECONDS))
                    process.destroyForcibly();
            } catch (InterruptedException e) {
                process.destroyForcibly();
                Thread.currentThread().interrupt();
            }
        }
    }

    /** The certificates of the tests are not known to this JVM. */
    private static final class AnyCertificate implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
