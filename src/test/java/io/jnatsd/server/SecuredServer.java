package io.jnatsd.server;

import static org.awaitility.Awaitility.await;

import io.jnatsd.auth.Authenticator;
import io.jnatsd.config.ConfigException;
import io.jnatsd.config.OptionsReader;
import io.jnatsd.log.Log;
import io.jnatsd.log.LogSettings;
import io.jnatsd.tls.TestCerts;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/**
 * A server on a free port with the text of a configuration file, which {@link #reload} replaces, and with the log of
 * {@code -DV}. It closes the clients that the test has created.
 */
public final class SecuredServer implements AutoCloseable {
    private final Path logFile = Files.createTempFile("jnatsd", ".log");
    private final Log log = new Log(new LogSettings(true, true, false, "info", "text", logFile.toString(), 0, 0, false,
            ""));
    private final List<RawClient> clients = new ArrayList<>();
    private final Authenticator authenticator;
    private final Server server;
    private volatile String config;

    private SecuredServer(String config, Authenticator authenticator) throws IOException, ConfigException {
        this.config = config;
        this.authenticator = authenticator;
        this.server = Server.start(load(), this::load, log);
    }

    /** @param config the text, in which {@code CERTS} stands for the folder of the test certificates */
    public static SecuredServer start(String config) throws IOException, ConfigException {
        return new SecuredServer(config, null);
    }

    public static SecuredServer start(String config, Authenticator authenticator)
            throws IOException, ConfigException {
        return new SecuredServer(config, authenticator);
    }

    private OptionsSource.Loaded load() throws ConfigException {
        OptionsReader.ReadResult read = OptionsReader.read("test.conf",
                "listen: \"127.0.0.1:-1\"\n" + config.replace("CERTS", TestCerts.folder()), name -> null);
        return new OptionsSource.Loaded(read.options().build(), read.warnings(), read.plainTextSecrets(),
                authenticator);
    }

    /** Returns when the text is in force. Clients may be informed a moment later. */
    public void reload(String text) throws IOException, ConfigException {
        config = text;
        server.tryReload();
    }

    /** Reloads as a signal does: errors go to the log. */
    public void reloadBySignal(String text) {
        config = text;
        server.reload();
    }

    public Server server() {
        return server;
    }

    public int port() {
        return server.port();
    }

    /** Returns a client that has read INFO. */
    public RawClient connect() throws IOException {
        return kept(RawClient.connect(port()));
    }

    /** Returns a client that has read nothing. */
    public RawClient open() throws IOException {
        return kept(RawClient.open(port()));
    }

    /** Returns a client that has read nothing, with a small receive buffer. */
    public RawClient openNarrow() throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(4096);
        socket.connect(new InetSocketAddress("127.0.0.1", port()));
        return kept(new RawClient(socket));
    }

    /**
     * Returns a client that has sent these credentials, the inner part of a JSON object, and has not read the response.
     */
    public RawClient tryLogin(String credentials) throws IOException {
        return connect().send(connectLine(credentials));
    }

    public static String connectLine(String credentials) {
        return "CONNECT {\"verbose\":false,\"pedantic\":false" + (credentials.isEmpty() ? "" : ",") + credentials
                + "}\r\n";
    }

    /** Returns a client that is logged in. */
    public RawClient login(String user, String password) throws IOException {
        return tryLogin(userAndPass(user, password)).roundTrip();
    }

    public static String userAndPass(String user, String password) {
        return "\"user\":\"" + user + "\",\"pass\":\"" + password + "\"";
    }

    /** Reads INFO without TLS, then starts TLS. */
    public RawClient connectTls(SSLContext context, String... protocols) throws IOException {
        return upgrade(connect(), context, protocols);
    }

    public RawClient upgrade(RawClient plain, SSLContext context, String... protocols) throws IOException {
        return kept(new RawClient(upgrade(plain.socket(), context, protocols)));
    }

    /** Starts TLS on a connected socket, which is closed with it. */
    public static SSLSocket upgrade(Socket raw, SSLContext context, String... protocols) throws IOException {
        raw.setSoTimeout(5000);
        SSLSocket tls = (SSLSocket) context.getSocketFactory().createSocket(raw, "localhost", raw.getPort(), true);
        if (protocols.length > 0)
            tls.setEnabledProtocols(protocols);
        tls.startHandshake();
        return tls;
    }

    private RawClient kept(RawClient client) {
        clients.add(client);
        return client;
    }

    /** Returns the log lines without process id and addresses: {@code [DBG] cid:1 - Client connection created}. */
    public List<String> log() throws IOException {
        log.flush();
        return Files.readAllLines(logFile).stream()
                .map(line -> line.replaceAll("^\\[\\d+] | 127\\.0\\.0\\.1:\\d+ -", "")).toList();
    }

    /** Waits for a line that another thread is about to log. */
    public void awaitLog(String line) {
        await(line).pollInterval(Duration.ofMillis(10)).until(() -> log().contains(line));
    }

    public void awaitClients(int count) {
        await("clients").pollInterval(Duration.ofMillis(10)).until(() -> server.clients().count() == count);
    }

    @Override
    public void close() throws IOException {
        for (RawClient client : clients)
            client.close();
        server.close();
        log.close();
        Files.delete(logFile);
    }
}
