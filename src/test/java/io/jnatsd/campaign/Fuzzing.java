package io.jnatsd.campaign;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jnatsd.server.RawClient;
import io.jnatsd.server.RawWebSocket;
import io.jnatsd.websocket.ClientFrames;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Random;

/**
 * Random and damaged input for the ports of a server, except what {@link DifferentialFuzzing} sends to the client port:
 * WebSocket frames, routes, HTTP, and configuration files that are reloaded; {@code main [SCALE [SEED]]}. Nothing hangs,
 * the log has no stack trace, memory and descriptors come back, and the next client is served.
 */
final class Fuzzing {
    private static final String[] COMMANDS = {"PING\r\n", "PONG\r\n", "+OK\r\n", "SUB a 1\r\n", "SUB a.* q 2\r\n", "SUB a.> 3\r\n",
        "UNSUB 1\r\n", "UNSUB 2 5\r\n", "PUB a 5\r\nhello\r\n", "PUB a.b r 0\r\n\r\n", "HPUB a 12 17\r\nNATS/1.0\r\n\r\nhello\r\n",
        "CONNECT {\"verbose\":true}\r\n", "INFO {}\r\n", "SUB " + "x".repeat(500) + " 9\r\n"};
    private static final String[] ROUTE = {"PING\r\n", "PONG\r\n", "SUB a  RSID:1:1\r\n", "SUB a.* q QRSID:1:2\r\n", "UNSUB RSID:1:1\r\n",
        "UNSUB QRSID:1:2 5\r\n", "MSG a RSID:1:1 5\r\nhello\r\n", "MSG a QRSID:1:1 reply 5\r\nhello\r\n",
        "HMSG a RSID:1:1 12 17\r\nNATS/1.0\r\n\r\nhello\r\n", "PUB a 5\r\nhello\r\n", "INFO {\"server_id\":\"FUZZ\",\"headers\":true}\r\n",
        "INFO {\"server_id\":\"FUZZ\",\"connect_urls\":[\"127.0.0.1:1\"],\"rid\":7}\r\n", "INFO {\"server_id\":\"FUZZ\",\"last\":true}\r\n",
        "CONNECT {\"name\":\"FUZZ\",\"verbose\":false}\r\n", "INFO {\"server_id\":\"FUZZ\",\"after\":3}\r\n"};
    private static final String[] REQUESTS = {"GET /varz HTTP/1.1\r\nHost: x\r\n\r\n", "HEAD /connz?subs=1 HTTP/1.1\r\nHost: x\r\n\r\n",
        "POST /subsz HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", "GET / HTTP/1.0\r\n\r\n",
        "OPTIONS * HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc", "GET /metrics HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n\r\n",
        "GET /connz?sort=bytes_to&limit=2&offset=1&state=all HTTP/1.1\r\nHost: x\r\nAuthorization: Basic YTpi\r\n\r\n"};

    static final List<Attack> ALL = List.of(
            new Attack("fuzzed WebSocket frames", "a damaged frame ends the connection", Fuzzing::frames),
            new Attack("fuzzed routes", "a damaged line ends the route, and with it all that it announced", Fuzzing::routes),
            new Attack("fuzzed HTTP", "a damaged request gets an error or ends the connection", Fuzzing::http),
            new Attack("fuzzed clients", "a damaged line ends the connection", Fuzzing::clients),
            new Attack("fuzzed configuration files", "a damaged file is refused, and the old one stays in force", Fuzzing::files));

    private Fuzzing() {
    }

    private static byte[] some(String[] parts, Random random, Mutator mutator) {
        StringBuilder text = new StringBuilder();
        for (int n = random.nextInt(1, 12); n > 0; n--)
            text.append(parts[random.nextInt(parts.length)]);
        byte[] bytes = text.toString().getBytes(ISO_8859_1);
        return random.nextInt(4) == 0 ? bytes : mutator.mutate(bytes);
    }

