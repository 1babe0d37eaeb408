package io.jnatsd.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A bare socket that speaks the protocol as a test writes it down; texts keep one char per byte. */
public final class RawClient implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 5000;

    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;
    /** Read from the socket, not yet expected. */
    private final StringBuilder unread = new StringBuilder();

    public RawClient(Socket socket) throws IOException {
        this.socket = socket;
        this.in = socket.getInputStream();
        this.out = socket.getOutputStream();
        socket.setTcpNoDelay(true);
    }

    /** Connects and takes in the INFO line. */
    public static RawClient connect(int port) throws IOException {
        RawClient client = open(port);
        client.expect("INFO \\{.*\\} \r\n");
        return client;
    }

    /** Connects, without waiting for anything. */
    public static RawClient open(int port) throws IOException {
        return new RawClient(new Socket("127.0.0.1", port));
    }

    /** Connects as client libraries do: neither verbose nor pedantic, and seen by the server. */
    public static RawClient quiet(int port) throws IOException {
        RawClient client = connect(port);
        client.send("CONNECT {\"verbose\":false,\"pedantic\":false}\r\n").roundTrip();
        return client;
    }

    public RawClient send(String text) throws IOException {
        return send(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    public RawClient send(byte[] bytes) throws IOException {
        out.write(bytes);
        out.flush();
        return this;
    }

    /** All that was sent has been dealt with when this returns. Nothing else may be waiting to be read. */
    public RawClient roundTrip() throws IOException {
        send("PING\r\n");
        expect("PONG\r\n");
        return this;
    }

    /** Reads until what has come begins with a match, and takes that out. */
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

    /** So many bytes come next, whatever they are. */
    public RawClient skip(int bytes) throws IOException {
        long deadline = System.nanoTime() + PATIENCE_MILLIS * 1_000_000L;
        while (unread.length() < bytes) {
            int left = (int) ((deadline - System.nanoTime()) / 1_000_000);
            assertTrue(left > 0 && read(left), () -> "expected " + bytes + " bytes but found " + unread.length());
        }
        unread.delete(0, bytes);
        return this;
    }

    /** Exactly this text comes next. */
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

    /** Nothing comes within a tenth of a second. */
    public RawClient expectNothing() throws IOException {
        read(100);
        assertEquals("", unread.toString());
        return this;
    }

    /** The server closes the connection, and sends nothing more before. */
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

    /** Exactly this text comes, and then the server closes the connection. */
    public void expectEnd(String text) throws IOException {
        expectText(text).expectClosed();
    }

    /** What one read of the socket brings; nothing may have been read ahead. */
    public String readOnce() throws IOException {
        assertEquals("", unread.toString());
        read(PATIENCE_MILLIS);
        String piece = unread.toString();
        unread.setLength(0);
        return piece;
    }

    /** All that comes until the server closes the connection. */
    public String readToEnd() throws IOException {
        while (read(PATIENCE_MILLIS))
            continue;
        String all = unread.toString();
        unread.setLength(0);
        return all;
    }

    /** False at the end of the stream or of the time. */
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
