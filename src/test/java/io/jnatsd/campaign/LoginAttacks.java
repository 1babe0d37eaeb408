package io.jnatsd.campaign;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jnatsd.server.RawClient;
import io.jnatsd.tls.TestCerts;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import javax.net.ssl.SSLEngine;

/** Attacks before a client has logged in. */
final class LoginAttacks {
    private static final String TIMEOUT = "-ERR 'Authentication Timeout'\r\n";
    private static final String VIOLATION = "-ERR 'Authorization Violation'\r\n";

    static final List<Attack> ALL = List.of(
            new Attack("slow logins", "a login is over after authorization.timeout, however slowly it is sent",
                    LoginAttacks::slowLogins),
            new Attack("bcrypt flood", "password checks of one user wait for each other, not for those of others",
                    LoginAttacks::bcryptFlood),
            new Attack("giant CONNECT", "8,192 bytes before the login, 32,768 after it", LoginAttacks::giantConnect),
            new Attack("half-open TLS handshakes", "a handshake is over after tls.timeout", LoginAttacks::halfOpenHandshakes),
            new Attack("commands before the login", "nothing but CONNECT is read", LoginAttacks::commandsBeforeLogin));

    private LoginAttacks() {
    }

    private static void slowLogins(Target target, int scale, Random random) throws IOException {
        String line = Target.connect("admin", "a");
        try (Crowd crowd = new Crowd(target.port(), 50 * scale)) {
            for (int i = 0; i < line.length() - 1; i++) {
                crowd.send(random.nextInt(crowd.size()), "");
                crowd.send(line.substring(i, i + 1));
                if (i == line.length() / 2)
                    target.assertServes();
            }
            for (String answer : crowd.readToEnds())
                assertTrue(answer.endsWith(TIMEOUT), answer);
        }
    }

    private static void bcryptFlood(Target target, int scale, Random random) throws IOException {
        try (Crowd crowd = new Crowd(target.port(), 10 * scale)) {
            for (int i = 0; i < crowd.size(); i++)
                crowd.send(i, Target.connect("joe", "wrong" + random.nextLong()) + "PING\r\n");
            target.assertServes();
            for (String answer : crowd.readToEnds())
                assertTrue(answer.endsWith(VIOLATION) || answer.endsWith(TIMEOUT), answer);
        }
        try (RawClient joe = target.client("joe", "foo")) {
            joe.roundTrip();
        }
    }

    private static void giantConnect(Target target, int scale, Random random) throws IOException {
        byte[] start = "CONNECT {\"name\":\"".getBytes(ISO_8859_1);
        byte[] name = new byte[1 << 20];
        Arrays.fill(name, (byte) 'x');
        try (Crowd crowd = new Crowd(target.port(), 10 * scale)) {
            crowd.send(start).send(name);
            for (String answer : crowd.readToEnds())
                assertTrue(!answer.contains("PONG") && !answer.contains("+OK"), answer);
        }
        // Within the limits, so that the answer is not lost when the server closes the connection.
        String answer = Target.say(target.port(), ("CONNECT {\"name\":\"" + "x".repeat(8_300)).getBytes(ISO_8859_1));
        assertTrue(answer.endsWith("-ERR 'Maximum Control Line Exceeded'\r\n"), answer);
        try (RawClient admin = target.admin()) {
            admin.send("CONNECT {\"name\":\"" + "x".repeat(32_000) + "\"}\r\n").roundTrip();
            admin.send("CONNECT {\"name\":\"" + "x".repeat(33_000));
            assertEquals("-ERR 'Maximum Control Line Exceeded'\r\n", admin.readToEnd());
        }
    }

    private static byte[] clientHello() throws Exception {
        SSLEngine engine = TestCerts.client("ca.pem").createSSLEngine("localhost", 4222);
        engine.setUseClientMode(true);
        engine.beginHandshake();
        ByteBuffer out = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
        engine.wrap(ByteBuffer.allocate(0), out);
        return Arrays.copyOf(out.array(), out.position());
    }

    private static void halfOpenHandshakes(Target target, int scale, Random random) throws Exception {
        byte[] hello = clientHello();
        try (Crowd part = new Crowd(target.port(), 20 * scale); Crowd whole = new Crowd(target.port(), 20 * scale)) {
            part.send(Arrays.copyOf(hello, random.nextInt(1, hello.length)));
            whole.send(hello);
            target.assertServes();
            for (Crowd crowd : List.of(part, whole))
                for (String answer : crowd.readToEnds())
                    assertTrue(answer.startsWith("INFO "), answer);
        }
        try (Socket plain = new Socket("127.0.0.1", target.port())) {
            plain.setSoTimeout(5000);
            while (plain.getInputStream().read() != '\n')
                continue;
            try (var tls = TestCerts.client("ca.pem").getSocketFactory().createSocket(plain, "localhost", target.port(), true);
                    RawClient client = new RawClient(tls)) {
                client.send(Target.connect("admin", "a")).roundTrip();
            }
        }
    }

    private static void commandsBeforeLogin(Target target, int scale, Random random) throws IOException {
        try (RawClient witness = target.admin()) {
            witness.send("SUB probe.> 1\r\nSUB $JS.API.> 2\r\n").roundTrip();
            for (String command : List.of("PUB probe.x 1\r\nx\r\n", "SUB probe.> 1\r\n", "PING\r\n", "UNSUB 1\r\n", "+OK\r\n",
                    "INFO {}\r\n", "PUB $JS.API.INFO r 0\r\n\r\n", "HPUB probe.x 12 12\r\nNATS/1.0\r\n\r\n\r\n")) {
                String answer = Target.say(target.port(), command.getBytes(ISO_8859_1));
                assertTrue(answer.endsWith("} \r\n" + VIOLATION), () -> command + " was answered with " + answer);
            }
            witness.roundTrip();
        }
    }
}
