package io.jnatsd.clients;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jnatsd.protocol.TestNkey;
import io.jnatsd.server.RawClient;
import io.jnatsd.server.SecuredServer;
import io.jnatsd.tls.TestCerts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;

/**
 * A conversation as the protocol document writes it down, played with a server of its own. Each line begins with who
 * sends it:
 *
 * <ul>
 * <li>{@code C:} a client, {@code S:} the server to that client; {@code C2:} and {@code S2:} the same for another one
 * <li>{@code R:} another server over a route, {@code SR:} this server to it; {@code R2:} and {@code SR2:} a third one.
 *     They dial, unless the configuration has a route to port {@code PEER}: then they are dialled
 * <li>{@code W:} a client on the WebSocket port, {@code SW:} the server to it
 * <li>{@code #} a line of the server's configuration
 * <li>{@code *} something that happens to the server
 * </ul>
 *
 * In lines of the server, {@code ...} stands for any text, {@code (closed)} for the end of the connection. The INFO
 * with which connections begin may be left out. After the last line nothing may be left over.
 */
final class Transcript {
    private static final Pattern LINE = Pattern.compile("(C2?|S2?|R2?|SR2?|W|SW): ?(.*)");
    private static final Pattern NONCE = Pattern.compile("\"nonce\":\"([^\"]*)\"");
    private static final int PATIENCE_MILLIS = 5000;

    private final SecuredServer server;
    /** Null unless the server dials. */
    private final ServerSocket peerPort;
    /** By the one who sends to the server. */
    private final Map<String, RawClient> open = new LinkedHashMap<>();
    private String nonce = "";

    private Transcript(SecuredServer server, ServerSocket peerPort) {
        this.server = server;
        this.peerPort = peerPort;
    }

    static void play(String text) throws Exception {
        String config = text.lines().filter(line -> line.startsWith("# ")).map(line -> line.substring(2))
                .collect(Collectors.joining("\n")).replace("test-certs", TestCerts.folder());
        try (ServerSocket port = config.contains("PEER") ? new ServerSocket(0, 50, InetAddress.getLoopbackAddress())
                : null;
                SecuredServer server = SecuredServer.start(port == null ? config
                        : config.replace("PEER", Integer.toString(port.getLocalPort())))) {
            Transcript transcript = new Transcript(server, port);
            try {
                for (String line : text.lines().filter(line -> !line.startsWith("# ")).toList())
                    transcript.play(line, config);
                transcript.expectNothingMore();
            } finally {
                for (RawClient each : transcript.open.values())
                    each.close();
            }
        }
    }

    private void play(String line, String config) throws Exception {
        Matcher parts = LINE.matcher(line);
        if (line.startsWith("* "))
            happen(line.substring(2), config);
        else if (!parts.matches())
            throw new AssertionError("nobody sends: " + line);
        else if (parts.group(1).startsWith("S"))
            expect(parts.group(1), parts.group(2));
        else
            send(parts.group(1), parts.group(2));
    }

    private void happen(String event, String config) throws Exception {
        if (event.equals("the server enters lame duck mode"))
            server.server().lameDuck();
        else if (event.startsWith("the configuration is reloaded with "))
            server.reload(config.replaceFirst("(?s)authorization.*",
                    Matcher.quoteReplacement(event.substring("the configuration is reloaded with ".length()))));
        else
            throw new AssertionError("nobody knows how to: " + event);
    }

    private void send(String who, String text) throws Exception {
        RawClient sender = open.get(who);
        if (sender == null) {
            sender = connect(who);
            if (!who.equals("W"))
                takeInfo(sender, "INFO [^\r\n]*");
        }
        if (text.startsWith("(TLS handshake"))
            open.put(who, secured(sender, text));
        else
            sender.send(text.replace("<signature>", nonce.isEmpty() ? "" : TestNkey.sign(nonce)) + "\r\n");
    }

    private void expect(String speaker, String text) throws IOException {
        String listener = switch (speaker) {
            case "S" -> "C";
            case "S2" -> "C2";
            default -> speaker.substring(1);
        };
        RawClient to = open.get(listener);
        if (to == null)
            to = connect(listener);
        if (text.equals("(closed)")) {
            to.expectClosed();
            open.remove(listener).close();
            return;
        }
        String pattern = Stream.of(text.split(Pattern.quote("..."), -1)).map(Pattern::quote)
                .collect(Collectors.joining("[^\r\n]*?"));
        if (text.startsWith("INFO "))
            takeInfo(to, pattern);
        else
            takeLine(to, pattern);
    }

    /** The next line, whole, so that one that is not the right one is seen at once. */
    private static String takeLine(RawClient from, String pattern) throws IOException {
        String line = from.expect("([^\n]*)\r\n").group(1);
        assertTrue(line.matches(pattern), () -> "expected " + pattern + " but found: " + line);
        return line;
    }

    /** To clients, INFO has a blank before the end of its line. */
    private void takeInfo(RawClient from, String pattern) throws IOException {
        Matcher found = NONCE.matcher(takeLine(from, pattern + " ?"));
        if (found.find())
            nonce = found.group(1);
    }

    private RawClient connect(String who) throws IOException {
        RawClient client = switch (who) {
            case "R", "R2" -> peerPort == null ? RawClient.open(server.server().clusterPort()) : accept();
            case "W" -> RawClient.open(URI.create(server.server().webSocketUrl()).getPort());
            default -> RawClient.open(server.port());
        };
        open.put(who, client);
        return client;
    }

    private RawClient accept() throws IOException {
        peerPort.setSoTimeout(PATIENCE_MILLIS);
        Socket dialled = peerPort.accept();
        return new RawClient(dialled);
    }

    /** {@code (TLS handshake)}, or {@code (TLS handshake with client-cert.pem)}. */
    private RawClient secured(RawClient plain, String how) throws Exception {
        SSLContext context = how.contains("client-cert.pem")
                ? TestCerts.client("ca.pem", "client-cert.pem", "client-key.pem") : TestCerts.client("ca.pem");
        return new RawClient(SecuredServer.upgrade(plain.socket(), context));
    }

    /** The server may ask at any time whether somebody is there. */
    private void expectNothingMore() throws IOException {
        for (Map.Entry<String, RawClient> each : open.entrySet())
            if (!each.getKey().equals("W"))
                while (takeLine(each.getValue().send("PING\r\n"), "P[IO]NG").equals("PING"))
                    continue;
    }
}
