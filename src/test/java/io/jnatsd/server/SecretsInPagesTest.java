package io.jnatsd.server;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import io.jnatsd.cli.SecretText;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Random secrets of clients, routes and the monitoring port: neither the log of -DV nor any page contains a part of
 * one.
 */
@Timeout(60)
class SecretsInPagesTest {
    private static final List<String> PAGES = List.of("varz", "configz", "connz?subs=1&auth=1", "connz?state=closed&auth=1",
            "routez?subs=1", "subsz?subs=1", "stacksz", "metrics", "healthz", "", "dashboard", "nowhere");

    private final Random random = new Random(18);
    private final List<SecretText> secrets = new ArrayList<>();

    private String secret() {
        SecretText secret = SecretText.random(random);
        // Times and ports in logs and pages may contain such digits by chance.
        while (secret.text().matches(".*\\d{4}.*"))
            secret = SecretText.random(random);
        secrets.add(secret);
        return secret.text();
    }

    private static String quoted(String secret) {
        return '"' + secret.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    private static String inUrl(String secret) {
        return URLEncoder.encode(secret, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private static String connect(String key, String secret) {
        JsonObject json = new JsonObject();
        json.addProperty("user", "joe");
        json.add(key, new JsonPrimitive(secret));
        json.addProperty("verbose", false);
        return "CONNECT " + json + "\r\n";
    }

    @Test
    void neitherLogNorPageShowsASecret() throws Exception {
        for (int round = 0; round < 6; round++) {
            String client = secret(), route = secret(), monitor = secret();
            String common = "authorization { users: [ {user: joe, password: " + quoted(client) + "}, {user: sue, password: x} ] }\n"
                    + "http: \"127.0.0.1:-1\"\nhttp_user: admin\nhttp_password: " + quoted(monitor) + "\n";
            String cluster = "cluster { listen: \"127.0.0.1:-1\", authorization { user: r, password: " + quoted(route) + " }\n routes: [ROUTES] }\n";
            try (SecuredServer one = SecuredServer.start(common + cluster.replace("ROUTES", ""))) {
                String to = "@127.0.0.1:" + one.server().clusterPort();
                try (SecuredServer other = SecuredServer.start(common + cluster.replace("ROUTES", "\"nats-route://r:" + inUrl(route) + to
                        + "\", \"nats-route://r:" + inUrl(secret()) + "@127.0.0.1:1\", \"nats-route://" + inUrl(secret()) + "@127.0.0.2:1\""))) {
                    await().until(() -> one.log().stream().anyMatch(line -> line.contains("Route connection created"))
                            && page(one, "routez", monitor).contains("\"num_routes\": 1"));
                    useClients(one, client);
                    knockAsRoute(one);
                    reload(one, common);
                    assertTrue(one.log().stream().anyMatch(line -> line.contains("\"pass\":\"[REDACTED]\"")));
                    assertNothingShown(one, monitor);
                    assertNothingShown(other, monitor);
                }
            }
        }
    }

    private void useClients(SecuredServer server, String password) throws IOException {
        RawClient joe = server.connect().send(connect("pass", password)).roundTrip();
        joe.send("SUB a 1\r\nPUB a 2\r\nhi\r\n").expect("MSG a 1 2\r\nhi\r\n");
        for (String key : List.of("pass", "auth_token", "jwt", "sig", "password", "unknown"))
            server.connect().send(connect(key, secret())).expect("-ERR");
        String line = connect("pass", secret());
        server.connect().send(line.substring(0, 12 + random.nextInt(line.length() - 16)) + "\r\n").expect("-ERR");
        server.connect().send(connect("pass", secret() + " ".repeat(5000))).expect("-ERR");
        joe.send(connect("pass", secret()).replace("}", ",\"nkey\":\"x\"}") + "PING\r\n").expect("-ERR|PONG");
    }

    private void knockAsRoute(SecuredServer server) throws IOException {
        for (String key : List.of("pass", "auth_token")) {
            try (RawClient route = RawClient.open(server.server().clusterPort())) {
                route.send(connect(key, secret()) + "INFO {\"server_id\":\"X\",\"auth_required\":true}\r\n").expect("INFO .*\r\n-ERR");
            }
        }
    }

    private void reload(SecuredServer server, String common) {
        String changed = "authorization { user: joe, password: " + secret() + " }\nhttp_password: $" + secret() + "\n";
        server.reloadBySignal(changed);
        server.reloadBySignal(common.replace("password: x", "password: " + quoted(secret())));
    }

    private static String page(SecuredServer server, String path, String password) throws IOException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(server.server().monitorUrl() + "/" + path))
                .header("Authorization", "Basic " + Base64.getEncoder()
                        .encodeToString(("admin:" + password).getBytes(StandardCharsets.UTF_8))).build();
        try (HttpClient http = HttpClient.newHttpClient()) {
            HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
            assertEquals(path.equals("nowhere") ? 404 : 200, answer.statusCode(), path);
            return answer.body();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    private void assertNothingShown(SecuredServer server, String monitor) throws IOException {
        StringBuilder shown = new StringBuilder(String.join("\n", server.log()));
        for (String path : PAGES) {
            shown.append('\n').append(page(server, path, monitor));
        }
        for (SecretText secret : secrets)
            secret.assertNotIn(shown.toString(), "log and pages");
    }
}
