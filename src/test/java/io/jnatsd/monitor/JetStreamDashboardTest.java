package io.jnatsd.monitor;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.jnatsd.NatsServer;
import io.nats.client.Connection;
import io.nats.client.JetStreamManagement;
import io.nats.client.JetStreamOptions;
import io.nats.client.Nats;
import io.nats.client.api.ConsumerConfiguration;
import io.nats.client.api.StorageType;
import io.nats.client.api.StreamConfiguration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The JetStream view of the dashboard in a real browser. */
@Timeout(180)
class JetStreamDashboardTest {
    /** Limits for a busy machine. */
    private static final JetStreamOptions PATIENT = JetStreamOptions.builder().requestTimeout(Duration.ofSeconds(30)).build();
    private static final int PAGE = 50;
    private static Browser browser;

    @BeforeAll
    static void start() throws IOException {
        Optional<Path> installed = Browser.installed();
        if (installed.isEmpty())
            return;
        // Not a temporary folder of JUnit, because the browser continues to write for a while after its end.
        browser = Browser.start(installed.get(),
                Files.createTempDirectory(Path.of(System.getProperty("jnatsd.home"), "target"), "browser"));
        browser.beforeEachPage("if (location.host) localStorage.setItem('jnatsd.every', 200)");
    }

    @AfterAll
    static void stop() {
        if (browser != null)
            browser.close();
    }

    @BeforeEach
    void checkBrowser() {
        assumeTrue(browser != null, "no browser: install Debian's chromium to test the dashboard");
        browser.complaints().clear();
    }

    @AfterEach
    void leave() throws IOException {
        if (browser != null)
            browser.open("about:blank");
    }

    private static List<String> texts(String selector) throws IOException {
        return browser.evaluate("[...document.querySelectorAll('" + selector + "')].map(e => e.innerText).join('\\n')").lines()
                .flatMap(line -> Stream.of(line.split("\t")))
                .map(String::strip).filter(line -> !line.isEmpty()).toList();
    }

    private static String text(String selector) throws IOException {
        return String.join("|", texts(selector));
    }

    private static void click(String selector) throws IOException {
        browser.evaluate("document.querySelector('" + selector + "').click()");
    }

    /** Waits until an element begins with a text; the texts of its parts are separated by bars. */
    private static void expect(String selector, String beginning) {
        String[] seen = {""};
        try {
            soon(() -> (seen[0] = text(selector)).startsWith(beginning));
        } catch (ConditionTimeoutException e) {
            assertEquals(beginning, seen[0], selector);
        }
    }

    private static void soon(Callable<Boolean> condition) {
        await().atMost(Duration.ofSeconds(40)).pollInSameThread().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(25))
                .until(condition);
    }

    private static void open(NatsServer server) throws IOException {
        browser.size(1280, 900, false);
        browser.open(server.monitorUrl() + "/dashboard");
        expect("#status", "live");
    }

    private static StreamConfiguration.Builder config(String name) {
        return StreamConfiguration.builder().name(name).subjects(name + ".>").storageType(StorageType.Memory);
    }

    @Test
    void aStreamUnfoldsToItsConsumersAndWhyTheyWait() throws Exception {
        try (NatsServer server = NatsServer.builder().jetStream(10_000_000).monitoring().start();
                Connection nats = Nats.connect(server.url())) {
            JetStreamManagement management = nats.jetStreamManagement(PATIENT);
            management.addStream(config("orders").maxMessages(10).build());
            for (int i = 0; i < 5; i++)
                nats.jetStream(PATIENT).publish("orders.new", new byte[10]);
            management.addOrUpdateConsumer("orders", ConsumerConfiguration.builder().durable("stuck").maxAckPending(1).build());
            nats.getConsumerContext("orders", "stuck", PATIENT).next();
            management.addOrUpdateConsumer("orders", ConsumerConfiguration.builder().durable("<b").deliverSubject("d").build());
            open(server);
            expect("#j-count", "1");
            click("#tab-jetstream");
            expect("tr[data-stream=orders]", "orders|orders.>|5|of 10|");
            assertEquals("2", text("#t-j-consumers b"));
            click("tr[data-stream=orders] button");
            expect("tr[data-consumer=stuck]", "stuck|pull|max ack pending reached|4|1 of 1|0|0|");
            assertEquals("no interest", text("tr[data-consumer=\"<b\"] .reason"));
            nats.subscribe("d");
            expect("tr[data-consumer=\"<b\"] .reason", "redelivery in ");
            nats.jetStream(PATIENT).publish("orders.new", new byte[10]);
            expect("tr[data-stream=orders]", "orders|orders.>|6|of 10|");
            management.deleteStream("orders");
            expect("#j-empty", "No streams.");
            assertEquals(List.of(), browser.complaints());
        }
    }

    @Test
    void aThousandStreamsAreShownInPagesSortedByTheServer() throws Exception {
        try (NatsServer server = NatsServer.builder().jetStream().monitoring().start(); Connection nats = Nats.connect(server.url())) {
            JetStreamManagement management = nats.jetStreamManagement(PATIENT);
            for (int i = 0; i < 1000; i++)
                management.addStream(config("s" + (1000 + i)).build());
            nats.jetStream(PATIENT).publish("s1700.a", new byte[10]);
            open(server);
            expect("#j-count", "1,000");
            click("#tab-jetstream");
            soon(() -> texts("#j-table .name").size() == PAGE && texts("#j-table .name").getFirst().equals("s1000"));
            assertEquals("1–50 of 1,000", text("#j-pager span"));
            click("#j-pager button:last-child");
            soon(() -> texts("#j-table .name").getFirst().equals("s1050"));
            click("[data-sort=messages]");
            soon(() -> texts("#j-table .name").getFirst().equals("s1700"));
            assertEquals("descending", browser.evaluate("document.querySelector('#j-table [data-sort=messages]').parentNode.ariaSort"));
            browser.evaluate("(document.getElementById('j-filter').value = 'S199', document.getElementById('j-filter')"
                    + ".dispatchEvent(new Event('input')))");
            soon(() -> texts("#j-table .name").size() == 10);
            assertEquals(List.of(), browser.complaints());
        }
    }

    @Test
    void withoutJetStreamThereIsNoSuchView() throws Exception {
        try (NatsServer server = NatsServer.builder().monitoring().start()) {
            browser.open(server.monitorUrl() + "/dashboard#jetstream");
            expect("#status", "live");
            expect("[role=tab][aria-selected=true]", "Overview");
            assertEquals("none", browser.evaluate("getComputedStyle(document.getElementById('tab-jetstream')).display"));
            assertEquals(List.of(), browser.complaints());
        }
    }
}
