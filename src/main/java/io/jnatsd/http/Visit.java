package io.jnatsd.http;

import io.jnatsd.log.Log;
import io.jnatsd.tls.TlsContext;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import javax.net.ssl.SSLSocket;

/**
 * A client's connection and its requests. Threads: {@link #run} is the thread of the visit; {@link #waited} and
 * {@link #close} any thread.
 */
final class Visit {
    /** Unread input at the end would have the system discard the answer: so much of it is read. */
    private static final int MOST_SKIPPED = 64 * 1024;
    private static final int BUFFER = 8 * 1024;
    /** The server is at work for the client. */
    private static final long BUSY = Long.MIN_VALUE;

    private final Socket socket;
    private final HttpPort.Pages pages;
    private final Log log;
    /** When the server began to wait for the client, or {@link #BUSY}. Written by the thread of the visit. */
    private volatile long waitingSince = System.nanoTime();

    Visit(Socket socket, HttpPort.Pages pages, Log log) {
        this.socket = socket;
        this.pages = pages;
        this.log = log;
    }

    /** For how many nanoseconds the server has been waiting for the client, for a whole request or while it writes. */
    long waited(long now) {
        long since = waitingSince;
        return since == BUSY ? 0 : now - since;
    }

    /** @param tls null for plain HTTP */
    void run(TlsContext tls) {
        try (socket) {
            socket.setTcpNoDelay(true);
            if (tls == null) {
                HttpRequest.Reader requests = serve(socket.getInputStream(), socket.getOutputStream());
                socket.shutdownOutput();
                requests.skip(MOST_SKIPPED);
                return;
            }
            SSLSocket secured = tls.monitorSocket(socket);
            secured.startHandshake();
            HttpRequest.Reader requests = serve(secured.getInputStream(), secured.getOutputStream());
            secured.shutdownOutput();
            requests.skip(MOST_SKIPPED);
        } catch (IOException e) {
            log.debug("Monitor: " + socket.getRemoteSocketAddress() + " has gone: " + e.getMessage());
        }
    }

    /** Answers requests until one of both sides wants no more. */
    private HttpRequest.Reader serve(InputStream in, OutputStream raw) throws IOException {
        OutputStream out = new BufferedOutputStream(new WatchedOutput(raw), BUFFER);
        HttpRequest.Reader requests = new HttpRequest.Reader(in);
        String ip = socket.getInetAddress().getHostAddress();
        boolean more = true;
        while (more) {
            HttpExchange exchange;
            try {
                HttpRequest request = requests.read();
                if (request == null)
                    return requests;
                exchange = new HttpExchange(request, ip, socket.getPort(), out);
                waitingSince = BUSY;
                answer(exchange);
            } catch (BadRequest e) {
                exchange = new HttpExchange(null, ip, socket.getPort(), out);
                exchange.line(e.status(), e.getMessage());
            }
            out.flush();
            waitingSince = System.nanoTime();
            more = exchange.keepsAlive();
        }
        return requests;
    }

    /** A page that fails costs this answer, Errors included: class loading, for example, fails without descriptors. */
    private void answer(HttpExchange exchange) throws IOException {
        try {
            pages.answer(exchange);
        } catch (RuntimeException | Error e) {
            log.error("Monitor: " + exchange.request().path() + " failed: " + e);
            if (exchange.hasBegun())
                throw new IOException("the page failed", e);
            exchange.line(500, "Internal server error");
        }
    }

    void close() {
        try {
            // Beneath TLS, which would wait for the client.
            socket.close();
        } catch (IOException e) {
            log.debug("Monitor: " + e.getMessage());
        }
    }

    /** Notes that a client is waited for while it is written to. */
    private final class WatchedOutput extends OutputStream {
        private final OutputStream out;

        WatchedOutput(OutputStream out) {
            this.out = out;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int start, int length) throws IOException {
            waitingSince = System.nanoTime();
            out.write(bytes, start, length);
            waitingSince = BUSY;
        }

        @Override
        public void flush() throws IOException {
            out.flush();
        }
    }
}
