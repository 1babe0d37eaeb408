package io.jnatsd.campaign;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import java.util.Random;

/** Attacks on the monitoring port. */
final class MonitorAttacks {
    static final List<Attack> ALL = List.of(
            new Attack("smuggled requests", "a body is never taken for a request, two lengths are refused",
                    MonitorAttacks::smuggledRequests),
            new Attack("injected header fields", "nothing of a request gets into the head of a response",
                    MonitorAttacks::injectedFields),
            new Attack("damaged requests", "each gets a response or is closed", MonitorAttacks::damagedRequests),
            new Attack("scripts in parameters", "what a page repeats of a request is plain text", MonitorAttacks::scripts));

    private MonitorAttacks() {
    }

    private static String ask(Target target, String request) throws IOException {
        return Target.say(target.monitorPort(), request.getBytes(ISO_8859_1));
    }

    private static int count(String text, String part) {
        return (text.length() - text.replace(part, "").length()) / part.length();
    }

    private static void smuggledRequests(Target target, int scale, Random random) throws IOException {
        String inner = "GET /varz HTTP/1.1\r\nHost: x\r\n\r\n";
        for (String fields : List.of("Content-Length: " + inner.length(), "Content-Length: 0\r\nContent-Length: " + inner.length(),
                "Content-Length: " + inner.length() + "\r\nTransfer-Encoding: chunked",
                "Transfer-Encoding: chunked\r\nContent-Length: 0", "Transfer-Encoding: \tchunked",
                "Transfer-Encoding: identity, chunked", "Transfer-Encoding: xchunked", "Content-Length: +" + inner.length(),
                "Content-Length: " + inner.length() + ",0", "Content-Length : 0", "X: y\r\n Content-Length: 0")) {
            String answer = ask(target, "GET /healthz HTTP/1.1\r\nHost: x\r\n" + fields + "\r\n\r\n" + inner);
            boolean noBody = fields.equals("X: y\r\n Content-Length: 0") || fields.equals("Content-Length : 0");
            assertTrue(noBody || !answer.contains("\"server_id\""), () -> fields + ": " + answer);
        }
    }

    private static void injectedFields(Target target, int scale, Random random) throws IOException {
        for (String path : List.of("/varz%0d%0aX-Injected:%20yes", "/connz?sort=%0d%0aX-Injected:%20yes",
                "/varz?callback=%0d%0aX-Injected:%20yes", "/%0aX-Injected: yes", "/subsz?test=%0d%0aX-Injected:%20yes")) {
            String answer = ask(target, "GET " + path + " HTTP/1.1\r\nHost: x\r\nX-Injected: yes\r\n\r\n");
            int end = answer.indexOf("\r\n\r\n");
            assertTrue(end < 0 || !answer.substring(0, end).contains("X-Injected"), () -> path + ": " + answer);
        }
    }

    private static void scripts(Target target, int scale, Random random) throws IOException {
        for (String path : List.of("/connz?sort=<script>alert(1)</script>", "/varz?callback=<script>alert(1)</script>",
                "/connz?limit=%3Cscript%3E", "/<script>alert(1)</script>", "/subsz?test=%3Cscript%3E")) {
            String answer = ask(target, "GET " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
            assertTrue(!answer.contains("text/html") || !answer.contains("<script>alert"), () -> path + ": " + answer);
            assertTrue(!answer.startsWith("HTTP/1.1 200") || answer.toLowerCase().contains("x-content-type-options: nosniff"),
                    answer);
        }
        assertEquals(1, count(ask(target, "GET /healthz HTTP/1.0\r\n\r\n"), "HTTP/1.1 "));
    }

    private static void damagedRequests(Target target, int scale, Random random) throws IOException {
        Mutator mutator = new Mutator(random);
        String[] paths = {"/varz", "/connz?sort=subs&limit=1&auth=1", "/routez?subs=1", "/subsz?subs=1&test=a.*", "/healthz",
            "/metrics", "/jsz?streams=1&config=true", "/", "/dashboard", "/configz"};
        for (int i = 0; i < 60 * scale; i++) {
            String request = "GET " + paths[random.nextInt(paths.length)] + " HTTP/1.1\r\nHost: localhost\r\n"
                    + "Authorization: Basic YWRtaW46YQ==\r\nConnection: close\r\nAccept-Encoding: gzip\r\n\r\n";
            Target.say(target.monitorPort(), mutator.mutate(request.getBytes(ISO_8859_1)));
        }
    }
}
