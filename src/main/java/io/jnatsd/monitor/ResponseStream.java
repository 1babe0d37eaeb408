package io.jnatsd.monitor;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.concurrent.Semaphore;

/**
 * The body of an answer on its way. It is gathered; whenever much has come together that is sent, and while a visitor
 * takes his time with it, his place among those who make answers is another's. Threads: the visitor's, which has a place.
 */
final class ResponseStream extends OutputStream {
    private static final int FIRST = 4 * 1024;
    private static final int MUCH = 64 * 1024;

    private final HttpExchange exchange;
    private final int status;
    private final Semaphore places;
    private final boolean headOnly;
    private byte[] gathered = new byte[FIRST];
    private int count;
    /** What a HEAD request is not sent. */
    private long skipped;
    private boolean begun;

    ResponseStream(HttpExchange exchange, int status, Semaphore places) {
        this.exchange = exchange;
        this.status = status;
        this.places = places;
        this.headOnly = exchange.getRequestMethod().equals("HEAD");
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int start, int length) throws IOException {
        if (count + length > gathered.length) {
            if (count + length > MUCH)
                sendGathered();
            if (length > MUCH) {
                for (int at = 0; at < length; at += MUCH)
                    write(bytes, start + at, Math.min(MUCH, length - at));
                return;
            }
            if (count + length > gathered.length)
                gathered = Arrays.copyOf(gathered, Math.min(MUCH, Math.max(gathered.length * 2, count + length)));
        }
        System.arraycopy(bytes, start, gathered, count, length);
        count += length;
    }

    private void sendGathered() throws IOException {
        if (headOnly) {
            skipped += count;
            count = 0;
            return;
        }
        places.release();
        try {
            if (!begun)
                exchange.sendResponseHeaders(status, 0);
            begun = true;
            exchange.getResponseBody().write(gathered, 0, count);
        } finally {
            places.acquireUninterruptibly();
        }
        count = 0;
        Yielding.take();
    }

    /** Sends what is left. The place has been given up. */
    void end() throws IOException {
        if (headOnly) {
            exchange.getResponseHeaders().set("Content-Length", String.valueOf(skipped + count));
            exchange.sendResponseHeaders(status, -1);
            return;
        }
        if (!begun)
            exchange.sendResponseHeaders(status, count == 0 ? -1 : count);
        if (count > 0)
            exchange.getResponseBody().write(gathered, 0, count);
        exchange.getResponseBody().close();
    }
}
