package io.jnatsd.server;

import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * Measures what many logins at once do to others: two clients exchange messages, and then two thousand, from another
 * process, log in as a user whose password is a bcrypt hash of cost 11, with the right password, a wrong one each, or
 * one of ten right:
 *
 * <pre>java src/test/java/io/jnatsd/server/LoginStorm.java [LOGINS [ROUNDS]]   # 2000 1</pre>
 *
 * <p>Each storm meets a {@code bin/jnatsd} of its own, that has seen none of the passwords yet. The exit code is 1 if
 * the exchange fell below half its rate, or if a login got something else than its answer or a timeout.
 */
final class LoginStorm implements AutoCloseable {
    private static final int PORT = 4299;
    private static final String RIGHT = "hoo0NS@M2GS@ROUddIroVm";
    private static final String CONFIG = """
            listen: "127.0.0.1:%d"
            authorization { users: [
              { user: storm, password: $2a$11$xbXPP3Hj7Ek.H9Xq86v3SOr4sGlnR3Bh17Gkseey4iAyTPKsgfJIy }
              { user: calm, password: c }
            ] }
            """;
    private static final String SELF = "src/test/java/io/jnatsd/server/LoginStorm.java";
    private static final long WARM_UP_MILLIS = 5000, CALM_MILLIS = 5000;
    private static final double LEAST_SHARE = 0.5;
    private static final Set<String> CLEAN = Set.of("PONG", "-ERR 'Authorization Violation'",
            "-ERR 'Authentication Timeout'");

    /** The passwords of the logins. */
    private enum Kind {
        RIGHT, WRONG, MIXED;

        boolean isRight(int number) {
            return this == RIGHT || this == MIXED && number % 10 == 0;
        }
    }

    private final Process server;
    private final LongAdder exchanged = new LongAdder();
    private volatile boolean over;

    private LoginStorm(Path config) throws IOException, InterruptedException {
        server = new ProcessBuilder("bin/jnatsd", "-c", config.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD).start();
        Runtime.getRuntime().addShutdownHook(new Thread(server::destroy));
        while (!isListening()) {
            if (!server.isAlive())
                throw new IOException("bin/jnatsd did not start");
            Thread.sleep(50);
        }
    }

    private static boolean isListening() {
        try (Socket socket = new Socket("127.0.0.1", PORT)) {
            return socket.getInputStream().read() == 'I';
        } catch (IOException e) {
            return false;
        }
    }

    public static void main(String[] args) throws Exception {
        if (args.length == 3 && args[0].equals("storm")) {
            new Storm().run(Kind.valueOf(args[1]), Integer.parseInt(args[2]));
            return;
        }
        int logins = args.length > 0 ? Integer.parseInt(args[0]) : 2000;
        int rounds = args.length > 1 ? Integer.parseInt(args[1]) : 1;
        Path config = Files.writeString(Files.createTempFile("storm", ".conf"), CONFIG.formatted(PORT));
        boolean good = true;
        try {
            for (int round = 0; round < rounds; round++)
                for (Kind kind : Kind.values())
                    try (LoginStorm storm = new LoginStorm(config)) {
                        good &= storm.run(logins, kind);
                    }
        } finally {
            Files.delete(config);
        }
        System.exit(good ? 0 : 1);
    }

    @Override
    public void close() throws InterruptedException {
        over = true;
        server.destroy();
        server.waitFor();
    }

    private record Peer(Socket socket, InputStream in, OutputStream out) {
        static Peer connect(String user, String password) throws IOException {
            Socket socket = new Socket("127.0.0.1", PORT);
            socket.setTcpNoDelay(true);
            Peer peer = new Peer(socket, new BufferedInputStream(socket.getInputStream()), socket.getOutputStream());
            peer.line();
            peer.send("CONNECT {\"verbose\":false,\"pedantic\":false,\"user\":\"" + user + "\",\"pass\":\""
                    + password + "\"}\r\nPING\r\n");
            return peer;
        }

        void send(String text) throws IOException {
            out.write(text.getBytes(StandardCharsets.US_ASCII));
        }

        /** Returns null at the end. */
        String line() throws IOException {
            StringBuilder line = new StringBuilder();
            for (int b; (b = in.read()) >= 0; line.append((char) b))
                if (b == '\n')
                    return line.toString().strip();
            return null;
        }
    }

