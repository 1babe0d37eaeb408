package io.jnatsd.monitor;

import io.jnatsd.config.ServerOptions;
import io.jnatsd.server.RawClient;
import io.jnatsd.server.Server;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Takes pictures of the dashboard with traffic on it, for monitoring.md. The argument is the folder for them. */
final class DashboardPicture {
    private static final int SECONDS = 45;
    /** Referenced here, so that their connections stay open. */
    private static final List<RawClient> clients = new ArrayList<>();

    private DashboardPicture() {
    }

    public static void main(String[] args) throws Exception {
        Path folder = Files.createDirectories(Path.of(args[0])), profile = Files.createTempDirectory("browser");
        try (TestMonitor monitored = TestMonitor.start(o -> {
            o.serverName = "north-1";
            o.topSubjects = true;
            o.maxPending = 4_000_000;
            o.jetStream = true;
            o.jetStreamMemory = 50_000_000;
            o.clusterHost = "127.0.0.1";
            o.clusterPort = -1;
        }); Server b = neighbour(monitored, "north-2"); Server c = neighbour(monitored, "south-1");
                Server d = neighbour(monitored, "south-2"); Browser browser = Browser.start(Browser.installed().orElseThrow(), profile)) {
            List<Thread> life = live(monitored);
            createStreams(monitored);
            for (Server each : List.of(b, c, d)) {
                RawClient client = RawClient.quiet(each.port());
                client.send("SUB orders.eu.> 1\r\nSUB audit.* 2\r\n");
                clients.add(client);
                life.add(Thread.ofVirtual().start(() -> read(client)));
            }
            browser.size(1280, 860, false);
            browser.scheme("light");
            browser.open(monitored.url("/dashboard"));
            pause(SECONDS);
            shots(browser, folder, "light");
            browser.scheme("dark");
            shots(browser, folder, "dark");
            browser.scheme("light");
            browser.size(390, 844, true);
            shots(browser, folder, "phone");
            browser.complaints().forEach(System.out::println);
            life.forEach(Thread::interrupt);
        }
        System.exit(0);
    }

    private static Server neighbour(TestMonitor of, String name) throws IOException {
        return Server.start(ServerOptions.defaults().withHost("127.0.0.1").withPort(-1).with(o -> {
            o.serverName = name;
            o.clusterHost = "127.0.0.1";
            o.clusterPort = -1;
            o.routes = List.of(URI.create("nats-route://127.0.0.1:" + of.server().clusterPort()));
        }));
    }

    private static void shots(Browser browser, Path folder, String name) throws IOException, InterruptedException {
        for (String tab : List.of("overview", "connections", "subscriptions", "jetstream", "routes", "config")) {
            browser.evaluate("document.getElementById('tab-" + tab + "').click()");
            pause(3);
            if (tab.equals("connections")) {
                browser.evaluate("document.querySelector('.exp').click()");
                pause(2);
            }
            if (tab.equals("subscriptions")) {
                browser.evaluate("(document.getElementById('s-test').value = 'orders.eu.new',"
                        + " document.querySelector('#s-form button').click())");
                pause(2);
            }
            if (tab.equals("jetstream")) {
                browser.evaluate("document.querySelector('#j-table .exp').click()");
                pause(3);
            }
            browser.screenshot(folder.resolve(name + "-" + tab + ".png"));
        }
    }

    /** Creates streams of what the clients publish, and consumers that wait for different things. */
    private static void createStreams(TestMonitor monitored) throws IOException {
        RawClient client = monitored.client(",\"name\":\"stream-admin\"").send("SUB done 1\r\n");
        clients.add(client);
        request(client, "STREAM.CREATE.METERS", "{'name':'METERS','subjects':['meter.*'],'max_bytes':2000000,'storage':'memory'}");
        request(client, "STREAM.CREATE.AUDIT", "{'name':'AUDIT','subjects':['audit.*'],'max_age':3600000000000,'storage':'memory'}");
        request(client, "STREAM.CREATE.JOBS", "{'name':'JOBS','subjects':['jobs.>'],'retention':'workqueue','storage':'memory'}");
        client.send("PUB jobs.render 5\r\nhello\r\n".repeat(40));
        for (String name : List.of("billing", "reports"))
            request(client, "CONSUMER.DURABLE.CREATE.AUDIT." + name, "{'stream_name':'AUDIT','config':{'durable_name':'" + name
                    + "','ack_policy':'explicit','max_ack_pending':20}}");
        for (String push : List.of("live", "gone"))
            request(client, "CONSUMER.DURABLE.CREATE.AUDIT." + push, "{'stream_name':'AUDIT','config':{'durable_name':'" + push
                    + "','ack_policy':'none','deliver_subject':'" + push + ".audit'}}");
        request(client, "CONSUMER.DURABLE.CREATE.JOBS.workers", "{'stream_name':'JOBS','config':{'durable_name':'workers',"
                + "'ack_policy':'explicit'}}");
        client.send("SUB pull 3\r\nSUB live.audit 2\r\n");
        String pull = "{\"batch\":50,\"expires\":100000000000}";
        for (String of : List.of("AUDIT.billing", "JOBS.workers"))
            client.send("PUB $JS.API.CONSUMER.MSG.NEXT." + of + " pull " + pull.length() + "\r\n" + pull + "\r\n");
        Thread.ofVirtual().start(() -> read(client));
    }

