package io.jnatsd.websocket;

import java.nio.charset.StandardCharsets;

/** A request that is refused, and the HTTP response with the reason. Threads: immutable. */
public final class RefusedException extends Exception {
    private static final long serialVersionUID = 1;

    private final String response;

    private RefusedException(String reason, String response) {
        super(reason);
        this.response = response;
    }

    static RefusedException badRequest(String reason) {
        return new RefusedException(reason, response(400, "Bad Request", "", reason));
    }

    /** The request did not arrive in time. */
    public static RefusedException late() {
        String reason = "no request in time";
        return new RefusedException(reason, response(408, "Request Timeout", "", reason));
    }

    /** The port requires TLS, and the peer does not use it, or the handshake has failed. Sent in plain text. */
    public static RefusedException noTls() {
        return badRequest("TLS required");
    }

    static RefusedException notGet() {
        String reason = "request method must be GET";
        return new RefusedException(reason, response(405, "Method Not Allowed", "Allow: GET\r\n", reason));
    }

    static RefusedException origin(String reason) {
        return new RefusedException("origin not allowed: " + reason,
                response(403, "Forbidden", "", "origin not allowed"));
    }

    /** The request is not a WebSocket upgrade, or one of an unsupported form. */
    static RefusedException upgradeRequired(String reason) {
        return new RefusedException(reason,
                response(426, "Upgrade Required", "Upgrade: websocket\r\n", reason));
    }

    static RefusedException tooLarge() {
        String reason = "request larger than " + RequestHead.MOST_BYTES + " bytes";
        return new RefusedException(reason, response(431, "Request Header Fields Too Large", "", reason));
    }

    private static String response(int status, String phrase, String headers, String reason) {
        String body = "WebSocket handshake: " + reason + "\n";
        return "HTTP/1.1 " + status + " " + phrase + "\r\n"
                + "Content-Type: text/plain; charset=utf-8\r\n"
                + "Content-Length: " + body.getBytes(StandardCharsets.UTF_8).length + "\r\n"
                + "Sec-WebSocket-Version: 13\r\n"
                + headers
                + "Connection: " + (headers.startsWith("Upgrade") ? "Upgrade, close" : "close") + "\r\n\r\n" + body;
    }

    /** Returns the response to send before the connection is closed. */
    public String response() {
        return response;
    }
}
