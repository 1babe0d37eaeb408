package io.jnatsd.cli;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The program that {@code bin/launch.sh} runs once after a build, for Java to record the class archive that makes later
 * starts and first messages faster. It starts a server as the command does, opens some hundred connections and puts
 * load on them for a second or two, all in one process. The exit code is 0 on success.
 */
final class TrainingRun {
    private static final Duration PATIENCE = Duration.ofSeconds(100);
    private static final int CONNECTIONS = 500;
    private static final int ROUND_TRIPS = 5000;
    private static final int REQUESTS = 2000;
    private static final String MODERN = "CONNECT {\"verbose\":false,\"pedantic\":false,\"name\":\"training run\",\"lang\":\"java\","
            + "\"version\":\"1\",\"protocol\":1,\"headers\":true,\"no_responders\":true,\"echo\":true}\r\n";
    private static final String HEADERS = "NATS/1.0\r\nA: B\r\n\r\n";
    private static final String LOGIN = "CONNECT {\"verbose\":false,\"pedantic\":false,\"name\":\"training run\"}\r\n";

    private final InetAddress host = InetAddress.getLoopbackAddress();
    private final int port;

    private TrainingRun(int port) {
        this.port = port;
    }

    public static void main(String[] args) throws Exception {
        CompletableFuture.delayedExecutor(PATIENCE.toSeconds(), TimeUnit.SECONDS)
                .execute(() -> Runtime.getRuntime().halt(1));
        TrainingRun run = new TrainingRun(freePort());
        Thread.ofPlatform().daemon().start(run::serve);
        run.runLoad();
        System.exit(0);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private void serve() {
        try {
            String[] flags = {"-a", host.getHostAddress(), "-p", String.valueOf(port)};
            Runtime.getRuntime().halt(Main.run(flags, System.out, System.err));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void runLoad() throws IOException, InterruptedException {
        while (!isListening())
            LockSupport.parkNanos(10_000_000);
        for (int i = 0; i < CONNECTIONS; i++)
            connect("").close();
        publishOneByOne();
        request();
        publish(1, 16, 1_000_000);
        publish(4, 16, 200_000);
        publish(1, 1024, 100_000);
    }

    private boolean isListening() throws IOException {
        try (Socket socket = new Socket(host, port)) {
            return socket.isConnected();
        } catch (ConnectException e) {
            return false;
        }
    }

    /** Returns when the server has handled the commands. */
    private Socket connect(String commands) throws IOException {
        Socket socket = new Socket(host, port);
        socket.setTcpNoDelay(true);
        send(socket, LOGIN + commands + "PING\r\n");
        InputStream in = socket.getInputStream();
        // The answers are INFO and PONG.
        awaitLine(in);
        awaitLine(in);
        return socket;
    }

    private static void awaitLine(InputStream in) throws IOException {
        for (int b; (b = in.read()) != '\n';)
            if (b < 0)
                throw new EOFException();
    }

    private static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    }

    /** Publishes one message at a time, and receives it on the same connection. */
    private void publishOneByOne() throws IOException {
        try (Socket client = connect("SUB _INBOX.x.* 1\r\n")) {
            InputStream in = new BufferedInputStream(client.getInputStream());
            for (int i = 0; i < ROUND_TRIPS; i++) {
                send(client, "PUB _INBOX.x." + i + " 5\r\nhello\r\n");
                in.skipNBytes(("MSG _INBOX.x." + i + " 1 5\r\nhello\r\n").length());
            }
        }
    }

    /** Sends requests without a responder, and requests to a queue group, with and without headers. */
    private void request() throws IOException {
        String ask = "PUB nobody _INBOX.1 2\r\nhi\r\n", nobody = "HMSG _INBOX.1 1 16 16\r\nNATS/1.0 503\r\n\r\n\r\n";
        String size = HEADERS.length() + " " + (HEADERS.length() + 2) + "\r\n" + HEADERS + "hi\r\n";
        String send = "HPUB work _INBOX.1 " + size, got = "HMSG work 2 _INBOX.1 " + size;
        for (int i = 0; i < CONNECTIONS / 5; i++)
            exchange(ask, nobody, 1);
        exchange(ask, nobody, REQUESTS);
        exchange(send, got, REQUESTS);
        exchange(send + ask, got + nobody, REQUESTS);
    }

    private void exchange(String sent, String received, int times) throws IOException {
        try (Socket client = new Socket(host, port);
                Socket old = connect("SUB work.> 1\r\nSUB work 2\r\nUNSUB 2 1\r\n")) {
            client.setTcpNoDelay(true);
            send(client, MODERN + "SUB _INBOX.* 1\r\nSUB work workers 2\r\nPING\r\n");
            InputStream in = new BufferedInputStream(client.getInputStream());
            awaitLine(in);
            awaitLine(in);
            for (int i = 0; i < times; i++) {
                send(client, sent);
                in.skipNBytes(received.length());
            }
            send(old, "UNSUB 1\r\nPING\r\n");
        }
    }

    private void publish(int receivers, int size, int count) throws IOException, InterruptedException {
        String message = "foo " + size + "\r\n" + "x".repeat(size) + "\r\n", delivery = message.replace("foo", "foo 1");
        long bytes = (long) count * ("MSG " + delivery).length();
        List<Thread> reading = new ArrayList<>();
        for (int i = 0; i < receivers; i++) {
            Socket receiver = connect("SUB foo 1\r\n");
            reading.add(Thread.ofPlatform().daemon().start(() -> drain(receiver, bytes)));
        }
        try (Socket publisher = connect("")) {
            String some = ("PUB " + message).repeat(100);
            for (int i = 0; i < count; i += 100)
                send(publisher, some);
            for (Thread reader : reading)
                reader.join();
        }
    }

    private static void drain(Socket receiver, long bytes) {
        try (receiver) {
            InputStream in = receiver.getInputStream();
            byte[] buffer = new byte[64 * 1024];
            long left = bytes;
            for (int got; left > 0 && (got = in.read(buffer)) > 0;)
                left -= got;
            if (left > 0)
                throw new EOFException();
        } catch (IOException e) {
            Runtime.getRuntime().halt(1);
        }
    }
}
