package io.jnatsd.jetstream.model;

import io.jnatsd.server.PublishCommand;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A connection of a client on which one thread does everything: it sends a request, and collects what comes until the
 * answer is there. A message is kept as text, {@code subject|reply|headers|payload}, with one char per byte.
 */
final class Wire implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 30_000;
    private static final String ANSWERS = "_INBOX.answer";

    private final Socket socket;
    private final DataInputStream in;
    private final OutputStream out;
    private final Map<String, List<String>> received = new HashMap<>();
    private int requests;

    Wire(int port) throws IOException {
        socket = new Socket("127.0.0.1", port);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(PATIENCE_MILLIS);
        in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
        out = socket.getOutputStream();
        line();
        send("CONNECT {\"verbose\":false,\"headers\":true,\"no_responders\":true}\r\nSUB " + ANSWERS + ".* answer\r\n");
    }

    void send(String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    void subscribe(String subject, String sid) throws IOException {
        send("SUB " + subject + " " + sid + "\r\n");
    }

    void unsubscribe(String sid) throws IOException {
        send("UNSUB " + sid + "\r\n");
    }

    /** @param headers lines with CR LF, empty for none */
    void publish(String subject, String reply, String headers, String payload) throws IOException {
        send(PublishCommand.of(subject, reply, headers, payload));
    }

    /** Publishes a request and returns its answer. */
    String request(String subject, String headers, String payload) throws IOException {
        String reply = ANSWERS + "." + ++requests;
        publish(subject, reply, headers, payload);
        while (true) {
            for (String answer : taken("answer"))
                if (answer.startsWith(reply + "|"))
                    return answer.substring(answer.indexOf('|') + 2);
            readOne();
        }
    }

    /** Returns what has been received for a subscription since the last call. */
    List<String> taken(String sid) {
        List<String> taken = received.remove(sid);
        return taken == null ? List.of() : taken;
    }

    /** Forgets what has been received. */
    void forget() {
        received.clear();
    }

    private void readOne() throws IOException {
        String[] words = line().split(" ");
        switch (words[0]) {
            case "MSG" -> {
                int size = Integer.parseInt(words[words.length - 1]);
                add(words, words.length > 4 ? words[3] : "", "", read(size));
            }
            case "HMSG" -> {
                int headers = Integer.parseInt(words[words.length - 2]),
                        size = Integer.parseInt(words[words.length - 1]);
                String body = read(size), block = body.substring(0, headers);
                String lines = block.substring("NATS/1.0".length(), headers - 4);
                add(words, words.length > 5 ? words[3] : "", lines.replaceFirst("^( |\r\n)", "").replace("\r\n", "; "),
                        body.substring(headers));
            }
            case "PING" -> send("PONG\r\n");
            case "-ERR" -> throw new IOException(String.join(" ", words));
            default -> { }
        }
    }

    private void add(String[] words, String reply, String headers, String payload) {
        received.computeIfAbsent(words[2], sid -> new ArrayList<>())
                .add(words[1] + "|" + reply + "|" + headers + "|" + payload);
    }

    private String read(int size) throws IOException {
        byte[] bytes = new byte[size + 2];
        in.readFully(bytes);
        return new String(bytes, 0, size, StandardCharsets.ISO_8859_1);
    }

    private String line() throws IOException {
        StringBuilder text = new StringBuilder();
        for (int b; (b = in.read()) != '\n';) {
            if (b < 0)
                throw new IOException("the server has closed the connection");
            text.append((char) b);
        }
        return text.toString().strip();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
