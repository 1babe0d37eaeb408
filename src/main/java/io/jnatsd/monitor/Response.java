package io.jnatsd.monitor;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Semaphore;

/**
 * The answer to one visitor. What is short is sent with its length, what is long in chunks while it is being made.
 * Threads: the visitor's.
 */
final class Response {
    static final String HTML = "text/html; charset=utf-8";
    static final String JSON = "application/json";
    static final String SCRIPT = "application/javascript";
    private static final String TEXT = "text/plain; charset=utf-8";

    /** Writes what is to be sent. */
    interface Body {
        void writeTo(OutputStream out) throws IOException, BadQuery;
    }

    private final HttpExchange exchange;
    private final Semaphore places;

    /** @param places how many answers may be made at a time */
    Response(HttpExchange exchange, Semaphore places) {
        this.exchange = exchange;
        this.places = places;
    }

    void header(String name, String value) {
        exchange.getResponseHeaders().set(name, value);
    }

    void ok(String type, Body body) throws IOException, BadQuery {
        send(200, type, body);
    }

    void send(int status, String type, Body body) throws IOException, BadQuery {
        header("Content-Type", type);
        ResponseStream out = new ResponseStream(exchange, status, places);
        places.acquireUninterruptibly();
        try {
            body.writeTo(out);
        } finally {
            places.release();
        }
        out.end();
    }

    /** One line, which is an error; nothing must have been sent before. */
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

    /** No body at all. */
    void empty(int status) throws IOException {
        exchange.sendResponseHeaders(status, -1);
    }
}
