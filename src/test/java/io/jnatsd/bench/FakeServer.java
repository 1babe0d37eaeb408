package io.jnatsd.bench;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A minimal NATS server for the tests of nats-bench, with optional faults. Threads: one virtual thread for each
 * connection.
 */
final class FakeServer implements AutoCloseable {
    private final ServerSocket listener = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
    private final List<Session> sessions = new CopyOnWriteArrayList<>();
    private final AtomicInteger deliveries = new AtomicInteger();
    private final AtomicInteger turn = new AtomicInteger();
    private final Set<String> published = ConcurrentHashMap.newKeySet();
    private final List<String> connects = new CopyOnWriteArrayList<>();

    /** The number of the delivery to drop, counted from 1; 0 for none. */
    volatile int loses;
    /** Sends a PING after every message, in the same write. */
    volatile boolean pings;
    /** The -ERR for a client after PUB or CONNECT, before it is disconnected; empty for none. */
    volatile String refusesPub = "";
    volatile String refusesConnect = "";

    FakeServer() throws IOException {
        Thread.ofVirtual().name("fake-accept").start(() -> {
            try {
                while (true) {
                    Session session = new Session(listener.accept());
                    sessions.add(session);
                    Thread.ofVirtual().name("fake-session").start(session);
                }
            } catch (IOException closed) {
                // The test has ended.
            }
        });
    }

    String address() {
        return "127.0.0.1:" + listener.getLocalPort();
    }

    /** Returns the subjects of all published messages. */
    Set<String> published() {
        return published;
    }

    /** Returns the CONNECT lines received. */
    List<String> connects() {
        return connects;
    }

    int subscriptions() {
        return sessions.stream().mapToInt(session -> session.subscriptions.size()).sum();
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Session session : sessions)
            session.socket.close();
    }

    private record Subscription(Session session, String pattern, String queue, String sid) {
        boolean matches(String subject) {
            int star = pattern.indexOf('*');
            return star < 0 ? pattern.equals(subject)
                    : subject.startsWith(pattern.substring(0, star)) && subject.indexOf('.', star) < 0;
        }
    }

    private void publish(String subject, String reply, byte[] payload) {
        published.add(subject);
        List<Subscription> matches = sessions.stream().flatMap(session -> session.subscriptions.values().stream())
                .filter(subscription -> subscription.matches(subject)).toList();
        List<Subscription> members = matches.stream().filter(match -> !match.queue.isEmpty()).toList();
        matches.stream().filter(match -> match.queue.isEmpty())
                .forEach(match -> deliver(match, subject, reply, payload));
        if (!members.isEmpty())
            deliver(members.get(turn.getAndIncrement() % members.size()), subject, reply, payload);
    }

    private void deliver(Subscription to, String subject, String reply, byte[] payload) {
        if (deliveries.incrementAndGet() == loses)
            return;
        ByteArrayOutputStream frame = new ByteArrayOutputStream();
        frame.writeBytes(("MSG " + subject + " " + to.sid + " " + (reply.isEmpty() ? "" : reply + " ") + payload.length
                + "\r\n").getBytes(StandardCharsets.UTF_8));
        frame.writeBytes(payload);
        frame.writeBytes((pings ? "\r\nPING\r\n" : "\r\n").getBytes(StandardCharsets.UTF_8));
        try {
            to.session.send(frame.toByteArray());
        } catch (IOException gone) {
            // The client has closed the connection.
        }
    }

    private final class Session implements Runnable {
        private final Socket socket;
        private final InputStream in;
        private final ReentrantLock writing = new ReentrantLock();
        private final Map<String, Subscription> subscriptions = new ConcurrentHashMap<>();

        Session(Socket socket) throws IOException {
            this.socket = socket;
            this.in = new BufferedInputStream(socket.getInputStream(), 64 * 1024);
        }

        @Override
        public void run() {
            try (socket) {
                say("INFO {\"version\":\"0.0.fake\",\"max_payload\":1048576} ");
                for (String line; (line = line()) != null;)
                    handle(line.split(" "), line);
            } catch (IOException e) {
                // The client has closed the connection.
            } finally {
                sessions.remove(this);
            }
        }

        private void handle(String[] words, String line) throws IOException {
            switch (words[0]) {
                case "CONNECT" -> {
                    connects.add(line);
                    refuse(refusesConnect);
                }
                case "PING" -> say("PONG");
                case "SUB" -> {
                    String sid = words[words.length - 1];
                    subscriptions.put(sid, new Subscription(this, words[1], words.length == 4 ? words[2] : "", sid));
                }
                case "PUB" -> {
                    refuse(refusesPub);
                    byte[] payload = in.readNBytes(Integer.parseInt(words[words.length - 1]));
                    in.readNBytes(2);
                    publish(words[1], words.length == 4 ? words[2] : "", payload);
                }
                default -> {
                }
            }
        }

        private void refuse(String text) throws IOException {
            if (text.isEmpty())
                return;
            say("-ERR '" + text + "'");
            throw new IOException(text);
        }

        private String line() throws IOException {
            ByteArrayOutputStream line = new ByteArrayOutputStream();
            for (int b; (b = in.read()) != '\n'; line.write(b))
                if (b < 0)
                    return null;
            return line.toString(StandardCharsets.UTF_8).strip();
        }

        private void say(String line) throws IOException {
            send((line + "\r\n").getBytes(StandardCharsets.UTF_8));
        }

        private void send(byte[] bytes) throws IOException {
            writing.lock();
            try {
                socket.getOutputStream().write(bytes);
            } finally {
                writing.unlock();
            }
        }
    }
}
