package io.jnatsd.jetstream.differential;

import io.jnatsd.server.PublishCommand;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A connection that keeps what arrives by subscription and shows all of it: statuses, headers, errors. Each char of a
 * text is one byte. Threads: one, beside its own that reads the socket.
 */
final class Link implements AutoCloseable {
    private static final int PATIENCE_SECONDS = 10;

    /**
     * A message that has arrived.
     *
     * @param reply null if there is none
     * @param headers with the first line, null if there are none
     */
    record Received(String subject, String reply, String headers, String payload) {
    }

    private final Socket socket;
    private final OutputStream out;
    private final Map<String, BlockingQueue<Received>> messages = new ConcurrentHashMap<>();
    private final BlockingQueue<String> pongs = new LinkedBlockingQueue<>();

    Link(int port) throws IOException {
        socket = new Socket("127.0.0.1", port);
        socket.setTcpNoDelay(true);
        out = socket.getOutputStream();
        InputStream in = new BufferedInputStream(socket.getInputStream(), 64 * 1024);
        send("CONNECT {\"verbose\":false,\"pedantic\":false,\"headers\":true,\"no_responders\":true}\r\n");
        Thread.startVirtualThread(() -> readAll(in));
    }

    private void readAll(InputStream in) {
        try (in) {
            while (true)
                read(in, line(in));
        } catch (IOException e) {
            pongs.add("closed: " + e);
        }
    }

    private void read(InputStream in, String line) throws IOException {
        String[] parts = line.split(" ");
        boolean headers = parts[0].equals("HMSG");
        int numbers = headers ? 2 : 1;
        switch (parts[0]) {
            case "MSG", "HMSG" -> {
                // A nats-server leaves two spaces where a reply subject would be.
                String reply = parts.length - numbers > 3 && !parts[3].isEmpty() ? parts[3] : null;
                int total = Integer.parseInt(parts[parts.length - 1]);
                int length = headers ? Integer.parseInt(parts[parts.length - 2]) : 0;
                String body = text(in.readNBytes(total));
                line(in);
                messages.computeIfAbsent(parts[2], sid -> new LinkedBlockingQueue<>()).add(new Received(parts[1], reply,
                        headers ? body.substring(0, length) : null, body.substring(length)));
            }
            case "PING" -> send("PONG\r\n");
            case "PONG" -> pongs.add("");
            case "-ERR" -> pongs.add(line);
            default -> { }
        }
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int b; (b = in.read()) != '\n'; line.append((char) b))
            if (b < 0)
                throw new EOFException();
        return line.toString().stripTrailing();
    }

    private void send(String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
    }

    void subscribe(String sid, String subject, String queue) throws IOException {
        send("SUB " + subject + " " + (queue.isEmpty() ? "" : queue + " ") + sid + "\r\n");
    }

    void unsubscribe(String sid) throws IOException {
        send("UNSUB " + sid + "\r\n");
    }

    /**
     * Publishes.
     *
     * @param reply empty for none
     * @param headers lines that end with CRLF; empty for none
     */
    void publish(String subject, String reply, String headers, String payload) throws IOException {
        send(PublishCommand.of(subject, reply, headers, payload));
    }

    /** Waits until the server has handled what was sent; an error that it reports is thrown. */
    void roundTrip() throws IOException, InterruptedException {
        send("PING\r\n");
        String pong = pongs.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        if (pong == null || !pong.isEmpty())
            throw new IOException(pong == null ? "no PONG" : pong);
    }

    /** Returns the next message of a subscription, null if none arrives in time. */
    Received next(String sid, long millis) throws InterruptedException {
        return messages.computeIfAbsent(sid, s -> new LinkedBlockingQueue<>()).poll(millis, TimeUnit.MILLISECONDS);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
