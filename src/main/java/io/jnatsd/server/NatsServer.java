package io.jnatsd.server;

import io.jnatsd.config.ServerOptions;
import io.jnatsd.core.Client;
import io.jnatsd.core.ServerState;
import io.jnatsd.log.Log;
import io.jnatsd.protocol.ServerInfo;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A NATS server in this JVM. It is ready when {@link #start} returns, and gone when {@link #close} does; any number
 * may run side by side.
 *
 * <pre>{@code
 * try (NatsServer server = NatsServer.start(ServerOptions.defaults().withPort(-1))) {
 *     Connection nats = Nats.connect(server.url());
 *     ...
 * }
 * }</pre>
 *
 * <p>Threads: all methods are anybody's.
 */
public final class NatsServer implements AutoCloseable {
    private static final String ID_LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private static final int ID_LENGTH = 22;
    private static final Duration SHUTDOWN_PATIENCE = Duration.ofSeconds(2);

    private final ServerOptions options;
    private final Log log;
    private final String serverId = newId();
    private final ServerState state;
    private final Listener clients;
    private final AtomicBoolean closing = new AtomicBoolean();
    private final CountDownLatch closed = new CountDownLatch(1);

    private NatsServer(ServerOptions options, Log log) throws IOException {
        this.options = options;
        this.log = log;
        this.state = new ServerState(log, options.limits());
        try {
            this.clients = Listener.bind("Client", options.client().host(), options.client().port(), log,
                    socket -> new Client(state, socket));
        } catch (IOException e) {
            state.stopTimer();
            throw e;
        }
        state.info = info();
    }

    /**
     * Starts a server that logs nothing.
     *
     * @throws IOException if a port can't be had; the message says which and why
     */
    public static NatsServer start(ServerOptions options) throws IOException {
        return start(options, Log.silent());
    }

    /** Starts a server; the log remains the caller's to close. */
    public static NatsServer start(ServerOptions options, Log log) throws IOException {
        log.notice("Starting jnatsd version " + Version.TEXT);
        log.debug("Java version " + Runtime.version());
        NatsServer server;
        try {
            server = new NatsServer(options, log);
        } catch (IOException e) {
            throw new IOException("Error listening on port: "
                    + Listener.address(options.client().host(), options.client().port()) + ", \"" + e.getMessage()
                    + "\"", e);
        }
        server.listen();
        return server;
    }

    private void listen() {
        clients.start();
        log.notice("Listening for client connections on " + Listener.address(options.client().host(), port()));
        log.debug("Server id is " + serverId);
        log.notice("Server is ready");
    }

    private ServerInfo info() {
        String name = options.serverName().isEmpty() ? serverId : options.serverName();
        return new ServerInfo(serverId, name, "java" + Runtime.version().feature(), options.client().host(),
                clients.port(), false, false, false, false, options.limits().maxPayload(), List.of(), false, false,
                options.compat() == ServerOptions.Compat.GNATSD_1_0);
    }

    private static String newId() {
        SecureRandom random = new SecureRandom();
        StringBuilder id = new StringBuilder(ID_LENGTH);
        for (int i = 0; i < ID_LENGTH; i++)
            id.append(ID_LETTERS.charAt(random.nextInt(ID_LETTERS.length())));
        return id.toString();
    }

    /** The port that clients connect to, the real one if any free one was asked for. */
    public int port() {
        return clients.port();
    }

    /** {@code nats://host:port}, for a client on this machine. */
    public String url() {
        String host = options.client().host();
        boolean any = host.equals("0.0.0.0") || host.equals("::");
        return "nats://" + Listener.address(any ? "127.0.0.1" : host, port());
    }

    public String serverId() {
        return serverId;
    }

    /** Live figures. */
    public ServerState state() {
        return state;
    }

    /** Waits until the server has been closed. */
    public void awaitClose() throws InterruptedException {
        closed.await();
    }

    /**
     * Stops accepting, writes what is pending, closes every connection and waits for them, for two seconds at the
     * most. Closing twice does nothing more.
     */
    @Override
    public void close() {
        if (!closing.compareAndSet(false, true))
            return;
        state.stopAdmitting();
        clients.close();
        try {
            state.closeAll(SHUTDOWN_PATIENCE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        state.stopTimer();
        log.notice("Server Exiting..");
        closed.countDown();
    }
}
