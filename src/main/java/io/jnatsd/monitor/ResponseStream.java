package io.jnatsd.monitor;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.concurrent.Semaphore;

/**
 * The body of a response that is being built. Data is buffered and sent whenever the buffer is full. While this thread
 * waits for the client, another thread may use its permit to build a response. Threads: the thread of the request,
 * which holds a permit.
 */
final class ResponseStream extends OutputStream {
    private static final int FIRST = 4 * 1024;
    private static final int LARGEST = 64 * 1024;

    private final HttpExchange exchange;
    private final int status;
    private final Semaphore permits;
    private final boolean headOnly;
    private byte[] buffer = new byte[FIRST];
    private int count;
    /** The bytes that are left out of the response to a HEAD request. */
    private long skipped;
    private boolean begun;

    ResponseStream(HttpExchange exchange, int status, Semaphore permits) {
        this.exchange = exchange;
        this.status = status;
        this.permits = permits;
        this.headOnly = exchange.getRequestMethod().equals("HEAD");
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int start, int length) throws IOException {
        if (count + length > buffer.length) {
            if (count + length > LARGEST)
                sendBuffer();
            if (length > LARGEST) {
                for (int at = 0; at < length; at += LARGEST)
                    write(bytes, start + at, Math.min(LARGEST, length - at));
                return;
            }
            if (count + length > buffer.length)
                buffer = Arrays.copyOf(buffer, Math.min(LARGEST, Math.max(buffer.length * 2, count + length)));
        }
        System.arraycopy(bytes, start, buffer, count, length);
        count += length;
    }

    private void sendBuffer() throws IOException {
        if (headOnly) {
            skipped += count;
            count = 0;
            return;
        }
        permits.release();
        try {
            if (!begun)
                exchange.sendResponseHeaders(status, 0);
            begun = true;
            exchange.getResponseBody().write(buffer, 0, count);
        } finally {
            permits.acquireUninterruptibly();
        }
        count = 0;
        Yielding.take();
    }

    /** Sends the rest. The caller has released the permit. */
    void end() throws IOException {
        if (headOnly) {
            exchange.getResponseHeaders().set("Content-Length", String.valueOf(skipped + count));
            exchange.sendResponseHeaders(status, -1);
            return;
        }
        if (!begun)
            exchange.sendResponseHeaders(status, count == 0 ? -1 : count);
        if (count > 0)
            exchange.getResponseBody().write(buffer, 0, count);
        exchange.getResponseBody().close();
    }
}
