package io.jnatsd.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jnatsd.websocket.ClientFrames;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;

/** A socket that speaks WebSocket as a test writes it down; texts keep one char per byte. */
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
    /** Payload that has been read, and not yet expected. */
    private final StringBuilder unread = new StringBuilder();

    /** Connects, and sends nothing yet. */
    public RawWebSocket(Socket socket) throws IOException {
        this.socket = socket;
        this.in = new DataInputStream(socket.getInputStream());
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(PATIENCE_MILLIS);
    }

    static RawWebSocket open(NatsServer server) throws IOException {
        return new RawWebSocket(socket(server));
    }

    static Socket socket(NatsServer server) throws IOException {
        URI url = URI.create(server.webSocketUrl());
        return new Socket(url.getHost(), url.getPort());
    }

    /** A client that has taken in INFO. */
    static RawWebSocket connect(NatsServer server) throws IOException {
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

    /** Asks for a WebSocket, with more header fields if need be, each with its line end. */
    RawWebSocket request(String fields) throws IOException {
        return raw((REQUEST + fields + "\r\n").getBytes(ISO_8859_1));
    }

    RawWebSocket raw(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        return this;
    }

    public RawWebSocket send(ClientFrames frames) throws IOException {
        return raw(frames.bytes());
    }

    /** One binary message. */
    public RawWebSocket send(String payload) throws IOException {
        return send(new ClientFrames().binary(payload));
    }

    /** The response, without what follows its empty line. */
    String head() throws IOException {
        StringBuilder text = new StringBuilder();
        while (text.indexOf("\r\n\r\n") < 0)
            text.append((char) in.readUnsignedByte());
        return text.toString();
    }

    /** All up to the end of the connection, no matter how that ends. */
    String rest() throws IOException {
        return new String(in.readAllBytes(), ISO_8859_1);
    }

    /** The payload of the next frame, which must begin so. */
    public String frame(int first) throws IOException {
        assertEquals(Integer.toHexString(first), Integer.toHexString(in.readUnsignedByte()));
        int size = in.readUnsignedByte();
        byte[] payload = new byte[size < 126 ? size : size == 126 ? in.readUnsignedShort() : (int) in.readLong()];
        in.readFully(payload);
        return new String(payload, ISO_8859_1);
    }

    /** Exactly this text comes next, in binary frames however cut. */
    RawWebSocket expectText(String text) throws IOException {
        while (unread.length() < text.length())
            unread.append(frame(0x82));
        assertEquals(text, unread.substring(0, text.length()));
        unread.delete(0, text.length());
        return this;
    }

    /** All that was sent has been dealt with when this returns. */
    public RawWebSocket roundTrip() throws IOException {
        return send("PING\r\n").expectText("PONG\r\n");
    }

    /** The server closes the WebSocket so, and the connection after our answer. */
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
