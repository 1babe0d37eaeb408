package io.jnatsd.campaign;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.LockSupport;

/**
 * A publisher and a subscriber at one server of a mesh. The publisher numbers its messages; the subscriber gets those of
 * all servers, and notes gaps, steps back and doubles.
 *
 * <p>Threads: one publishes, one reads; other methods are for the thread that disturbs the mesh.
 */
final class Traffic {
    private static final long PAUSE = 2_000_000;
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final int server;
    private final Socket publisher;
    private final Socket subscriber;
    private final Thread publishing;
    /** Identity of this publisher among all of the run, so that numbers may begin again after a restart. */
    private final String identity;
    /** The last number from each server, -1 if there was none since the publisher's begin. Written by the reader. */
    private final AtomicLongArray last;
    /** Number of messages from each server that are missing. Written by the reader. */
    private final AtomicLongArray missing;
    /** The identity of the publisher at each server. Written by the reader. */
    private final AtomicReferenceArray<String> identities;
    private final long[] missingBefore;
    private volatile long published;
    private volatile long received;
    private volatile String failure;
    private volatile boolean stopped;

    Traffic(int server, int port, int servers) throws IOException {
        this.server = server;
        this.identity = Long.toString(System.nanoTime(), 36);
        this.last = new AtomicLongArray(servers);
        this.missing = new AtomicLongArray(servers);
        this.identities = new AtomicReferenceArray<>(servers);
        this.missingBefore = new long[servers];
        subscriber = connect(port, "SUB chaos.* 1\r\n");
        publisher = connect(port, "");
        Thread.ofPlatform().daemon().name("subscriber-" + server).start(this::read);
        publishing = Thread.ofPlatform().daemon().name("publisher-" + server).start(this::publish);
    }

    private static Socket connect(int port, String more) throws IOException {
        Socket socket = new Socket("127.0.0.1", port);
        socket.setTcpNoDelay(true);
        socket.getOutputStream().write(("CONNECT {\"verbose\":false,\"pedantic\":false,\"protocol\":1}\r\n" + more).getBytes(ISO_8859_1));
        return socket;
    }

    private void publish() {
        try {
            for (long number = 0; !stopped; number++) {
                String payload = identity + " " + number;
                publisher.getOutputStream().write(
                        ("PUB chaos." + server + " " + payload.length() + "\r\n" + payload + "\r\n").getBytes(ISO_8859_1));
                published = number;
                // What the server sends must be taken, or it would cut the publisher off.
                publisher.getInputStream().skip(publisher.getInputStream().available());
                LockSupport.parkNanos(PAUSE);
            }
        } catch (IOException e) {
            if (!stopped)
                failure = "the publisher at server " + server + " was disconnected: " + e;
        }
    }

    private void read() {
        try (BufferedReader in = new BufferedReader(new InputStreamReader(subscriber.getInputStream(), ISO_8859_1))) {
            for (String line; (line = in.readLine()) != null;) {
                if (line.equals("PING"))
                    subscriber.getOutputStream().write("PONG\r\n".getBytes(ISO_8859_1));
                else if (line.startsWith("MSG chaos."))
                    received(Integer.parseInt(line.substring(10, line.indexOf(' ', 10))), in.readLine().split(" "));
                else if (line.startsWith("-ERR"))
                    failure = "the subscriber at server " + server + " got " + line;
            }
            throw new IOException("end of the stream");
        } catch (IOException e) {
            if (!stopped)
                failure = "the subscriber at server " + server + " was disconnected: " + e;
        }
    }

    private void received(int from, String[] payload) {
        received++;
        long number = Long.parseLong(payload[1]);
        if (!payload[0].equals(identities.get(from))) {
            identities.set(from, payload[0]);
        } else if (number <= last.get(from)) {
            failure = "the subscriber at server " + server + " got message " + number + " of server " + from + " after "
                    + last.get(from);
        } else {
            missing.addAndGet(from, number - last.get(from) - 1);
        }
        last.set(from, number);
    }

    /** A disturbance begins. */
    void begin() {
        for (int i = 0; i < missingBefore.length; i++)
            missingBefore[i] = missing.get(i);
    }

    /** Waits until the messages that another has published arrive, and fails if one is missing that must not be. */
    void check(Traffic from, boolean complete) throws InterruptedException {
        long number = from.published, deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!from.identity.equals(identities.get(from.server)) || last.get(from.server) < number) {
            if (failure != null)
                throw new Violation(failure);
            if (System.nanoTime() > deadline)
                throw new Violation("the subscriber at server " + server + " has message " + last.get(from.server)
                        + " of server " + from.server + ", which has published " + number);
            TimeUnit.MILLISECONDS.sleep(1);
        }
        if (failure != null || from.failure != null)
            throw new Violation(failure != null ? failure : from.failure);
        long lost = missing.get(from.server) - missingBefore[from.server];
        if (complete && lost != 0)
            throw new Violation(lost + " messages from server " + from.server + " to server " + server + " are lost");
    }

    long received() {
        return received;
    }

    boolean isRunning() {
        return !stopped;
    }

    void stop() throws IOException, InterruptedException {
        stopped = true;
        publishing.join();
        publisher.close();
        subscriber.close();
    }
}