    /** The other process: waits for a line, logs in all clients, and prints the results. */
    private static final class Storm {
        private final Map<String, LongAdder> answers = new ConcurrentSkipListMap<>();
        private final Map<String, LongAdder> millis = new ConcurrentSkipListMap<>();

        void run(Kind kind, int logins) throws IOException, InterruptedException {
            System.out.println("ready");
            System.in.read();
            List<Thread> storm = new ArrayList<>();
            for (int i = 0; i < logins; i++) {
                boolean right = kind.isRight(i);
                String password = right ? RIGHT : "wrong" + i;
                storm.add(Thread.startVirtualThread(() -> login(password, right)));
            }
            for (Thread login : storm)
                login.join();
            System.out.println("done");
            answers.forEach((answer, count) -> System.out.println(count + " " + millis.get(answer).sum() / count.sum()
                    + " " + answer));
        }

        private void login(String password, boolean right) {
            long start = System.nanoTime();
            String answer;
            try {
                Peer peer = Peer.connect("storm", password);
                answer = String.valueOf(peer.line());
                if (answer.equals(right ? "-ERR 'Authorization Violation'" : "PONG"))
                    answer += ", which is wrong";
                peer.socket.close();
            } catch (IOException e) {
                answer = e.toString();
            }
            answers.computeIfAbsent(answer, a -> new LongAdder()).increment();
            millis.computeIfAbsent(answer, a -> new LongAdder()).add((System.nanoTime() - start) / 1_000_000);
        }
    }

    /** Returns whether the measurement succeeded. */
    private boolean run(int logins, Kind kind) throws Exception {
        Process storm = new ProcessBuilder(ProcessHandle.current().info().command().orElse("java"), SELF, "storm",
                kind.name(), String.valueOf(logins)).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        BufferedReader said = storm.inputReader();
        said.readLine();
        startExchange();
        rate(WARM_UP_MILLIS);
        double calm = rate(CALM_MILLIS);
        Duration serverBefore = processorTime(server), stormBefore = processorTime(storm);
        long start = System.nanoTime(), before = exchanged.sum();
        storm.getOutputStream().write('\n');
        storm.getOutputStream().flush();
        String done = said.readLine();
        double seconds = (System.nanoTime() - start) / 1e9;
        double share = (exchanged.sum() - before) / seconds / calm;
        System.out.printf("%s: %d logins in %.2f s; %.0f exchanges a second before, %.2f of that meanwhile;"
                + " processor time: server %d ms, storm %d ms%n", kind.name().toLowerCase(Locale.ROOT), logins, seconds,
                calm, share, processorTime(server).minus(serverBefore).toMillis(),
                processorTime(storm).minus(stormBefore).toMillis());
        boolean clean = "done".equals(done);
        for (String line; (line = said.readLine()) != null;) {
            String[] words = line.split(" ", 3);
            System.out.printf("  %5s %s, after %s ms on average%n", words[0], words[2], words[1]);
            clean &= CLEAN.contains(words[2]);
        }
        return clean && share >= LEAST_SHARE;
    }

    private static Duration processorTime(Process process) {
        return process.info().totalCpuDuration().orElse(Duration.ZERO);
    }

    private void startExchange() throws IOException {
        Peer one = Peer.connect("calm", "c"), two = Peer.connect("calm", "c");
        one.line();
        two.line();
        one.send("SUB back 1\r\nPING\r\n");
        two.send("SUB forth 1\r\nPING\r\n");
        one.line();
        two.line();
        Thread.ofPlatform().daemon().start(() -> relay(two, "PUB back 5\r\nhello\r\n", null));
        Thread.ofPlatform().daemon().start(() -> relay(one, "PUB forth 5\r\nhello\r\n", exchanged));
        one.send("PUB forth 5\r\nhello\r\n");
    }

    private double rate(long millis) throws InterruptedException {
        long before = exchanged.sum(), start = System.nanoTime();
        Thread.sleep(millis);
        return (exchanged.sum() - before) / ((System.nanoTime() - start) / 1e9);
    }

    private void relay(Peer peer, String answer, LongAdder count) {
        try {
            while (!over) {
                if (peer.line() == null)
                    throw new IOException("the server hung up");
                peer.line();
                if (count != null)
                    count.increment();
                peer.send(answer);
            }
        } catch (IOException e) {
            if (!over)
                System.out.println("the exchange ended: " + e);
        }
    }
}
