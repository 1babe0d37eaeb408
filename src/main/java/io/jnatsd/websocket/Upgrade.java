package io.jnatsd.websocket;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;

/**
 * The server side of the opening handshake (RFC 6455, section 4.2). The path is ignored, and subprotocols and
 * extensions are not supported. Threads: immutable; shared by all connections of a port.
 */
public final class Upgrade {
    private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    private final Origins origins;

    /**
     * @param sameOrigin whether the page of a browser must come from the host and port that it connects to
     * @param allowedOrigins {@code scheme://host[:port]}; if there are any, only pages of these origins may connect
     * @param tls whether the requests come over TLS
     * @throws IllegalArgumentException if one of the origins is invalid
     */
    public Upgrade(boolean sameOrigin, List<String> allowedOrigins, boolean tls) {
        origins = new Origins(sameOrigin, allowedOrigins, tls);
    }

    /**
     * Reads a request, and no bytes after it.
     *
     * @return the response; frames follow it in both directions
     * @throws RefusedException if the request is refused
     * @throws EOFException if the peer closes before it has sent anything
     */
    public byte[] respond(InputStream in) throws IOException, RefusedException {
        RequestHead head = RequestHead.read(in);
        if (!head.method().equals("GET"))
            throw RefusedException.notGet();
        if (head.version() == 0)
            throw RefusedException.badRequest("HTTP/1.1 needed");
        if (head.field("Host").isEmpty())
            throw RefusedException.badRequest("'Host' missing in request");
        if (!head.lists("Upgrade", "websocket"))
            throw RefusedException.upgradeRequired("invalid value for header 'Upgrade'");
        if (!head.lists("Connection", "Upgrade"))
            throw RefusedException.upgradeRequired("invalid value for header 'Connection'");
        if (!head.field("Sec-WebSocket-Version").equals("13"))
            throw RefusedException.upgradeRequired("invalid version");
        String key = head.field("Sec-WebSocket-Key");
        if (key.isEmpty())
            throw RefusedException.badRequest("key missing");
        origins.check(head);
        return ("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Accept: " + accept(key) + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII);
    }

    private static String accept(String key) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-1").digest((key + GUID).getBytes(StandardCharsets.US_ASCII));
            return Base64.getEncoder().encodeToString(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-1", e);
        }
    }
}