    private static void request(RawClient client, String endpoint, String json) throws IOException {
        client.send("PUB $JS.API." + endpoint + " done " + json.length() + "\r\n" + json.replace('\'', '"') + "\r\n");
        client.expect("(?:.*\r\n)?MSG done 1 .*_create_response.*\r\n");
    }

    private static void pause(int seconds) throws InterruptedException {
        TimeUnit.SECONDS.sleep(seconds);
    }

    /** Starts some named clients with varying traffic, and one that does not read. */
    private static List<Thread> live(TestMonitor monitored) throws IOException {
        List<Thread> threads = new ArrayList<>();
        String[][] services = {{"orders", "go", "1.48.0"}, {"billing", "java", "2.26.2"}, {"web-gateway", "javascript",
            "3.4.0"}, {"meter-reader", "rust", "0.49.1"}, {"audit", "python3", "2.15.0"}, {"mailer", "c", "3.13.0"}};
        for (int i = 0; i < services.length; i++) {
            String[] service = services[i];
            int number = i;
            RawClient client = monitored.client(",\"name\":\"" + service[0] + "\",\"lang\":\"" + service[1]
                    + "\",\"version\":\"" + service[2] + "\",\"user\":\"" + (i % 2 == 0 ? "svc" : "ops") + "\"");
            client.send("SUB orders.> " + i + "\r\nSUB orders.*.new workers 1" + i + "\r\nSUB meter." + i + " 2" + i
                    + "\r\nSUB audit.* 3" + i + "\r\n");
            threads.add(Thread.ofVirtual().start(() -> read(client)));
            threads.add(Thread.ofVirtual().start(() -> write(client, number)));
        }
        RawClient slow = monitored.client(",\"name\":\"report-printer\",\"lang\":\"ruby\",\"version\":\"0.11.0\"");
        slow.send("SUB orders.> 1\r\n");
        clients.add(slow);
        RawClient short1 = monitored.client(",\"name\":\"cron-job\",\"lang\":\"python3\"");
        short1.close();
        RawClient bad = monitored.client(",\"name\":\"telnet\"");
        bad.send("HELLO\r\n");
        return threads;
    }

    private static void read(RawClient client) {
        byte[] bytes = new byte[64 * 1024];
        try {
            for (int got; (got = client.socket().getInputStream().read(bytes)) >= 0;)
                if (new String(bytes, 0, got, StandardCharsets.ISO_8859_1).contains("PING\r\n"))
                    client.send("PONG\r\n");
        } catch (IOException e) {
            return;
        }
    }

    private static void write(RawClient client, int number) {
        String[] subjects = {"orders.eu.new", "orders.us.new", "orders.eu.paid", "meter." + number, "audit.login"};
        try {
            for (int round = 0; !Thread.interrupted(); round++) {
                StringBuilder batch = new StringBuilder();
                int many = (int) (60 + 40 * Math.sin(round / 30.0 + number) + round % 7 * 3) / (number + 1);
                for (int i = 0; i < many; i++)
                    batch.append("PUB ").append(subjects[(i * (number + 1) + round) % subjects.length]).append(" 200\r\n")
                            .append("x".repeat(200)).append("\r\n");
                client.send(batch.toString());
                TimeUnit.MILLISECONDS.sleep(50);
            }
        } catch (IOException | InterruptedException e) {
            return;
        }
    }
}
