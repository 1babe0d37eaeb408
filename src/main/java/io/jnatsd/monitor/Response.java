package io.jnatsd.monitor;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Semaphore;

/**
 * The response to one request. A short response is sent with its length, a long one in chunks while it is built.
 * Threads: the thread of the request.
 */
final class Response {
    static final String HTML = "text/html; charset=utf-8";
    static final String JSON = "application/json";
    static final String SCRIPT = "application/javascript";
    private static final String TEXT = "text/plain; charset=utf-8";

    /** Writes the body. */
    interface Body {
        void writeTo(OutputStream out) throws IOException, BadQuery;
    }

    private final HttpExchange exchange;
    private final Semaphore permits;

    /** @param permits limit how many responses are built at the same time */
    Response(HttpExchange exchange, Semaphore permits) {
        this.exchange = exchange;
        this.permits = permits;
    }

    void header(String name, String value) {
        exchange.getResponseHeaders().set(name, value);
    }

    void ok(String type, Body body) throws IOException, BadQuery {
        send(200, type, body);
    }

    void send(int status, String type, Body body) throws IOException, BadQuery {
        header("Content-Type", type);
        ResponseStream out = new ResponseStream(exchange, status, permits);
        permits.acquireUninterruptibly();
        try {
            body.writeTo(out);
        } finally {
            permits.release();
        }
        out.end();
    }

    /** Sends one line of text, usually an error. Nothing may have been sent before. */
    void line(int status, String text) throws IOException {
        header("Content-Type", TEXT);
        byte[] bytes = (text + "\n").getBytes(StandardCharsets.UTF_8);
        if (exchange.getRequestMethod().equals("HEAD")) {
            header("Content-Length", String.valueOf(bytes.length));
            exchange.sendResponseHeaders(status, -1);
        } else {
            exchange.sendResponseHeaders(status, bytes.length);
            exchange.getResponseBody().write(bytes);
        }
    }

    /** Sends a response without a body. */
    void empty(int status) throws IOException {
        exchange.sendResponseHeaders(status, -1);
    }
}
