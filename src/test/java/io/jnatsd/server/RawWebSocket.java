package io.jnatsd.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jnatsd.websocket.ClientFrames;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;

/** A plain socket on which a test reads and writes WebSocket as text. Each char of a text is one byte. */
public final class RawWebSocket implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 5000;
    private static final String REQUEST = """
            GET / HTTP/1.1
            Host: localhost
            Upgrade: websocket
            Connection: Upgrade
            Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==
            Sec-WebSocket-Version: 13
            """.replace("\n", "\r\n");

    private final Socket socket;
    private final DataInputStream in;
    /** Payload that has been read and that the test has not expected yet. */
    private final StringBuilder unread = new StringBuilder();

    /** Connects, and sends nothing yet. */
    public RawWebSocket(Socket socket) throws IOException {
        this.socket = socket;
        this.in = new DataInputStream(socket.getInputStream());
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(PATIENCE_MILLIS);
    }

    static RawWebSocket open(Server server) throws IOException {
        return new RawWebSocket(socket(server));
    }

    static Socket socket(Server server) throws IOException {
        URI url = URI.create(server.webSocketUrl());
        return new Socket(url.getHost(), url.getPort());
    }

    /** Returns a client that has read INFO. */
    static RawWebSocket connect(Server server) throws IOException {
        RawWebSocket client = open(server);
        client.upgrade();
        assertTrue(client.frame(0x82).matches("INFO \\{.*\\} \r\n"));
        return client;
    }

    public RawWebSocket upgrade() throws IOException {
        request("");
        String response = head();
        assertTrue(response.startsWith("HTTP/1.1 101 "), response);
        return this;
    }

    /** Sends the opening request, with further header fields if given, each with its line end. */
    RawWebSocket request(String fields) throws IOException {
        return raw((REQUEST + fields + "\r\n").getBytes(ISO_8859_1));
    }

    public RawWebSocket raw(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        return this;
    }

    public RawWebSocket send(ClientFrames frames) throws IOException {
        return raw(frames.bytes());
    }

    /** Sends one binary message. */
    public RawWebSocket send(String payload) throws IOException {
        return send(new ClientFrames().binary(payload));
    }

    /** Returns the response, without the data after its empty line. */
    String head() throws IOException {
        StringBuilder text = new StringBuilder();
        while (text.indexOf("\r\n\r\n") < 0)
            text.append((char) in.readUnsignedByte());
        return text.toString();
    }

    /** Reads until the connection ends in any way. */
    String rest() throws IOException {
        return new String(in.readAllBytes(), ISO_8859_1);
    }

    /** Returns the payload of the next frame, whose first byte must be this one. */
    public String frame(int first) throws IOException {
        assertEquals(Integer.toHexString(first), Integer.toHexString(in.readUnsignedByte()));
        int size = in.readUnsignedByte();
        byte[] payload = new byte[size < 126 ? size : size == 126 ? in.readUnsignedShort() : (int) in.readLong()];
        in.readFully(payload);
        return new String(payload, ISO_8859_1);
    }

    /** Expects exactly this text next, in any number of binary frames. */
    RawWebSocket expectText(String text) throws IOException {
        while (unread.length() < text.length())
            unread.append(frame(0x82));
        assertEquals(text, unread.substring(0, text.length()));
        unread.delete(0, text.length());
        return this;
    }

    /** Returns when everything sent before has been handled. */
    public RawWebSocket roundTrip() throws IOException {
        return send("PING\r\n").expectText("PONG\r\n");
    }

    /** Expects that the server closes the WebSocket with this code, and the connection after the reply. */
    void expectClose(int code, String reason) throws IOException {
        expectCloseFrame(code, reason);
        send(new ClientFrames().close(code, ""));
        assertEquals("", rest());
    }

    void expectCloseFrame(int code, String reason) throws IOException {
        assertEquals("", unread.toString());
        String payload = frame(0x88);
        assertEquals(code + " " + reason, (payload.charAt(0) << 8 | payload.charAt(1)) + " " + payload.substring(2));
    }

    public Socket socket() {
        return socket;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
