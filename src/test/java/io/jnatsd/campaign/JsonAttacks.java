package io.jnatsd.campaign;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jnatsd.server.RawClient;
import java.io.IOException;
import java.util.List;
import java.util.Random;

/** JSON that costs more than it looks like, wherever the server reads JSON. */
final class JsonAttacks {
    private static final int DEPTH = 4000;
    /** Values of any type, each where another type is expected. */
    private static final List<String> VALUES = List.of("null", "{}", "[]", "\"\"", "\"x\"", "true", "0", "-1", "1e999999999",
            "1e-999999999", "9223372036854775808", "-9223372036854775809", "1.5", "[null]", "{\"a\":null}", "\"\\u0000\"",
            "\"\\ud800\"", "9".repeat(3000), "[".repeat(DEPTH), "{\"a\":".repeat(DEPTH / 4), "[".repeat(300) + "]".repeat(300),
            "\"\n[1] 2026/01/01 00:00:00.000000 [INF] forged\"");
    private static final List<String> FIELDS = List.of("name", "subjects", "max_msgs", "max_age", "retention", "storage",
            "num_replicas", "duplicate_window", "sources", "mirror", "placement", "republish", "subject_transform", "metadata",
            "consumer_limits", "deliver_policy", "ack_wait", "backoff", "filter_subjects", "max_deliver", "opt_start_seq",
            "opt_start_time", "batch", "expires", "no_wait", "seq", "last_by_subj", "offset", "limit", "filter", "keep");
    private static final List<String> APIS = List.of("STREAM.CREATE.bomb", "STREAM.UPDATE.bomb", "STREAM.INFO.good",
            "STREAM.PURGE.good", "STREAM.MSG.GET.good", "STREAM.MSG.DELETE.good", "STREAM.NAMES", "STREAM.LIST",
            "CONSUMER.CREATE.good", "CONSUMER.CREATE.good.bomb", "CONSUMER.DURABLE.CREATE.good.bomb", "CONSUMER.MSG.NEXT.good.pull",
            "DIRECT.GET.good", "INFO");

    static final List<Attack> ALL = List.of(
            new Attack("JSON bombs in CONNECT", "-ERR 'Parser Error', or the field is ignored", JsonAttacks::connect),
            new Attack("JSON bombs in JetStream requests", "an error response", JsonAttacks::jetStream),
            new Attack("JSON bombs in acknowledgements", "a delay that is not valid is none", JsonAttacks::acknowledgements),
            new Attack("JSON bombs in system requests", "an error response, and only to the system user", JsonAttacks::system),
            new Attack("JSON bombs on routes", "-ERR 'Parser Error', or the field is ignored", JsonAttacks::routes));

    private JsonAttacks() {
    }

    private static void connect(Target target, int scale, Random random) throws IOException {
        for (String field : List.of("verbose", "pedantic", "user", "pass", "protocol", "name", "echo", "headers", "unknown"))
            for (String value : VALUES) {
                String line = "CONNECT {\"verbose\":false,\"user\":\"admin\",\"pass\":\"a\",\"" + field + "\":" + value + "}\r\nPING\r\n";
                if (random.nextInt(4 * scale) < scale)
                    Target.say(target.port(), line.getBytes(ISO_8859_1));
            }
    }

    private static String pub(String subject, String reply, String body) {
        return "PUB " + subject + " " + reply + " " + body.length() + "\r\n" + body + "\r\n";
    }

    private static void create(RawClient admin) throws IOException {
        admin.send("SUB made 9\r\n" + pub("$JS.API.STREAM.CREATE.good", "made", "{\"name\":\"good\",\"subjects\":[\"good.*\"],"
                + "\"storage\":\"memory\"}")).expect("MSG made 9 \\d+\r\n\\{[^\r]*\"did_create\":true[^\r]*}\r\n");
        admin.send(pub("$JS.API.CONSUMER.CREATE.good.pull", "made", "{\"stream_name\":\"good\",\"config\":{\"name\":\"pull\","
                + "\"ack_policy\":\"explicit\",\"max_deliver\":-1,\"durable_name\":\"pull\"}}"))
                .expect("MSG made 9 \\d+\r\n\\{[^\r]*\"stream_name\":\"good\"[^\r]*}\r\n");
        admin.send("UNSUB 9\r\n").roundTrip();
    }

