package io.jnatsd.bench;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One connection to the server, logged in. Threads: one thread reads; any thread may write whole frames, and may call
 * {@link #finish}.
 */
final class Peer {
    private static final byte[] PING = bytes("PING\r\n");
    private static final byte[] PONG = bytes("PONG\r\n");
    private static final Pattern VERSION = Pattern.compile("\"version\":\"([^\"]*)\"");
    private static final Pattern MAX_PAYLOAD = Pattern.compile("\"max_payload\":(\\d{1,18})");
    private static final Pattern TLS_OFFERED = Pattern.compile("\"tls_(?:required|available)\":true");
    private static final Pattern TLS_REQUIRED = Pattern.compile("\"tls_required\":true");

    private static final Pattern HEADERS = Pattern.compile("\"headers\":true");

    private final String name;
    private final String info;
    /** The TCP socket. Closing the TLS socket on top of it could block behind a writer. */
    private final Socket raw;
    private final FrameReader in;
    private final OutputStream out;
    /** Guards {@code out}, so that frames are not mixed. */
    private final ReentrantLock writing = new ReentrantLock();
    /** Set before the socket is closed intentionally, so that the reader can tell. */
    private volatile boolean finished;

    private Peer(String name, String info, Socket raw, FrameReader in, OutputStream out) {
        this.name = name;
        this.info = info;
        this.raw = raw;
        this.in = in;
        this.out = out;
    }

    /** Connects and logs in within the timeout. */
    static Peer connect(Endpoint endpoint, Tls tls, String name, int timeoutMillis) throws BenchFailure {
        Socket raw = new Socket();
        try (Deadline deadline = new Deadline(raw, timeoutMillis)) {
            try {
                dial(raw, endpoint);
                return greet(raw, endpoint, tls, name);
            } catch (IOException e) {
                closeQuietly(raw);
                if (deadline.isPassed())
                    throw new BenchFailure("no answer from " + endpoint.address() + " within " + timeoutMillis / 1000
                            + " s");
                throw e instanceof BenchFailure known ? known
                        : new BenchFailure("no NATS server at " + endpoint.address(), e);
            }
        }
    }

    private static void dial(Socket raw, Endpoint endpoint) throws BenchFailure {
        try {
            raw.setTcpNoDelay(true);
            raw.connect(new InetSocketAddress(endpoint.host(), endpoint.port()));
        } catch (UnknownHostException e) {
            throw new BenchFailure("cannot connect to " + endpoint.address() + ": unknown host");
        } catch (IOException e) {
            throw new BenchFailure("cannot connect to " + endpoint.address(), e);
        }
    }

    private static Peer greet(Socket raw, Endpoint endpoint, Tls tls, String name) throws IOException {
        FrameReader greeting = new FrameReader(raw.getInputStream());
        FrameReader.Frame first = greeting.next();
        if (first == FrameReader.Frame.ERR)
            throw new BenchFailure("the server at " + endpoint.address() + " said " + greeting.text());
        if (first != FrameReader.Frame.INFO)
            throw new IOException("it closed the connection without sending anything");
        String info = greeting.text();
        boolean secure = endpoint.tls() || TLS_REQUIRED.matcher(info).find();
        if (secure && !TLS_OFFERED.matcher(info).find())
            throw new BenchFailure("the server at " + endpoint.address() + " does not offer TLS");
        Socket socket = secure ? tls.upgrade(raw, endpoint) : raw;
        // Without TLS, the reader of INFO may have buffered more data already.
        FrameReader in = secure ? new FrameReader(socket.getInputStream()) : greeting;
        Peer peer = new Peer(name, info, raw, in, socket.getOutputStream());
        peer.logIn(endpoint, secure);
        return peer;
    }

    private void logIn(Endpoint endpoint, boolean secure) throws IOException {
        try {
            write(bytes("CONNECT {\"verbose\":false,\"pedantic\":false,\"tls_required\":" + secure + ","
                    + endpoint.loginFields() + "\"name\":\"nats-bench " + name
                    + "\",\"lang\":\"java\",\"version\":\"1\",\"protocol\":1,\"headers\":" + takesHeaders() + "}\r\nPING\r\n"));
        } catch (BenchFailure broken) {
            // The server has closed the connection. It has usually sent an -ERR before; reading it gives a better
            // message.
            awaitPong();
            throw broken;
        }
        awaitPong();
    }

    String serverVersion() {
        Matcher version = VERSION.matcher(info);
        return version.find() ? version.group(1) : "unknown";
    }

    boolean takesHeaders() {
        return HEADERS.matcher(info).find();
    }

    /** Returns the largest payload that the server accepts. */
    long maxPayload() {
        Matcher max = MAX_PAYLOAD.matcher(info);
        return max.find() ? Long.parseLong(max.group(1)) : Long.MAX_VALUE;
    }

    /**
     * Subscribes and waits until the server has registered the subscription. Returns the number of messages received by
     * then.
     */
    long subscribe(String subject, String queue) throws IOException {
        write(bytes("SUB " + subject + (queue.isEmpty() ? "" : " " + queue) + " 1\r\n"));
        ping();
        return awaitPong();
    }

    /** Waits for PONG and returns the number of messages that came before it. */
    private long awaitPong() throws IOException {
        long messages = 0;
        while (true) {
            switch (next()) {
                case PONG -> {
                    return messages;
                }
                case MSG -> messages++;
                case END -> throw new BenchFailure(name + ": the connection was closed");
                default -> {
                }
            }
        }
    }

    void ping() throws IOException {
        write(PING);
    }

    /**
     * Returns the next frame, or END after {@link #finish}; fails on -ERR. A PING is answered and also returned,
     * because a caller that defers work while data is buffered must learn that the buffer is empty.
     */
    FrameReader.Frame next() throws IOException {
        FrameReader.Frame frame = read();
        switch (frame) {
            case PING -> write(PONG);
            case ERR -> throw new BenchFailure(name + ": the server said " + in.text());
            case END -> {
                if (!finished)
                    throw new BenchFailure(name + ": the server closed the connection");
            }
            default -> {
            }
        }
        return frame;
    }

    private FrameReader.Frame read() throws IOException {
        try {
            return in.next();
        } catch (IOException e) {
            if (finished)
                return FrameReader.Frame.END;
            throw new BenchFailure(name, e);
        }
    }

    /** Returns the reader, for the details of the frame that {@link #next} returned last. */
    FrameReader frames() {
        return in;
    }

    void write(byte[] frames) throws IOException {
        write(frames, frames.length);
    }

    /** Writes the first bytes of an array, which must be whole frames. */
    void write(byte[] frames, int length) throws IOException {
        writing.lock();
        try {
            out.write(frames, 0, length);
        } catch (IOException e) {
            throw new BenchFailure(name, e);
        } finally {
            writing.unlock();
        }
    }

    /** Closes the connection intentionally: a reader gets END, and a writer fails. */
    void finish() {
        finished = true;
        closeQuietly(raw);
    }

    boolean isFinished() {
        return finished;
    }

    String name() {
        return name;
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static void closeQuietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException alreadyGone) {
            // Nothing can be done about it.
        }
    }
}
