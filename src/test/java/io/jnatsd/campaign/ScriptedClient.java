package io.jnatsd.campaign;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/**
 * A connection of a script. Its payloads begin with the number of the message, so that each message is known again.
 *
 * <p>Threads: the script's thread sends and awaits; a virtual thread reads. What is read is guarded by the lock.
 */
final class ScriptedClient {
    /** The subjects of the messages that end a part of a script. */
    static final String MARKERS = "_end";
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /**
     * A received message.
     *
     * @param status the message says that nobody got a request
     */
    record Received(String sid, String subject, String reply, long message, boolean headers, boolean status) {
    }

    private final Socket socket;
    private final OutputStream out;
    private final InputStream in;
    private final String name;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private List<Received> received = new ArrayList<>();
    private final Set<String> markers = new HashSet<>();
    private int pongs;
    private int oks;
    private final List<String> errors = new ArrayList<>();
    private String failure;
    private boolean ended;
    /** Number of PINGs sent. The script's thread. */
    private int pings;
    /** Number of commands sent that +OK or -ERR answers if the connection is verbose. The script's thread. */
    private int commands;
    /** The script's thread. */
    private boolean reset;

    ScriptedClient(String name, int port) throws IOException {
        this.name = name;
        this.socket = new Socket("127.0.0.1", port);
        socket.setTcpNoDelay(true);
        this.out = new BufferedOutputStream(socket.getOutputStream(), 64 * 1024);
        this.in = new BufferedInputStream(socket.getInputStream(), 64 * 1024);
        if (!line().startsWith("INFO "))
            throw new IOException(name + ": expected INFO");
        Thread.ofVirtual().name("reader of " + name).start(this::read);
    }

    // ---- the script's thread -----------------------------------------------------------------------------------

    ScriptedClient send(String command) throws IOException {
        commands++;
        out.write(command.getBytes(ISO_8859_1));
        return this;
    }

    /** Publishes a message whose payload says its number. */
    void publish(String subject, String reply, long message, boolean headers, int size) throws IOException {
        String body = message + ":" + filler(message).repeat(size);
        String target = subject + (reply.isEmpty() ? "" : " " + reply);
        String header = "NATS/1.0\r\nId: " + message + "\r\n\r\n";
        send(headers ? "HPUB " + target + " " + header.length() + " " + (header.length() + body.length()) + "\r\n" + header
                + body + "\r\n" : "PUB " + target + " " + body.length() + "\r\n" + body + "\r\n");
    }

    private static String filler(long message) {
        return String.valueOf((char) ('a' + message % 26));
    }

    void flush() throws IOException {
        out.flush();
    }

    void ping() throws IOException {
        pings++;
        out.write("PING\r\n".getBytes(ISO_8859_1));
        out.flush();
    }

    /** Waits for the answer to the last PING: all commands have been handled then. */
    void awaitPong() throws InterruptedException {
        await("PONG", () -> pongs >= pings);
    }

    void awaitMarker(String marker) throws InterruptedException {
        await("the message " + marker, () -> markers.remove(marker));
    }

    /** Returns whether the message arrives in time. */
    boolean awaitMarker(String marker, Duration time) throws InterruptedException {
        lock.lock();
        try {
            for (long left = time.toNanos(); left > 0 && !markers.contains(marker);)
                left = changed.awaitNanos(left);
            return markers.remove(marker);
        } finally {
            lock.unlock();
        }
    }

    private void await(String what, BooleanSupplier condition) throws InterruptedException {
        lock.lock();
        try {
            long left = PATIENCE.toNanos();
            while (!condition.getAsBoolean()) {
                if (failure != null || ended || (left = changed.awaitNanos(left)) <= 0)
                    throw new Violation(name + " waits for " + what + (failure != null ? ": " + failure
                            : ended ? ", but the server has closed the connection " + errors : " in vain"));
            }
        } finally {
            lock.unlock();
        }
    }

    /** Returns the messages since the last call, in the order of their arrival. */
    List<Received> take() {
        lock.lock();
        try {
            if (failure != null)
                throw new Violation(name + ": " + failure);
            List<Received> all = received;
            received = new ArrayList<>();
            return all;
        } finally {
            lock.unlock();
        }
    }