    private static void delete(RawClient admin) throws IOException {
        admin.send("SUB gone 9\r\n" + pub("$JS.API.STREAM.DELETE.good", "gone", ""))
                .expect("MSG gone 9 \\d+\r\n\\{[^\r]*\"success\":true[^\r]*}\r\n");
    }

    private static void jetStream(Target target, int scale, Random random) throws IOException {
        try (RawClient admin = target.admin(); RawClient attacker = target.admin()) {
            create(admin);
            for (String api : APIS)
                for (int i = 0; i < 20 * scale; i++) {
                    String field = FIELDS.get(random.nextInt(FIELDS.size())), value = VALUES.get(random.nextInt(VALUES.size()));
                    String body = "{\"" + field + "\":" + value + "}";
                    if (random.nextBoolean())
                        body = "{\"stream_name\":\"good\",\"config\":" + body + "}";
                    attacker.send(pub("$JS.API." + api, "nowhere", body));
                }
            attacker.roundTrip();
            delete(admin);
            admin.send(pub("$JS.API.STREAM.DELETE.bomb", "nowhere", "")).roundTrip();
        }
    }

    private static void acknowledgements(Target target, int scale, Random random) throws IOException {
        try (RawClient admin = target.admin()) {
            create(admin);
            admin.send("SUB answers 1\r\n").roundTrip();
            for (String value : VALUES) {
                for (String nak : List.of("-NAK {\"delay\":" + value + "}", "-NAK " + value, "+NXT {\"batch\":" + value + "}")) {
                    // A message whose acknowledgement asks for a long delay does not come again.
                    admin.send(pub("good.x", "nowhere", "hello"));
                    admin.send(pub("$JS.API.CONSUMER.MSG.NEXT.good.pull", "answers", "{\"batch\":1}"));
                    String ack = admin.expect("MSG good.x 1 (\\S+) 5\r\nhello\r\n").group(1);
                    admin.send(pub(ack, "nowhere", nak)).roundTrip();
                }
            }
            admin.send("UNSUB 1\r\n");
            admin.send(pub("$JS.API.STREAM.DELETE.good", "nowhere", ""));
        }
    }

    private static void system(Target target, int scale, Random random) throws IOException {
        try (RawClient sys = target.client("sys", "s"); RawClient admin = target.admin()) {
            admin.send(pub("$SYS.REQ.SERVER.PING", "r", "")).expectText(
                    "-ERR 'Permissions Violation for Publish to \"$SYS.REQ.SERVER.PING\"'\r\n");
            for (String request : List.of("VARZ", "CONNZ", "ROUTEZ", "SUBSZ", "STATSZ", "HEALTHZ", "JSZ", "KICK"))
                for (String value : VALUES)
                    for (String field : List.of("server_name", "cid", "limit", "sort", "tags"))
                        if (random.nextInt(6 * scale) < scale)
                            sys.send(pub("$SYS.REQ.SERVER.PING." + request, "nowhere", "{\"" + field + "\":" + value + "}"));
            sys.roundTrip();
        }
    }

    private static void routes(Target target, int scale, Random random) throws IOException {
        for (String field : List.of("server_id", "host", "port", "connect_urls", "headers", "rid", "max_payload", "nonce", "unknown"))
            for (String value : VALUES)
                if (random.nextInt(4 * scale) < scale) {
                    String lines = "CONNECT {\"name\":\"bomber\"}\r\nINFO {\"server_id\":\"bomber\",\"" + field + "\":" + value
                            + "}\r\nPING\r\n";
                    String answer = Target.say(target.routePort(), lines.getBytes(ISO_8859_1));
                    assertTrue(answer.startsWith("INFO "), answer);
                }
    }
}
