package io.jnatsd.server;

import static org.awaitility.Awaitility.await;

import io.jnatsd.client.Clients;
import io.jnatsd.config.OptionsBuilder;
import io.jnatsd.config.ServerOptions;
import io.jnatsd.connection.ServerState;
import io.jnatsd.log.Log;
import io.jnatsd.log.LogSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** A server of one test on a free port, and the clients that the test has created; close ends all of them. */
public final class TestServer implements AutoCloseable {
    private final Server server;
    private final Log log;
    /** Null if the server does not log. */
    private final Path logFile;
    private final List<RawClient> clients = new ArrayList<>();

    private TestServer(Consumer<OptionsBuilder> change, Log log, Path logFile) throws IOException {
        this.log = log;
        this.logFile = logFile;
        this.server = Server.start(ServerOptions.defaults().withHost("127.0.0.1").withPort(-1).with(change), log);
    }

    public static TestServer start() {
        return start(options -> { });
    }

    public static TestServer start(Consumer<OptionsBuilder> change) {
        try {
            return new TestServer(change, Log.silent(), null);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts a server with the log of {@code -D}. */
    public static TestServer logging(Consumer<OptionsBuilder> change) {
        return logging(false, change);
    }

    /** Starts a server with the log of {@code -DV}. */
    public static TestServer tracing(Consumer<OptionsBuilder> change) {
        return logging(true, change);
    }

    private static TestServer logging(boolean trace, Consumer<OptionsBuilder> change) {
        try {
            Path file = Files.createTempFile("jnatsd", ".log");
            LogSettings settings =
                    new LogSettings(true, trace, false, "info", "text", file.toString(), 0, 0, false, "");
            return new TestServer(change, new Log(settings), file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public Server server() {
        return server;
    }

    public ServerState state() {
        return server.state();
    }

    public Clients clients() {
        return server.clients();
    }

    public int port() {
        return server.port();
    }

    public long subscriptions() {
        return server.state().subjects.index().count();
    }

    /** Returns a client that has read INFO; it is verbose and pedantic, the defaults of the protocol. */
    public RawClient connect() throws IOException {
        return kept(RawClient.connect(port()));
    }

    /** Returns a client with the settings of client libraries: neither verbose nor pedantic. */
    public RawClient quiet() throws IOException {
        return kept(RawClient.quiet(port()));
    }

    /** Returns a client that has read nothing. */
    public RawClient open() throws IOException {
        return kept(RawClient.open(port()));
    }

    /** Returns a client with a small receive buffer. */
    public RawClient openNarrow() throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(64 * 1024);
        socket.connect(new InetSocketAddress("127.0.0.1", port()));
        return kept(new RawClient(socket));
    }

    private RawClient kept(RawClient client) {
        clients.add(client);
        return client;
    }

    /** Returns the log lines without process id and addresses: {@code [DBG] cid:1 - Client connection created}. */
    public List<String> log() throws IOException {
        return rawLog().stream().map(line -> line.replaceAll("^\\[\\d+] | 127\\.0\\.0\\.1:\\d+ -", "")).toList();
    }

    public List<String> rawLog() throws IOException {
        log.flush();
        return Files.readAllLines(logFile);
    }

    /** Waits for a line that another thread is about to log. */
    public void awaitLog(String line) {
        await(line).until(() -> log().contains(line));
    }

    public void awaitClients(int count) {
        await("clients").until(() -> server.clients().count() == count);
    }

    @Override
    public void close() throws IOException {
        for (RawClient client : clients)
            client.close();
        server.close();
        log.close();
        if (logFile != null)
            Files.delete(logFile);
    }
}
