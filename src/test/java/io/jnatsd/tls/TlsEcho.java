package io.jnatsd.tls;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;

/** A server on a free port that does a handshake with every client and echoes its input. */
final class TlsEcho implements AutoCloseable {
    private static final String REFUSAL = "-ERR 'Secure Connection - TLS Required'\r\n";

    /** The result of the server side of a handshake: one of the two is null. */
    record Outcome(SSLSession session, IOException failure) {
        String describe() {
            return failure == null ? TlsContext.describe(session) : failure.toString();
        }
    }

    /** Puts TLS over a connection's socket. */
    interface Layer {
        SSLSocket over(Socket raw, TlsHandshake handshake) throws IOException;
    }

    private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final ScheduledExecutorService timer = new ScheduledThreadPoolExecutor(1);
    private final BlockingQueue<Outcome> outcomes = new LinkedBlockingQueue<>();
    private final TlsHandshake handshake;
    private final Layer layer;

    TlsEcho(TlsContext context, Duration timeout, Layer layer) throws IOException {
        this.handshake = new TlsHandshake(context, timeout, timer);
        this.layer = layer;
        Thread.ofPlatform().name("tls-echo").daemon().start(this::accept);
    }

    TlsEcho(TlsContext context) throws IOException {
        this(context, Duration.ofSeconds(5), (raw, handshake) -> handshake.server(raw));
    }

    int port() {
        return listener.getLocalPort();
    }

    Socket connect() throws IOException {
        Socket socket = new Socket(listener.getInetAddress(), port());
        socket.setSoTimeout(5000);
        return socket;
    }

    Outcome outcome() throws InterruptedException {
        Outcome outcome = outcomes.poll(10, TimeUnit.SECONDS);
        if (outcome == null)
            throw new AssertionError("no handshake ended");
        return outcome;
    }

    /** Connects, lets the server echo a word, and returns the session. */
    SSLSession talk(SSLContext client, String... protocols) throws IOException {
        try (Socket raw = connect()) {
            SSLSocket tls = (SSLSocket) client.getSocketFactory().createSocket(raw, "localhost", port(), false);
            if (protocols.length > 0)
                tls.setEnabledProtocols(protocols);
            return talk(tls);
        }
    }

    static SSLSession talk(SSLSocket tls) throws IOException {
        byte[] word = "PING\r\n".getBytes(StandardCharsets.US_ASCII);
        tls.getOutputStream().write(word);
        byte[] back = tls.getInputStream().readNBytes(word.length);
        if (!new String(back, StandardCharsets.US_ASCII).equals("PING\r\n"))
            throw new IOException("the echo is broken");
        return tls.getSession();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket raw = listener.accept();
                Thread.ofVirtual().name("tls-echo-connection").start(() -> serve(raw));
            } catch (IOException e) {
                if (!listener.isClosed())
                    throw new IllegalStateException(e);
            }
        }
    }

    private void serve(Socket raw) {
        try (raw) {
            SSLSocket tls;
            try {
                tls = layer.over(raw, handshake);
            } catch (IOException e) {
                outcomes.add(new Outcome(null, e));
                raw.getOutputStream().write(REFUSAL.getBytes(StandardCharsets.US_ASCII));
                raw.shutdownOutput();
                return;
            }
            outcomes.add(new Outcome(tls.getSession(), null));
            InputStream in = tls.getInputStream();
            OutputStream out = tls.getOutputStream();
            in.transferTo(out);
        } catch (IOException e) {
            outcomes.add(new Outcome(null, e));
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        timer.shutdownNow();
    }
}