    /** Sends in pieces, ends the output, and reads what is answered. */
    private static void say(int port, byte[] bytes, Mutator mutator) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(1000);
            try {
                mutator.write(bytes, socket.getOutputStream());
                socket.shutdownOutput();
            } catch (IOException e) {
                // The server has closed the connection.
            }
            Target.readToEnd(socket);
        }
    }

    private static void frames(Target target, int scale, Random random) throws IOException {
        Mutator mutator = new Mutator(random);
        for (int i = 0; i < 100 * scale; i++) {
            ClientFrames frames = new ClientFrames().binary(Target.connect("admin", "a"));
            for (int n = random.nextInt(1, 10); n > 0; n--) {
                String text = COMMANDS[random.nextInt(COMMANDS.length)];
                switch (random.nextInt(7)) {
                    case 0 -> frames.ping(text.substring(0, Math.min(125, text.length())));
                    case 1 -> frames.pong("");
                    case 2 -> frames.first(text).more("").last("PING\r\n");
                    case 3 -> frames.text(text);
                    case 4 -> frames.frame(random.nextInt(256), text.getBytes(ISO_8859_1));
                    default -> frames.binary(text);
                }
            }
            if (random.nextBoolean())
                frames.close(random.nextInt(5000), "x");
            byte[] bytes = random.nextInt(4) == 0 ? frames.bytes() : mutator.mutate(frames.bytes());
            try (RawWebSocket client = new RawWebSocket(new Socket("127.0.0.1", target.webSocketPort())).upgrade()) {
                try {
                    mutator.write(bytes, client.socket().getOutputStream());
                    client.socket().shutdownOutput();
                } catch (IOException e) {
                    // The server has closed the connection.
                }
                Target.readToEnd(client.socket());
            }
        }
    }

    private static void routes(Target target, int scale, Random random) throws IOException {
        Mutator mutator = new Mutator(random);
        try (RawClient neighbour = target.admin()) {
            neighbour.send("SUB quiet 1\r\n").roundTrip();
            for (int i = 0; i < 100 * scale; i++) {
                ByteArrayOutputStream out = new ByteArrayOutputStream();
                out.writeBytes("CONNECT {\"name\":\"FUZZ\"}\r\nINFO {\"server_id\":\"FUZZ\"}\r\n".getBytes(ISO_8859_1));
                out.writeBytes(some(ROUTE, random, mutator));
                say(target.routePort(), random.nextInt(4) > 0 ? out.toByteArray() : mutator.mutate(out.toByteArray()), mutator);
            }
            neighbour.roundTrip();
        }
    }

    private static void http(Target target, int scale, Random random) throws IOException {
        Mutator mutator = new Mutator(random);
        for (int i = 0; i < 60 * scale; i++)
            say(target.monitorPort(), some(REQUESTS, random, mutator), mutator);
    }

    private static void clients(Target target, int scale, Random random) throws IOException {
        Mutator mutator = new Mutator(random);
        for (int i = 0; i < 100 * scale; i++) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            out.writeBytes(Target.connect("admin", "a").getBytes(ISO_8859_1));
            out.writeBytes(some(COMMANDS, random, mutator));
            say(target.port(), out.toByteArray(), mutator);
        }
    }

    private static boolean serves(Target target) {
        try {
            target.assertServes();
            return true;
        } catch (AssertionError | IOException e) {
            return false;
        }
    }

    private static void files(Target target, int scale, Random random) throws Exception {
        Mutator mutator = new Mutator(random);
        byte[] good = Files.readAllBytes(target.config());
        for (int i = 0; i < 20 * scale; i++) {
            Files.write(target.config(), mutator.mutate(good));
            target.reload();
        }
        Files.write(target.config(), good);
        target.reload();
        await("the file in force").atMost(Target.PATIENCE).pollInterval(Duration.ofMillis(50)).until(() -> serves(target));
        assertTrue(target.log().contains("Failed to reload") || target.log().contains("Reloaded"), "no reload was logged");
    }

    public static void main(String[] args) throws Exception {
        Security.main(ALL, args);
    }
}