    /** Compares the answers since the last call with what was sent, and begins to count again. */
    void checkAnswers(boolean verbose, int denied) {
        lock.lock();
        try {
            if (errors.size() != denied || oks != (verbose ? commands - denied : 0))
                throw new Violation(name + ": " + commands + " commands, of which " + denied + " are not permitted, got "
                        + oks + " +OK and " + errors);
            forgetAnswers();
        } finally {
            lock.unlock();
        }
    }

    /** Returns how many errors contain this text. */
    int errors(String text) {
        lock.lock();
        try {
            return (int) errors.stream().filter(line -> line.contains(text)).count();
        } finally {
            lock.unlock();
        }
    }

    void awaitErrors(String text, int number) throws InterruptedException {
        await(number + " errors " + text, () -> errors(text) >= number);
    }

    void forgetAnswers() {
        lock.lock();
        try {
            commands = 0;
            oks = 0;
            errors.clear();
        } finally {
            lock.unlock();
        }
    }

    /** Closes the connection so that the server gets a reset, and not the end of a stream. */
    void reset() throws IOException {
        reset = true;
        socket.setSoLinger(true, 0);
        socket.close();
    }

    boolean isReset() {
        return reset;
    }

    void close() throws IOException {
        socket.close();
    }

    /** Waits until nothing more can be read. */
    void awaitEnd() throws InterruptedException {
        lock.lock();
        try {
            while (!ended)
                if (!changed.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS))
                    throw new Violation(name + ": the reader does not end");
        } finally {
            lock.unlock();
        }
    }

    // ---- the reader --------------------------------------------------------------------------------------------

    private void read() {
        try {
            while (true) {
                String line = line();
                if (line.startsWith("MSG ") || line.startsWith("HMSG "))
                    message(line);
                else
                    answer(line);
            }
        } catch (IOException e) {
            end(null);
        } catch (RuntimeException e) {
            end(e.toString());
        }
    }

    private void end(String why) {
        lock.lock();
        try {
            ended = true;
            failure = why;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void answer(String line) {
        lock.lock();
        try {
            if (line.equals("PONG"))
                pongs++;
            else if (line.equals("+OK"))
                oks++;
            else if (line.startsWith("-ERR "))
                errors.add(line);
            else if (!line.startsWith("INFO ") && !line.equals("PING"))
                throw new IllegalStateException("unexpected line: " + line);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void message(String line) throws IOException {
        String[] words = line.split(" ");
        boolean headers = words[0].equals("HMSG");
        int sizes = headers ? 2 : 1;
        int total = Integer.parseInt(words[words.length - 1]);
        int head = headers ? Integer.parseInt(words[words.length - 2]) : 0;
        byte[] body = in.readNBytes(total + 2);
        if (body.length < total + 2)
            throw new EOFException();
        String subject = words[1], reply = words.length - sizes > 3 ? words[3] : "";
        String header = new String(body, 0, head, ISO_8859_1), payload = new String(body, head, total - head, ISO_8859_1);
        if (body[total] != '\r' || body[total + 1] != '\n')
            throw new IllegalStateException("a message without an end: " + line);
        lock.lock();
        try {
            if (subject.startsWith(MARKERS)) {
                if (words[2].equals("end"))
                    markers.add(payload);
            } else {
                received.add(received(subject, words[2], reply, header, payload));
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private static Received received(String subject, String sid, String reply, String header, String payload) {
        if (header.startsWith("NATS/1.0 503"))
            return new Received(sid, subject, reply, Long.parseLong(subject.substring(subject.lastIndexOf('.') + 1)), true, true);
        int colon = payload.indexOf(':');
        long message = Long.parseLong(payload.substring(0, colon));
        if (!payload.substring(colon + 1).equals(filler(message).repeat(payload.length() - colon - 1)))
            throw new IllegalStateException("message " + message + " has the payload of another one");
        if (!header.isEmpty() && !header.equals("NATS/1.0\r\nId: " + message + "\r\n\r\n"))
            throw new IllegalStateException("message " + message + " has the header " + header);
        return new Received(sid, subject, reply, message, !header.isEmpty(), false);
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int b; (b = in.read()) != '\n';) {
            if (b < 0)
                throw new EOFException();
            if (b != '\r')
                line.append((char) b);
        }
        return line.toString();
    }
}
