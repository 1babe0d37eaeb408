package io.jnatsd.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.jnatsd.config.ServerOptions;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What clients still receive when a server is closed. */
@Timeout(30)
class ShutdownDeliveryTest {
    private static final int SIZE = 1 << 20, COUNT = 8;
    /** Not the common pool, which may have only one thread. */
    private static final Executor THREADS = task -> Thread.ofPlatform().daemon().start(task);

    private Server server;

    @BeforeEach
    void start() throws IOException {
        server = Server.start(ServerOptions.defaults().withHost("127.0.0.1").withPort(-1));
    }

    @Test
    void whatWaitsIsDeliveredEvenToAClientThatGoesOnSending() throws Exception {
        try (Socket socket = new Socket()) {
            socket.setReceiveBufferSize(64 * 1024);
            socket.connect(new InetSocketAddress("127.0.0.1", server.port()));
            RawClient client = new RawClient(socket);
            client.expect("INFO \\{[^\n]*\r\n");
            client.send("CONNECT {\"verbose\":false}\r\nSUB a 1\r\n").roundTrip();
            try (RawClient publisher = RawClient.quiet(server.port())) {
                byte[] payload = new byte[SIZE];
                for (int i = 0; i < COUNT; i++)
                    publisher.send("PUB a " + SIZE + "\r\n").send(payload).send("\r\n");
                publisher.roundTrip();
            }
            CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> sendOn(client), THREADS);
            CompletableFuture<Void> closing = CompletableFuture.runAsync(server::close, THREADS);
            assertEquals(COUNT * (("MSG a 1 " + SIZE + "\r\n").length() + SIZE + 2L), readToEnd(socket));
            socket.close();
            sending.join();
            closing.join();
        }
    }

    /** Sends until the server closes the connection. */
    private static void sendOn(RawClient client) {
        byte[] batch = "PUB b 5\r\nhello\r\n".repeat(1000).getBytes();
        try {
            while (true)
                client.send(batch);
        } catch (IOException e) {
            // The server has closed the connection.
        }
    }

    private static long readToEnd(Socket socket) throws IOException {
        byte[] buffer = new byte[64 * 1024];
        InputStream in = socket.getInputStream();
        long count = 0;
        for (int got = in.read(buffer); got >= 0; got = in.read(buffer))
            count += got;
        return count;
    }

    @Test
    void closingTakesNoLongerThanItsPatienceHoweverSlowAClientIs() throws Exception {
        try (RawClient client = RawClient.quiet(server.port()); RawClient publisher = RawClient.quiet(server.port())) {
            client.send("SUB a 1\r\n").roundTrip();
            byte[] payload = new byte[SIZE];
            for (int i = 0; i < 2 * COUNT; i++)
                publisher.send("PUB a " + SIZE + "\r\n").send(payload).send("\r\n");
            publisher.roundTrip();
            server.close();
            server.awaitClose();
            assertEquals(0, server.clients().count());
        }
    }

    @Test
    void closingTwiceIsClosingOnce() throws Exception {
        try (RawClient client = RawClient.quiet(server.port())) {
            CompletableFuture<Void> one = CompletableFuture.runAsync(server::close, THREADS);
            client.expectClosed();
            client.close();
            one.join();
            server.close();
            server.awaitClose();
        }
    }
}
