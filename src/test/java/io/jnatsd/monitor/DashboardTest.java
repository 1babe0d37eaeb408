package io.jnatsd.monitor;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.JsonObject;
import io.jnatsd.server.RawClient;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The dashboard in a real browser. */
@Timeout(180)
class DashboardTest {
    private static final ConditionFactory SOON = await().atMost(Duration.ofSeconds(40)).pollInSameThread()
            .pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(25));
    /** The refresh interval of the page in milliseconds. The default of a second would make the tests slower. */
    private static final int PACE = 200;

    private static Browser browser;
    private TestMonitor monitored;
    private final List<RawClient> clients = new ArrayList<>();

    @BeforeAll
    static void start() throws IOException {
        Optional<Path> installed = Browser.installed();
        if (installed.isEmpty())
            return;
        // Not a temporary folder of JUnit, because the browser continues to write for a while after its end.
        Path profile = Files.createTempDirectory(Path.of(System.getProperty("jnatsd.home"), "target"), "browser");
        browser = Browser.start(installed.get(), profile);
        browser.beforeEachPage("if (location.host) localStorage.setItem('jnatsd.every', " + PACE + ")");
    }

    @AfterAll
    static void stop() {
        if (browser != null)
            browser.close();
    }

    @BeforeEach
    void open() throws IOException {
        // Here and not in start(), so that each test is counted as skipped.
        assumeTrue(browser != null, "no browser: install Debian's chromium to test the dashboard");
        browser.complaints().clear();
        browser.requests().clear();
        monitored = TestMonitor.start(o -> {
            o.serverName = "north-1";
            o.topSubjects = true;
            o.maxPending = 3_000_000;
            o.httpBasePath = "/nats";
        });
        browser.size(1280, 900, false);
        for (int i = 1; i <= 3; i++)
            clients.add(monitored.client(",\"name\":\"svc-" + i + "\",\"lang\":\"go\",\"user\":\"<b>joe</b>\""));
        browser.open(monitored.url("/dashboard"));
        SOON.until(() -> text("#status").equals("live"));
    }

    @AfterEach
    void close() throws IOException {
        if (monitored == null)
            return;
        browser.open("about:blank");
        for (RawClient client : clients)
            client.close();
        monitored.close();
    }

    private String text(String selector) throws IOException {
        return browser.evaluate("document.querySelector('" + selector + "')?.innerText ?? ''").strip();
    }

    /** Returns the texts of all elements, visible or not, one in each line. */
    private List<String> texts(String selector) throws IOException {
        return browser.evaluate("[...document.querySelectorAll('" + selector + "')].map(e => e.textContent).join('\\n')")
                .lines().toList();
    }

    private void click(String selector) throws IOException {
        browser.evaluate("document.querySelector('" + selector + "').click()");
    }

    private static void soon(Callable<Boolean> condition) {
        SOON.until(condition);
    }

    private void talk(int messages) throws IOException {
        clients.get(2).send("PUB orders.eu 3\r\nabc\r\n".repeat(messages)).roundTrip();
    }

    @Test
    void thePageShowsWhatTheServerSaysAndNothingElseHappens() throws IOException {
        for (RawClient client : clients.subList(0, 2))
            client.send("SUB other.> 1\r\nSUB orders.* workers 2\r\n").roundTrip();
        clients.get(1).send("PUB other.x 4\r\nabcd\r\n").expect("MSG other.x 1 4\r\nabcd\r\n");
        soon(() -> tile("mi").equals("1"));
        talkUntilRatesShow();
        JsonObject varz = monitored.json("/varz");
        soon(() -> tile("mi").equals(varz.get("in_msgs").getAsString()));
        for (String[] pair : new String[][] {{"mo", "out_msgs"}, {"bi", "in_bytes"}, {"bo", "out_bytes"},
            {"conns", "connections"}, {"subs", "subscriptions"}, {"slow", "slow_consumers"}, {"routes", "routes"}})
            assertEquals(varz.get(pair[1]).getAsString(), tile(pair[0]), pair[1]);
        assertEquals("north-1", text("#name"));
        assertEquals("3", text("#tab-connections small"));
        assertTrue(browser.evaluate("document.querySelector('#chart-m .l').getAttribute('d').length > 10")
                .equals("true"), "a line is drawn");
        assertEquals(List.of(), browser.complaints());
        for (String url : browser.requests())
            assertTrue(url.startsWith(monitored.url("/")) || url.startsWith("data:"), url);
    }

    private String tile(String id) throws IOException {
        return browser.evaluate("document.querySelector('#t-" + id + " b').dataset.value");
    }

    private void talkUntilRatesShow() {
        soon(() -> {
            talk(100);
            return !text("#t-mi b").startsWith("0");
        });
    }

    @Test
    void theConnectionsSortFilterAndUnfold() throws IOException {
        clients.get(2).send("SUB a.> 1\r\nSUB b.<i> q 2\r\n").roundTrip();
        clients.get(1).send("SUB c 1\r\n").roundTrip();
        click("#tab-connections");
        soon(() -> names().equals("svc-1 svc-2 svc-3"));
        assertEquals("ascending", browser.evaluate("document.querySelector('[data-sort=cid]').closest('th').ariaSort"));
        click("[data-sort=subs]");
        soon(() -> names().equals("svc-3 svc-2 svc-1"));
        assertEquals("descending", browser.evaluate(
                "document.querySelector('[data-sort=subs]').closest('th').getAttribute('aria-sort')"));
        browser.evaluate("document.querySelector('[data-sort=cid]').focus()");
        browser.press("Enter", 13);
        soon(() -> names().equals("svc-1 svc-2 svc-3"));
        assertEquals("cid", browser.evaluate("document.activeElement.dataset.sort"), "the focus stays");
        browser.evaluate("(f => { f.value = 'SVC-3'; f.dispatchEvent(new Event('input')); })"
                + "(document.querySelector('#c-filter'))");
        soon(() -> names().equals("svc-3"));
        click("#c-table .exp");
        soon(() -> texts("#c-table .subs .mono").equals(List.of("a.>", "b.<i>")));
        assertTrue(text("#c-table tr.row").contains("<b>joe</b>"), "what clients say is text");
        click("#c-rtt");
        clients.get(2).expectText("PING\r\n").send("PONG\r\n");
        soon(() -> text("#c-table tr.row").contains("ms") || text("#c-table tr.row").contains("\u00b5s"));
        assertEquals(List.of(), browser.complaints());
    }

    private String names() throws IOException {
        return String.join(" ", texts("#c-table tr.row td .name"));
    }

    @Test
    void thoseWhoLeftAreShownWithTheirReason() throws IOException {
        clients.remove(1).close();
        click("#tab-connections");
        browser.evaluate("(c => { c.value = 'closed'; c.dispatchEvent(new Event('change')); })"
                + "(document.querySelector('#c-state'))");
        soon(() -> names().equals("svc-2") && text("#c-table tr.row").contains("Client Closed"));
        click("#tab-overview");
        soon(() -> text("#recent").contains("svc-2"));
        clients.get(1).send("SUB flood 9\r\n").roundTrip();
        soon(() -> {
            clients.get(0).send("PUB flood 500000\r\n" + "x".repeat(500_000) + "\r\n").roundTrip();
            return tile("slow").equals("1");
        });
        soon(() -> text("#slow").contains("flood") && text("#slow").contains("svc-3"));
        assertTrue(browser.evaluate("document.querySelector('#t-slow').className").contains("alarm"));
    }

    @Test
    void subjectsAreTestedAndRanked() throws IOException {
        clients.get(0).send("SUB orders.> 1\r\n").roundTrip();
        clients.get(1).send("SUB orders.* pack 1\r\n").roundTrip();
        talk(50);
        click("#tab-subscriptions");
        soon(() -> texts("#s-top .mono").equals(List.of("orders.eu")));
        soon(() -> text("#t-s-count b").equals("2"));
        browser.evaluate("(document.querySelector('#s-test').value = 'orders.us', 1)");
        click("#s-form button");
        soon(() -> text("#s-result").contains("1 subscription gets every message, and one member of one queue group"));
        browser.evaluate("(document.querySelector('#s-test').value = 'orders.*', 1)");
        click("#s-form button");
        soon(() -> text("#s-result").contains("Invalid test"));
        // The browser itself logs every error response.
        browser.complaints().removeIf(c -> c.contains("400 (Bad Request)"));
        assertEquals(List.of(), browser.complaints());
    }

    @Test
    void theConfigurationIsThere() throws IOException {
        click("#tab-config");
        soon(() -> text("#g").contains("max_pending") && text("#g").contains("3,000,000"));
        click("#tab-routes");
        soon(() -> text("#r-table").contains("stands alone"));
        assertEquals(List.of(), browser.complaints());
    }

    @Test
    void darkAndLightAndPhones() throws IOException {
        browser.scheme("light");
        String light = background();
        browser.scheme("dark");
        String dark = background();
        assertNotEquals(light, dark);
        click("#theme");
        assertEquals(light, background(), "the button overrules the system");
        click("#theme");
        assertEquals(dark, background());
        browser.size(390, 844, true);
        for (String tab : List.of("overview", "connections", "subscriptions", "routes", "config")) {
            click("#tab-" + tab);
            soon(() -> browser.evaluate("document.documentElement.scrollWidth <= innerWidth").equals("true"));
        }
    }

    private String background() throws IOException {
        return browser.evaluate("getComputedStyle(document.body).backgroundColor");
    }

    @Test
    void aRestartIsSurvived() throws IOException {
        int port = monitored.port();
        monitored.server().close();
        soon(() -> text("#status").equals("unreachable"));
        try (TestMonitor next = TestMonitor.start(o -> {
            o.serverName = "north-2";
            o.httpBasePath = "/nats";
            o.httpPort = port;
        })) {
            soon(() -> text("#status").equals("live") && text("#name").equals("north-2"));
            assertEquals("0", tile("mi"));
            assertFalse(text("#t-mi b").contains("-"), "no rate below zero");
        }
    }

    @Test
    void itRestsWhilePaused() throws IOException {
        click("#pause");
        soon(() -> text("#status").equals("paused"));
        assertItRests();
        click("#pause");
        soon(() -> text("#status").equals("live"));
    }

    @Test
    void itRestsWhileNobodyLooks() throws IOException {
        hide(true);
        assertItRests();
        int asked = browser.requests().size();
        hide(false);
        soon(() -> browser.requests().size() > asked);
    }

    private void hide(boolean hidden) throws IOException {
        browser.evaluate("(Object.defineProperty(document, 'hidden', {value: " + hidden
                + ", configurable: true}), document.dispatchEvent(new Event('visibilitychange')))");
    }

    /** Asserts that no further requests are made, except for pending ones. */
    private void assertItRests() {
        int most = browser.requests().size() + 3;
        SOON.during(Duration.ofMillis(8 * PACE)).until(() -> browser.requests().size() <= most);
    }

    @Test
    void thePageLetsNothingElseIn() throws IOException {
        HttpResponse<String> page = monitored.get("/dashboard");
        String policy = page.headers().firstValue("Content-Security-Policy").orElse("");
        assertTrue(policy.contains("default-src 'none'") && policy.contains("connect-src 'self'"), policy);
        assertFalse(policy.contains("unsafe"), policy);
        assertTrue(page.body().length() <= 60 * 1024, "no more than 60 KB");
        assertEquals(0, page.body().split("<script").length - 2, "one script");
        assertFalse(page.body().matches("(?s).*https?://(?!www\\.w3\\.org/2000/svg).*"), "no other address");
    }
}
