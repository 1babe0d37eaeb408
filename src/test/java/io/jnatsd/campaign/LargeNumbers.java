package io.jnatsd.campaign;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/** 20,000 connections, 1,000,000 subscriptions, and 100,000 new subjects in a second. */
final class LargeNumbers {
    /** What this program and the reserve of the server need beside the connections. */
    private static final int OTHER_DESCRIPTORS = 1300;

    static final List<Scenario> ALL = List.of(
            new Scenario("20,000 connections", "each is served; what they used is free when they have left",
                    LargeNumbers::connections),
            new Scenario("1,000,000 subscriptions", "each gets its message; what they used is free when they have ended",
                    LargeNumbers::subscriptions),
            new Scenario("100,000 new subjects in a second", "the memory has a bound", LargeNumbers::newSubjects));

    private LargeNumbers() {
    }

    private static int descriptors() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/self/limits")))
            if (line.startsWith("Max open files") && !line.contains("unlimited"))
                return Integer.parseInt(line.split("\\s+")[4]);
        return Integer.MAX_VALUE;
    }

    private static void readUntil(Socket socket, String end) throws IOException {
        StringBuilder read = new StringBuilder();
        byte[] buffer = new byte[4096];
        while (read.indexOf(end) < 0) {
            int count = socket.getInputStream().read(buffer);
            if (count < 0)
                throw new IOException("the server has closed a connection after " + read);
            read.append(new String(buffer, 0, count, ISO_8859_1));
        }
    }

    private static String connections(double scale) throws Exception {
        int count = Math.min((int) (20_000 * scale), descriptors() - OTHER_DESCRIPTORS);
        List<Socket> sockets = new ArrayList<>();
        try (Target target = Target.small(List.of(), "-Xmx1200m", null); Bystander bystander = Bystander.at(target);
                PatientClient publisher = new PatientClient(target.port())) {
            long before = bystander.liveHeap(target);
            for (int i = 0; i < count; i++) {
                Socket socket = new Socket("127.0.0.1", target.port());
                sockets.add(socket);
                socket.setSoTimeout(PatientClient.PATIENCE_MILLIS);
                socket.getOutputStream().write((Target.connect("admin", "a") + "SUB inbox." + i + " 1\r\nPING\r\n")
                        .getBytes(ISO_8859_1));
                if (i % 100 == 99)
                    readUntil(socket, "PONG\r\n");
            }
            for (int i = 0; i < count; i++)
                publisher.send("PUB inbox." + i + " 2\r\nhi\r\n");
            for (int i = 0; i < count; i++)
                readUntil(sockets.get(i), "MSG inbox." + i + " 1 2\r\nhi\r\n");
            long each = (bystander.liveHeap(target) - before) / count;
            for (Socket socket : sockets)
                socket.close();
            publisher.close();
            return String.format("%,d connections, %,d bytes of heap each; ", count, each) + target.recovered(bystander);
        } finally {
            for (Socket socket : sockets)
                socket.close();
        }
    }

    private static String subscriptions(double scale) throws Exception {
        int clients = 10, each = (int) (100_000 * scale);
        List<PatientClient> subscribers = new ArrayList<>();
        try (Target target = Target.small(List.of(), "-Xmx2g", null); Bystander bystander = Bystander.at(target);
                PatientClient publisher = new PatientClient(target.port())) {
            long before = bystander.liveHeap(target), begin = System.nanoTime();
            for (int c = 0; c < clients; c++) {
                PatientClient client = new PatientClient(target.port());
                subscribers.add(client);
                for (int sid = 0; sid < each; sid += 1000) {
                    StringBuilder lines = new StringBuilder();
                    for (int i = sid; i < sid + 1000; i++)
                        lines.append("SUB many.").append(c).append('.').append(i).append(i % 10 == 0 ? ".* " : " ").append(i)
                                .append("\r\n");
                    client.send(lines);
                }
                client.roundTrip();
            }
            long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin);
            long bytes = (bystander.liveHeap(target) - before) / clients / each;
            Random random = new Random(1);
            for (int n = 0; n < 1000; n++) {
                int c = random.nextInt(clients), i = random.nextInt(each);
                String subject = "many." + c + "." + i + (i % 10 == 0 ? ".x" : "");
                publisher.send("PUB " + subject + " 2\r\nok\r\n");
                subscribers.get(c).expect("MSG " + subject + " " + i + " 2").expect("ok");
            }
            for (PatientClient client : subscribers)
                client.close();
            publisher.close();
            return String.format("%,d subscriptions in %,d ms, %,d bytes of heap each; ", clients * each, millis, bytes)
                    + target.recovered(bystander);
        } finally {
            for (PatientClient client : subscribers)
                client.close();
        }
    }

    /** Nine of ten subjects are only published to, one is subscribed, published to, and unsubscribed. */
    private static String newSubjects(double scale) throws Exception {
        int seconds = Math.max(1, (int) (30 * scale)), batch = 1000, got = 0;
        try (Target target = Target.small(List.of(), "-Xmx64m", null); Bystander bystander = Bystander.at(target);
                PatientClient client = new PatientClient(target.port())) {
            long begin = System.nanoTime();
            int batches = 100 * seconds;
            for (int n = 0; n < batches; n++) {
                StringBuilder lines = new StringBuilder();
                for (int i = n * batch; i < (n + 1) * batch; i++) {
                    boolean subscribed = i % 10 == 0;
                    if (subscribed)
                        lines.append("SUB new.").append(i).append(i % 20 == 0 ? " 1\r\n" : ".* 1\r\n");
                    lines.append("PUB new.").append(i).append(i % 20 == 10 ? ".x" : "").append(" 1\r\nx\r\n");
                    if (subscribed)
                        lines.append("UNSUB 1\r\n");
                }
                got += client.send(lines).linesUntilPong() / 2;
                long early = begin + n * 10_000_000L - System.nanoTime();
                if (early > 0)
                    TimeUnit.NANOSECONDS.sleep(early);
            }
            double rate = (double) batches * batch / (System.nanoTime() - begin) * 1e9;
            assertEquals(batches * batch / 10, got, "messages");
            client.close();
            return String.format("%,d subjects, %,.0f in a second; ", batches * batch, rate) + target.recovered(bystander);
        }
    }
}
