package io.jnatsd.campaign;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.jnatsd.server.RawClient;
import java.io.IOException;
import java.util.Base64;
import java.util.List;
import java.util.Random;

/** Attempts to write lines of one's own into the log, or to control the terminal that shows it. */
final class LogAttacks {
    private static final String FORGED = "[7] 2026/01/01 00:00:00.000000 [INF] forged";

    static final List<Attack> ALL = List.of(new Attack("log injection",
            "control characters are escaped, and lines that continue a message begin with a tab", LogAttacks::inject));

    private LogAttacks() {
    }

    /** The log is checked after each attack. */
    private static void inject(Target target, int scale, Random random) throws IOException {
        String json = "x\\n" + FORGED + "\\r\\u001b[2J\\u0007\\u0000";
        String bare = "x\r" + FORGED.replace(' ', '_') + "\u001b[2J\u0007";
        for (String field : List.of("user", "pass", "name", "lang", "version", "auth_token", "nkey", "sig"))
            Target.say(target.port(), ("CONNECT {\"" + field + "\":\"" + json + "\"}\r\n").getBytes(ISO_8859_1));
        try (RawClient client = target.admin()) {
            client.send("CONNECT {\"name\":\"" + json + "\",\"lang\":\"" + json + "\",\"version\":\"" + json + "\"}\r\n").roundTrip();
            String token = bare.replace("\r", "\u001b");
            client.send("SUB " + token + " " + token + " " + token + "\r\nPUB " + token + " " + token + " 0\r\n\r\nUNSUB " + token
                    + "\r\nPUB forged " + (FORGED.length() + 1) + "\r\n\n" + FORGED + "\r\nPING\r\n").expect(".*PONG\r\n");
            client.send("-ERR '" + bare + "'\r\n");
            client.readToEnd();
        }
        try (RawClient guest = target.client("guest", "g")) {
            guest.send("SUB no\u001b[2J \u001b[2J 1\r\nPUB no\u001b[2J 0\r\n\r\n");
            guest.expect("-ERR '[^\n]*\r\n-ERR '[^\n]*\r\n");
        }
        for (String command : List.of("NONSENSE " + bare, "PUB " + bare + " x\r\n", "CONNECT " + bare + "\r\n", "\u001b[2J"))
            Target.say(target.port(), (Target.connect("admin", "a") + command).getBytes(ISO_8859_1));
        Target.say(target.routePort(), ("CONNECT {\"name\":\"" + json + "\"}\r\nINFO {\"server_id\":\"" + json + "\",\"host\":\"" + json
                + "\",\"port\":1}\r\nSUB " + bare.replace('\r', 'r') + "  RSID:1:1\r\nPING\r\n").getBytes(ISO_8859_1));
        Target.say(target.routePort(), ("-ERR '" + bare + "'\r\n").getBytes(ISO_8859_1));
        String login = Base64.getEncoder().encodeToString(("x\n" + FORGED + "\u001b[2J:y").getBytes(ISO_8859_1));
        for (String line : List.of("GET /" + bare + " HTTP/1.1\r\n", "GE\u001bT /varz HTTP/1.1\r\n", "GET /%0a%1b[2J HTTP/1.1\r\n"))
            Target.say(target.monitorPort(), (line + "Host: x\r\nAuthorization: Basic " + login + "\r\nConnection: close\r\n\r\n")
                    .getBytes(ISO_8859_1));
        for (String fields : List.of("Origin: http://" + bare, "Host: " + bare, "Upgrade: " + bare))
            Target.say(target.webSocketPort(), ("GET /\u001b[2J HTTP/1.1\r\nHost: x\r\n" + fields + "\r\n\r\n").getBytes(ISO_8859_1));
    }
}
