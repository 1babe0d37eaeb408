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

/** A server of the test's own on a free port, and the clients that the test has made; all end together. */
public final class TestServer implements AutoCloseable {
    private final NatsServer server;
    private final Log log;
    /** Null if the server is silent. */
    private final Path logFile;
    private final List<RawClient> clients = new ArrayList<>();

    private TestServer(Consumer<OptionsBuilder> change, Log log, Path logFile) throws IOException {
        this.log = log;
        this.logFile = logFile;
        this.server = NatsServer.start(ServerOptions.defaults().withHost("127.0.0.1").withPort(-1).with(change), log);
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

    /** With what {@code -D} logs. */
    public static TestServer logging(Consumer<OptionsBuilder> change) {
        return logging(false, change);
    }

    /** With what {@code -DV} logs. */
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

    public NatsServer server() {
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

    /** A client that has taken in INFO: verbose and pedantic, as the protocol has it. */
    public RawClient connect() throws IOException {
        return kept(RawClient.connect(port()));
    }

    /** A client as libraries make it: neither verbose nor pedantic. */
    public RawClient quiet() throws IOException {
        return kept(RawClient.quiet(port()));
    }

    /** A client that has read nothing. */
    public RawClient open() throws IOException {
        return kept(RawClient.open(port()));
    }

    /** A client whose system takes in little before it reads. */
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

    /** The log lines so far, without process id and addresses: {@code [DBG] cid:1 - Client connection created}. */
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
