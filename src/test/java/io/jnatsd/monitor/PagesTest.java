package io.jnatsd.monitor;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import io.jnatsd.server.RawClient;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PagesTest {
    private TestMonitor monitored;

    @BeforeAll
    void start() throws IOException {
        monitored = TestMonitor.start();
    }

    @AfterAll
    void stop() {
        monitored.close();
    }

    private static String type(HttpResponse<?> answer) {
        return answer.headers().firstValue("Content-Type").orElse("");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/varz", "/connz", "/routez", "/subsz", "/subscriptionsz", "/leafz", "/gatewayz",
        "/accountz", "/jsz", "/configz", "/healthz", "/stacksz"})
    void endpointsAnswerInJson(String path) throws IOException {
        HttpResponse<String> answer = monitored.get(path);
        assertEquals(200, answer.statusCode());
        assertEquals("application/json", type(answer));
        assertFalse(path.startsWith("/s") ? path.startsWith("/subs") && answer.body().endsWith("\n")
                : answer.body().endsWith("\n"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/varz", "/connz", "/routez", "/subsz", "/subscriptionsz", "/stacksz", "/leafz"})
    void aCallbackIsCalled(String path) throws IOException {
        HttpResponse<String> answer = monitored.get(path + "?callback=call.$back_1");
        assertEquals("application/javascript", type(answer));
        assertTrue(answer.body().startsWith("call.$back_1(") && answer.body().endsWith(")"));
        assertEquals("application/json", type(monitored.get(path + "?callback=")));
    }

    @Test
    void theHomePageLinksToTheOthers() throws IOException {
        HttpResponse<String> answer = monitored.get("/");
        assertEquals("text/html; charset=utf-8", type(answer));
        for (String name : List.of("varz", "connz", "routez", "subsz", "dashboard"))
            assertTrue(answer.body().contains("<a href=/" + name + ">" + name + "</a>"), name);
        assertTrue(answer.body().chars().allMatch(c -> c < 128));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/varz/", "/VARZ", "/connz/1", "/debug/pprof/", "/favicon.ico", "/varz//", "/x/../varz",
        "/dashboard.html", "/..%2fvarz", "/io/jnatsd/version.properties"})
    void unknownPathsAreNotFound(String path) throws IOException {
        HttpResponse<String> answer = monitored.get(path);
        assertEquals(404, answer.statusCode());
        assertEquals("404 page not found\n", answer.body());
        assertEquals("text/plain; charset=utf-8", type(answer));
        assertEquals("nosniff", answer.headers().firstValue("X-Content-Type-Options").orElse(""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/varz", "/", "/nowhere", "/connz?sort=x", "/metrics", "/dashboard"})
    void headHasTheHeadersOfGet(String path) throws IOException {
        HttpResponse<String> get = monitored.get(path), head = monitored.send("HEAD", path);
        assertEquals(get.statusCode(), head.statusCode());
        assertEquals("", head.body());
        assertEquals(type(get), type(head));
        long length = head.headers().firstValueAsLong("Content-Length").orElse(-1);
        assertTrue(length > 0 && (get.headers().firstValue("Content-Length").isEmpty()
                || Math.abs(length - get.body().length()) < 100), () -> "" + length);
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE"})
    void nothingCanBeChanged(String method) throws IOException {
        HttpResponse<String> answer = monitored.send(method, "/varz");
        assertEquals(405, answer.statusCode());
        assertEquals("GET, HEAD", answer.headers().firstValue("Allow").orElse(""));
        assertEquals(1, answer.body().lines().count());
    }

    @Test
    void allThreadsAreShown() throws IOException {
        String stacks = monitored.text("/stacksz");
        assertTrue(stacks.contains("HandleStacksz"));
        assertTrue(stacks.contains("accept-Client"));
        try (RawClient client = monitored.client("")) {
            client.roundTrip();
            assertTrue(monitored.text("/stacksz").contains("-read\" virtual "), "virtual threads, too");
        }
        await().until(() -> !monitored.text("/stacksz").contains("-read"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "?js-enabled-only=true", "?js-server-only=true", "?js-enabled=1&details=1", "?account=$G&stream=S"})
    void probesFindTheServerWell(String query) throws IOException {
        HttpResponse<String> answer = monitored.get("/healthz" + query);
        assertEquals(200, answer.statusCode());
        assertEquals("{\"status\":\"ok\"}", answer.body());
    }

    @Test
    void aLeavingServerIsNotWell() throws IOException {
        try (TestMonitor leaving = TestMonitor.start()) {
            leaving.server().lameDuck();
            HttpResponse<String> answer = leaving.get("/healthz");
            assertEquals(503, answer.statusCode());
            assertEquals("{\"status\":\"unavailable\",\"error\":\"lame duck mode\"}", answer.body());
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"/leafz | leafnodes leafs | 0 []",
        "/gatewayz | outbound_gateways inbound_gateways | {} {}",
        "/accountz | accounts | [\"$G\"]", "/jsz | disabled memory api | true 0 {\"total\":0,\"errors\":0}"})
    void whatIsNotThereIsEmpty(String path, String names, String values) throws IOException {
        JsonObject answer = monitored.json(path);
        assertEquals(monitored.server().serverId(), answer.get("server_id").getAsString());
        assertTrue(answer.has("now"));
        List<String> found = new ArrayList<>();
        for (String name : names.split(" "))
            found.add(answer.get(name).toString());
        assertEquals(values, String.join(" ", found));
    }

    @Test
    void theOneAccountHasAllClients() throws IOException {
        JsonObject detail = monitored.json("/accountz?acc=$G").getAsJsonObject("account_detail");
        assertEquals("$G", detail.get("account_name").getAsString());
        assertEquals(400, monitored.get("/accountz?acc=other").statusCode());
    }

    @Test
    void subscriptionsAreCountedListedAndTested() throws IOException {
        try (TestMonitor own = TestMonitor.start(); RawClient client = own.client("")) {
            client.send("SUB foo.bar 1\r\nSUB foo.> 2\r\nSUB foo.* q 3\r\nSUB other 4\r\nUNSUB 4\r\n");
            client.send("PUB foo.bar 0\r\n\r\n").expect("(MSG foo.bar \\d 0\r\n\r\n){3}");
            JsonObject subsz = own.json("/subsz");
            assertEquals(List.of("num_subscriptions", "num_cache", "num_inserts", "num_removes", "num_matches",
                    "cache_hit_rate", "max_fanout", "avg_fanout", "server_id", "now"), List.copyOf(subsz.keySet()));
            assertEquals("3 1 4 1 1 0 3 3", values(subsz));
            client.send("PUB foo.bar 0\r\n\r\n").expect("(MSG foo.bar \\d 0\r\n\r\n){3}");
            assertEquals("3 1 4 1 2 0.5 3 3", values(own.json("/subscriptionsz")));
            assertEquals(List.of("1", "2", "3"), sids(own, "?subs=1"));
            assertEquals(3, own.json("/subsz?subs=1&limit=2").get("total").getAsInt());
            assertEquals(2, sids(own, "?subs=1&limit=2").size());
            assertEquals(1, sids(own, "?subs=1&limit=2&offset=2").size());
            assertEquals(List.of(), sids(own, "?subs=1&offset=3"));
            assertEquals(List.of("2", "3"), sids(own, "?test=foo.x"));
            assertEquals(List.of("1", "2", "3"), sids(own, "?test=foo.bar"));
            assertEquals(List.of(), sids(own, "?test=bar"));
            assertEquals(2, own.json("/subsz").get("num_matches").getAsInt(), "tests are no lookups");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/subsz?test=foo.*", "/subsz?test=a..b", "/subsz?subs=x", "/subsz?limit=x", "/subsz?top=y",
        "/routez?subs=x", "/healthz?js-enabled-only=x", "/accountz?acc=other"})
    void whatIsAllowedIsSaidInOneLine(String path) throws IOException {
        HttpResponse<String> answer = monitored.get(path);
        assertEquals(400, answer.statusCode());
        assertTrue(answer.body().matches("Invalid [^\n]+ \\(allowed: [^\n]+\\)\n"), answer.body());
    }

    private static String values(JsonObject subsz) {
        return subsz.entrySet().stream().limit(8).map(e -> e.getValue().getAsString()).reduce((a, b) -> a + " " + b)
                .orElse("");
    }

    private static List<String> sids(TestMonitor monitored, String query) throws IOException {
        return TestMonitor.objects(monitored.json("/subsz" + query).getAsJsonArray("subscriptions_list")).stream()
                .map(s -> s.get("sid").getAsString()).sorted().toList();
    }

    @Test
    void busySubjectsAreFoundWhenWanted() throws IOException {
        assertTrue(monitored.json("/subsz?top=5").get("top_subjects").isJsonNull());
        try (TestMonitor own = TestMonitor.start(o -> o.topSubjects = true); RawClient client = own.client("")) {
            for (int i = 0; i < 10; i++)
                client.send("PUB busy 4\r\nabcd\r\n".repeat(9)).roundTrip().send("PUB calm 1\r\nx\r\n").roundTrip();
            List<JsonObject> top = TestMonitor.objects(own.json("/subsz?top=5").getAsJsonArray("top_subjects"));
            assertEquals(List.of("busy", "calm"), top.stream().map(t -> t.get("subject").getAsString()).toList());
            double messages = top.get(0).get("msgs_per_sec").getAsDouble();
            assertTrue(messages > 8 * top.get(1).get("msgs_per_sec").getAsDouble(), top::toString);
            assertEquals(1, own.json("/subsz?top=1").getAsJsonArray("top_subjects").size());
            assertTrue(own.json("/varz").getAsJsonObject("jnatsd").get("top_subjects").getAsBoolean());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 32, 500})
    void subjectsThatComeInARegularOrderAreAllFound(int messages) throws Exception {
        try (TestMonitor own = TestMonitor.start(o -> o.topSubjects = true); RawClient client = own.client("")) {
            for (int i = 0; i < 400; i++)
                client.send("PUB odd 1\r\nx\r\nPUB even 1\r\nx\r\n".repeat(messages / 2)).roundTrip();
            List<JsonObject> top = TestMonitor.objects(own.json("/subsz?top=5").getAsJsonArray("top_subjects"));
            assertEquals(Set.of("odd", "even"),
                    top.stream().map(t -> t.get("subject").getAsString()).collect(Collectors.toSet()));
            double most = top.get(0).get("msgs_per_sec").getAsDouble(), least = top.get(1).get("msgs_per_sec").getAsDouble();
            assertTrue(least > most / 2, top::toString);
        }
    }

    @Test
    void theBusiestSubjectsAreLookedForFromAReloadOn() throws Exception {
        try (TestMonitor own = TestMonitor.start(); RawClient client = own.client("")) {
            client.send("PUB before 1\r\nx\r\n").roundTrip();
            own.server().state().apply(TestMonitor.options(o -> o.topSubjects = true));
            // A batch that began before the reload is not measured.
            client.roundTrip().send("PUB after 1\r\nx\r\n").roundTrip();
            List<JsonObject> top = TestMonitor.objects(own.json("/subsz?top=5").getAsJsonArray("top_subjects"));
            assertEquals(List.of("after"), top.stream().map(t -> t.get("subject").getAsString()).toList());
        }
    }

    @Test
    void manyMayLookAtOnce() throws Exception {
        List<Callable<Integer>> pollers = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            String path = List.of("/varz", "/connz?subs=1", "/subsz", "/routez?subs=1").get(i % 4);
            pollers.add(() -> {
                int right = 0;
                for (int request = 0; request < 50; request++) {
                    HttpResponse<String> answer = monitored.get(path);
                    right += answer.statusCode() == 200 && type(answer).equals("application/json") ? 1 : 0;
                }
                return right;
            });
        }
        pollers.add(() -> {
            for (int i = 0; i < 50; i++)
                try (RawClient client = monitored.client("")) {
                    client.send("SUB a 1\r\nPUB a 0\r\n\r\n").expect("MSG a 1 0\r\n\r\n");
                }
            return 50;
        });
        try (ExecutorService threads = Executors.newCachedThreadPool()) {
            for (Future<Integer> poller : threads.invokeAll(pollers))
                assertEquals(50, poller.get());
        }
    }
}
