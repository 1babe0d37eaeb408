package io.jnatsd.campaign;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jnatsd.server.RawClient;
import java.io.IOException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Attempts to get at subjects that a user may not use. */
final class PermissionAttacks {
    /** Every subject that the guest may get, and some that it may not. */
    private static final List<String> ALLOWED = List.of("open.a", "open.a.b", "shared.a"),
            DENIED = List.of("open.private.a", "open.private.a.b", "shared.secret", "work.a", "secret", "a", "open", "shared.a.b",
                    "$JS.API.INFO", "_INBOX.x.1", "crew", "work.crew");
    private static final List<String> TOKENS = List.of("open", "private", "shared", "secret", "work", "a", "b", "*", "*", ">", ">",
            "$SYS", "$JS", "_SYS", "_INBOX", "crew", "OPEN", "open*", "*open", ">>", "**", "");
    private static final Pattern DELIVERED = Pattern.compile("(?m)^MSG (\\S+) (\\S+) ");

    static final List<Attack> ALL = List.of(
            new Attack("subscriptions by wildcards and queue names", "a user gets what all its permissions allow, and nothing else",
                    PermissionAttacks::subscriptions),
            new Attack("publishing around permissions", "a subject is compared as it is delivered", PermissionAttacks::publishing),
            new Attack("$SYS spoofing over routes", "messages of a server that has no system user are dropped below $SYS",
                    PermissionAttacks::routes));

    private PermissionAttacks() {
    }

    private static String pattern(Random random) {
        List<String> tokens = new ArrayList<>();
        for (int n = random.nextInt(1, 4); n > 0; n--)
            tokens.add(TOKENS.get(random.nextInt(TOKENS.size())));
        return String.join(".", tokens);
    }

    private static void subscriptions(Target target, int scale, Random random) throws IOException {
        try (RawClient guest = target.client("guest", "g"); RawClient admin = target.admin()) {
            StringBuilder lines = new StringBuilder();
            String[] queues = {"", "", "", "crew ", "* ", "> ", "cre* ", "crew.> ", "open.> "};
            boolean[] crew = new boolean[150 * scale];
            for (int sid = 0; sid < crew.length; sid++) {
                String queue = queues[random.nextInt(queues.length)], subject = pattern(random);
                crew[sid] = queue.equals("crew ");
                if (!subject.isEmpty())
                    lines.append("SUB ").append(subject).append(' ').append(queue).append(sid).append("\r\n");
            }
            expectUntilPong(guest.send(lines + "PING\r\n"), "-ERR '");
            StringBuilder messages = new StringBuilder();
            for (int round = 0; round < 5; round++)
                for (List<String> subjects : List.of(ALLOWED, DENIED))
                    for (String subject : subjects)
                        messages.append("PUB ").append(subject).append(" 1\r\nx\r\n");
            admin.send(messages + "PUB open.end 1\r\nx\r\n").roundTrip();
            guest.send("PING\r\n");
            Matcher delivered = DELIVERED.matcher(guest.expect(".*?PONG\r\n").group());
            while (delivered.find()) {
                boolean allowed = ALLOWED.contains(delivered.group(1)) || delivered.group(1).equals("open.end");
                boolean asCrew = delivered.group(1).equals("work.a") || delivered.group(1).equals("work.crew");
                assertTrue(allowed || asCrew && crew[Integer.parseInt(delivered.group(2))], delivered.group());
            }
        }
    }

    /** Expects any number of lines with one of these beginnings. (A regular expression for many lines needs a deep stack.) */
    private static void expectUntilPong(RawClient client, String... beginnings) throws IOException {
        for (String line : client.expect(".*?PONG\r\n").group().split("\r\n"))
            assertTrue(line.equals("PONG") || Arrays.stream(beginnings).anyMatch(line::startsWith), line);
    }

    private static void publishing(Target target, int scale, Random random) throws IOException {
        try (RawClient witness = target.admin(); RawClient guest = target.client("guest", "g")) {
            witness.send("SUB > 1\r\n").roundTrip();
            StringBuilder lines = new StringBuilder();
            for (int i = 0; i < 200 * scale; i++) {
                String subject = i % 10 == 0 ? DENIED.get(i / 10 % DENIED.size()) : pattern(random);
                if (!subject.isEmpty())
                    lines.append(random.nextBoolean() ? "PUB " + subject + " 1\r\nx\r\n"
                            : "HPUB " + subject + " 12 13\r\nNATS/1.0\r\n\r\nx\r\n");
            }
            expectUntilPong(guest.send(lines + "PUB open.end 1\r\nx\r\nPING\r\n"), "-ERR '");
            String seen = witness.expect(".*?M?MSG open\\.end 1 1\r\nx\r\n").group();
            Matcher subjects = Pattern.compile("(?m)^H?MSG (\\S+) 1 ").matcher(seen);
            while (subjects.find()) {
                String subject = subjects.group(1);
                boolean open = subject.startsWith("open.") && subject.length() > 5 || subject.equals("open.");
                boolean shared = subject.startsWith("shared.") && subject.indexOf('.', 7) < 0 && !subject.equals("shared.secret");
                assertTrue(open || shared, subject);
            }
        }
    }

    private static void routes(Target target, int scale, Random random) throws IOException {
        try (RawClient sys = target.client("sys", "s"); RawClient admin = target.admin(); RawClient server = peer(target)) {
            sys.send("SUB $SYS.> 1\r\nSUB probe 2\r\n").roundTrip();
            admin.send("SUB probe 1\r\n").roundTrip();
            String sid = server.expect(".*?SUB probe  (RSID:\\d+:2)\r\n").group(1);
            long cid = Long.parseLong(sid.split(":")[1]);
            for (int i = 0; i < 20 * scale; i++) {
                String subject = "$SYS." + pattern(random).replace("*", "x").replace(">", "y");
                server.send("MSG " + subject + " RSID:" + cid + ":1 1\r\nx\r\n");
                server.send("MSG " + subject + " QRSID:" + cid + ":1 reply 1\r\nx\r\n");
                server.send("PUB " + subject + " 1\r\nx\r\n");
            }
            String kick = "{\"cid\":" + cid + "}";
            server.send("MSG $SYS.REQ.SERVER.PING.KICK RSID:1:1 reply " + kick.length() + "\r\n" + kick + "\r\n");
            server.send("MSG $SYS.REQ.SERVER.PING RSID:1:1 reply 0\r\n\r\n");
            expectUntilPong(server.send("MSG probe " + sid + " 4\r\nreal\r\nPING\r\n"), "SUB ", "UNSUB ");
            sys.expectText("MSG probe 2 4\r\nreal\r\n").roundTrip();
            admin.expectText("MSG probe 1 4\r\nreal\r\n").roundTrip();
            assertEquals(2, target.json("/varz").get("connections").getAsInt());
        }
    }

    /** Returns a route of a server that does not say that it has a system user. */
    private static RawClient peer(Target target) throws IOException {
        RawClient server = new RawClient(new Socket("127.0.0.1", target.routePort()));
        server.expect("INFO [^\r]*\r\n");
        return server.send("CONNECT {\"name\":\"spoof\"}\r\nINFO {\"server_id\":\"spoof\"}\r\n".getBytes(ISO_8859_1));
    }
}
