package io.jnatsd.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A plain socket on which a test reads and writes the protocol as text. Each char of a text is one byte. */
public final class RawClient implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 5000;

    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;
    /** Data read from the socket that the test has not expected yet. */
    private final StringBuilder unread = new StringBuilder();

    public RawClient(Socket socket) throws IOException {
        this.socket = socket;
        this.in = socket.getInputStream();
        this.out = socket.getOutputStream();
        socket.setTcpNoDelay(true);
    }

    /** Connects and reads the INFO line. */
    public static RawClient connect(int port) throws IOException {
        RawClient client = open(port);
        client.expect("INFO \\{.*\\} \r\n");
        return client;
    }

    /** Connects and reads nothing. */
    public static RawClient open(int port) throws IOException {
        return new RawClient(new Socket("127.0.0.1", port));
    }

    /**
     * Connects as client libraries do, neither verbose nor pedantic, and waits until the server has handled CONNECT.
     */
    public static RawClient quiet(int port) throws IOException {
        RawClient client = connect(port);
        client.send("CONNECT {\"verbose\":false,\"pedantic\":false}\r\n").roundTrip();
        return client;
    }

    /** Connects with a small receive buffer, and sends commands. If the caller reads nothing, the server cannot write. */
    public static RawClient stuck(int port, String commands) throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(4096);
        socket.connect(new InetSocketAddress("127.0.0.1", port));
        RawClient client = new RawClient(socket);
        client.expect("INFO .*?\r\n");
        return client.send(commands).roundTrip();
    }

    public RawClient send(String text) throws IOException {
        return send(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    public RawClient send(byte[] bytes) throws IOException {
        out.write(bytes);
        out.flush();
        return this;
    }

    /** Returns when everything sent before has been handled. Nothing else may be waiting to be read. */
    public RawClient roundTrip() throws IOException {
        send("PING\r\n");
        expect("PONG\r\n");
        return this;
    }

    /** Reads until the received text begins with a match, and removes it. */
    public Matcher expect(String regex) throws IOException {
        Pattern pattern = Pattern.compile(regex, Pattern.DOTALL);
        long deadline = System.nanoTime() + PATIENCE_MILLIS * 1_000_000L;
        while (true) {
            Matcher matcher = pattern.matcher(unread.toString());
            if (matcher.lookingAt()) {
                unread.delete(0, matcher.end());
                return matcher;
            }
            int left = (int) ((deadline - System.nanoTime()) / 1_000_000);
            assertTrue(left > 0 && read(left), () -> "expected " + regex + " but found: " + unread);
        }
    }

    /** Reads this many bytes. */
    public RawClient skip(int bytes) throws IOException {
        long deadline = System.nanoTime() + PATIENCE_MILLIS * 1_000_000L;
        while (unread.length() < bytes) {
            int left = (int) ((deadline - System.nanoTime()) / 1_000_000);
            assertTrue(left > 0 && read(left), () -> "expected " + bytes + " bytes but found " + unread.length());
        }
        unread.delete(0, bytes);
        return this;
    }

    /** Expects exactly this text next. */
    public RawClient expectText(String text) throws IOException {
        long deadline = System.nanoTime() + PATIENCE_MILLIS * 1_000_000L;
        while (unread.length() < text.length()) {
            int left = (int) ((deadline - System.nanoTime()) / 1_000_000);
            if (left <= 0 || !read(left))
                break;
        }
        assertEquals(text, unread.substring(0, Math.min(text.length(), unread.length())));
        unread.delete(0, text.length());
        return this;
    }

    /** Expects that nothing is received within a tenth of a second. */
    public RawClient expectNothing() throws IOException {
        read(100);
        assertEquals("", unread.toString());
        return this;
    }

    /** Expects that the server closes the connection without sending anything more. */
    public void expectClosed() throws IOException {
        long deadline = System.nanoTime() + PATIENCE_MILLIS * 1_000_000L;
        while (true) {
            int left = (int) ((deadline - System.nanoTime()) / 1_000_000);
            assertTrue(left > 0, "still open");
            socket.setSoTimeout(left);
            try {
                int b = in.read();
                if (b < 0)
                    break;
                unread.append((char) b);
            } catch (SocketException e) {
                break;
            } catch (SocketTimeoutException e) {
                throw new AssertionError("still open", e);
            }
        }
        assertEquals("", unread.toString());
    }

    /** Expects exactly this text, after which the server closes the connection. */
    public void expectEnd(String text) throws IOException {
        expectText(text).expectClosed();
    }

    /** Returns the result of one read of the socket. Nothing may have been read ahead. */
    public String readOnce() throws IOException {
        assertEquals("", unread.toString());
        read(PATIENCE_MILLIS);
        String piece = unread.toString();
        unread.setLength(0);
        return piece;
    }

    /** Reads until the server closes the connection. */
    public String readToEnd() throws IOException {
        while (read(PATIENCE_MILLIS))
            continue;
        String all = unread.toString();
        unread.setLength(0);
        return all;
    }

    /** Returns false at the end of the stream or after the time. */
    private boolean read(int millis) throws IOException {
        byte[] bytes = new byte[64 * 1024];
        socket.setSoTimeout(Math.max(millis, 1));
        try {
            int got = in.read(bytes);
            if (got < 0)
                return false;
            unread.append(new String(bytes, 0, got, StandardCharsets.ISO_8859_1));
            return true;
        } catch (SocketTimeoutException | SocketException e) {
            return false;
        }
    }

    public Socket socket() {
        return socket;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
