package io.jnatsd.monitor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jnatsd.config.ServerOptions.User;
import io.jnatsd.server.RawClient;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mindrot.jbcrypt.BCrypt;

class AccessTest {
    private static String login(String userAndPassword) {
        return "Basic " + Base64.getEncoder().encodeToString(userAndPassword.getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @ValueSource(strings = {"nats", "/nats", "/nats/", "a/b"})
    void everythingIsBelowTheBasePath(String basePath) throws IOException {
        String base = "/" + basePath.replaceAll("^/|/$", "");
        try (TestMonitor monitored = TestMonitor.start(o -> o.httpBasePath = basePath)) {
            assertTrue(monitored.server().monitorUrl().endsWith(base));
            monitored.json("/varz");
            assertTrue(monitored.text("").contains("<a href=" + base + "/varz>"));
            assertTrue(monitored.text("/").contains("<a href=" + base + "/connz>"));
            for (String path : List.of("/../varz", "/nats/varz", "varz"))
                assertEquals(404, monitored.get(path).statusCode(), path);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/nats//varz", "//nats/varz", "//nats//varz?x=//", "///nats///varz", "/nats%2f/varz"})
    void repeatedSlashesAreOne(String path) throws IOException {
        try (TestMonitor monitored = TestMonitor.start(o -> o.httpBasePath = "nats")) {
            assertEquals("HTTP/1.1 200 OK", statusLine(monitored, path));
        }
    }

    /** @param path is sent without encoding */
    private static String statusLine(TestMonitor monitored, String path) throws IOException {
        URI url = URI.create(monitored.server().monitorUrl());
        try (Socket socket = new Socket(url.getHost(), url.getPort())) {
            socket.setSoTimeout(30_000);
            String request = "GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
            return new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8))
                    .readLine();
        }
    }

    @Test
    void otherOriginsMayReadIfAllowed() throws IOException {
        try (TestMonitor monitored = TestMonitor.start(o -> o.httpAllowOrigin = "https://ops.example.com")) {
            for (String path : List.of("/varz", "/nowhere", "/connz?sort=x")) {
                HttpResponse<String> answer = monitored.get(path);
                assertEquals("https://ops.example.com",
                        answer.headers().firstValue("Access-Control-Allow-Origin").orElse(""));
                assertEquals("Origin", answer.headers().firstValue("Vary").orElse(""));
            }
            HttpResponse<String> before = monitored.send("OPTIONS", "/varz");
            assertEquals(204, before.statusCode());
            assertEquals("Authorization", before.headers().firstValue("Access-Control-Allow-Headers").orElse(""));
        }
        try (TestMonitor monitored = TestMonitor.start()) {
            assertTrue(monitored.get("/varz").headers().firstValue("Access-Control-Allow-Origin").isEmpty());
        }
    }

    @Test
    void callbacksCanBeSwitchedOff() throws IOException {
        try (TestMonitor monitored = TestMonitor.start(o -> o.jsonp = false)) {
            assertEquals(400, monitored.get("/varz?callback=f").statusCode());
            assertEquals(200, monitored.get("/varz?callback=").statusCode());
        }
    }

    @Test
    void theDashboardCanBeSwitchedOff() throws IOException {
        try (TestMonitor monitored = TestMonitor.start(o -> o.dashboard = false)) {
            assertEquals(404, monitored.get("/dashboard").statusCode());
            assertFalse(monitored.text("/").contains("dashboard"));
        }
    }

    @Test
    void requestsWithoutLoginGetAChallenge() throws IOException {
        try (TestMonitor monitored = TestMonitor.start(o -> {
            o.httpUser = "ops";
            o.httpPassword = "s\u00e9cret:1";
        })) {
            for (String path : List.of("/", "/varz", "/healthz", "/metrics", "/dashboard", "/nowhere")) {
                HttpResponse<String> answer = monitored.get(path);
                assertEquals(401, answer.statusCode(), path);
                assertEquals("Basic realm=\"jnatsd\", charset=\"UTF-8\"",
                        answer.headers().firstValue("WWW-Authenticate").orElse(""));
                assertEquals("Unauthorized\n", answer.body());
            }
            for (String wrong : List.of("ops:", "ops:secret", "ops", ":s\u00e9cret:1", "Ops:s\u00e9cret:1",
                    "ops:s\u00e9cret:12", "ops\n:s\u00e9cret:1"))
                assertEquals(401, monitored.get("/varz", "Authorization", login(wrong)).statusCode(), wrong);
            for (String broken : List.of("Bearer x", "Basic", "Basic ", "Basic %%%", "Digest a=b"))
                assertEquals(401, monitored.get("/varz", "Authorization", broken).statusCode(), broken);
            for (int again = 0; again < 2; again++) {
                String right = login("ops:s\u00e9cret:1");
                assertEquals(200, monitored.get("/varz", "Authorization", right).statusCode());
                assertEquals(200, monitored.get("/varz", "authorization", right.replace("Basic", "BASIC"))
                        .statusCode());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"$2a$", "$2b$", "$2y$"})
    void thePasswordMayBeABcryptHash(String name) throws IOException {
        String hash = name + BCrypt.hashpw("geheim", BCrypt.gensalt(4)).substring(4);
        try (TestMonitor monitored = TestMonitor.start(o -> {
            o.httpUser = "ops";
            o.httpPassword = hash;
        })) {
            assertEquals(401, monitored.get("/varz", "Authorization", login("ops:" + hash)).statusCode());
            assertEquals(401, monitored.get("/varz", "Authorization", login("ops:wrong")).statusCode());
            assertEquals(200, monitored.get("/varz", "Authorization", login("ops:geheim")).statusCode());
            assertEquals(401, monitored.get("/varz", "Authorization", login("OPS:geheim")).statusCode());
            assertEquals(200, monitored.get("/varz", "Authorization", login("ops:geheim")).statusCode());
        }
    }

    @Test
    void aBrokenHashLetsNobodyIn() throws IOException {
        try (TestMonitor monitored = TestMonitor.start(o -> {
            o.httpUser = "ops";
            o.httpPassword = "$2a$10$short";
        })) {
            assertEquals(401, monitored.get("/varz", "Authorization", login("ops:x")).statusCode());
            assertEquals(401, monitored.get("/varz", "Authorization", login("ops:$2a$10$short")).statusCode());
        }
    }

    @Test
    void noAnswerHoldsASecret() throws IOException {
        String right = login("ops:HUSH-monitor");
        try (TestMonitor monitored = TestMonitor.start(o -> {
            o.httpUser = "ops";
            o.httpPassword = "HUSH-monitor";
            o.users = List.of(new User("joe", "HUSH-joe", "", null, 0));
            o.password = "HUSH-single";
            o.token = "HUSH-token";
            o.clusterUser = "route";
            o.clusterPassword = "HUSH-cluster";
            o.clusterPort = -1;
            o.clusterHost = "127.0.0.1";
            o.routes = List.of(URI.create("nats-route://route:HUSH-route@127.0.0.1:1"));
            o.topSubjects = true;
        }); RawClient client = monitored.client(",\"user\":\"joe\",\"pass\":\"HUSH-joe\","
                + "\"auth_token\":\"HUSH-auth\",\"sig\":\"HUSH-sig\",\"jwt\":\"HUSH-jwt\"")) {
            client.send("SUB a 1\r\nPUB a 1\r\nx\r\n").expect("MSG a 1 1\r\nx\r\n");
            for (String path : List.of("/", "/varz", "/connz?auth=1&subs=detail&state=any", "/routez?subs=detail",
                    "/subsz?subs=1&top=9", "/configz", "/metrics", "/dashboard", "/healthz", "/leafz", "/accountz",
                    "/connz?sort=HUSH", "/nowhere")) {
                String body = monitored.get(path, "Authorization", right).body();
                assertFalse(body.contains("HUSH-"), () -> path + ": " + body);
            }
        }
    }

    @Test
    void aTokenSentAsUserIsNotShown() throws IOException {
        try (TestMonitor monitored = TestMonitor.start(o -> o.token = "HUSH-token");
                RawClient client = monitored.client(",\"auth_token\":\"HUSH-token\",\"user\":\"HUSH-token\"")) {
            assertFalse(monitored.text("/connz?auth=1").contains("HUSH"));
            client.roundTrip();
        }
    }
}
