package io.jnatsd.campaign;

import io.jnatsd.campaign.DeliveryModel.Response;
import io.jnatsd.config.ConfigException;
import io.jnatsd.server.ConfiguredServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.awaitility.Awaitility;

/**
 * Plays a script on servers in this JVM, which are one server or a full mesh, and compares what the clients get with
 * the model. Threads: one.
 */
final class DeliveryRun implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Path dir;
    private final List<ConfiguredServer> servers = new ArrayList<>();
    /** One client of each server, which finds out whether the others know all subscriptions. */
    private final List<ScriptedClient> probes = new ArrayList<>();
    private final DeliveryModel model;
    private final Map<DeliveryModel.Client, ScriptedClient> connections = new LinkedHashMap<>();
    /** The client that each number of the script means now. */
    private final Map<Integer, DeliveryModel.Client> clients = new LinkedHashMap<>();
    /** Connections that have left in this part. */
    private final Map<DeliveryModel.Client, ScriptedClient> left = new LinkedHashMap<>();
    private final Random cuts = new Random(0);
    private int parts;
    private int connects;
    private int probed;

    private DeliveryRun(Path dir, int size) throws IOException, ConfigException {
        this.dir = dir;
        this.model = new DeliveryModel(size > 1);
        for (int i = 0; i < size; i++) {
            Path own = Files.createDirectories(dir.resolve("server" + i));
            servers.add(ConfiguredServer.start(own, config(i)));
        }
        for (ConfiguredServer server : servers)
            probes.add(new ScriptedClient("probe", server.port()).send(
                    "CONNECT {\"verbose\":false,\"user\":\"free\",\"pass\":\"free\"}\r\n"));
    }

    /**
     * Plays a script.
     *
     * @param dir an empty folder
     * @param size number of servers
     * @throws Violation if the servers do not what the model says
     */
    static void play(List<Step> script, Path dir, int size) throws Exception {
        try (DeliveryRun run = new DeliveryRun(dir, size)) {
            run.awaitMesh();
            for (Step step : script)
                run.play(step);
            run.sync();
        }
    }

    private String config(int server) {
        String granted = model.granted() + ".>";
        String subjects = "[\"" + granted + "\", \"_INBOX.>\", \"" + ScriptedClient.MARKERS + "\", \"" + reloadProbe() + "\"]";
        String users = "authorization { users: [ {user: free, password: free}, {user: bound, password: bound, permissions: "
                + "{publish: " + subjects + ", subscribe: " + subjects + "}} ] }\n";
        String routes = server == 0 ? "" : "routes: [\"nats-route://127.0.0.1:" + servers.get(0).server().clusterPort() + "\"]";
        return "ping_interval: 3600\n" + users + "cluster {\nlisten: \"127.0.0.1:-1\"\n" + routes + "\n}\n";
    }

    private void play(Step step) throws Exception {
        switch (step) {
            case Step.Connect c -> connect(c);
            case Step.Subscribe s -> subscribe(s);
            case Step.Unsubscribe u -> unsubscribe(u);
            case Step.Publish p -> publish(p.client(), p.subject(), false, p.headers(), p.size());
            case Step.Request r -> publish(r.client(), r.subject(), true, false, 0);
            case Step.Drain d -> drain(d.client());
            case Step.Reset r -> reset(r.client());
            case Step.Reload r -> reload();
            case Step.Sync s -> sync();
        }
    }

    private void connect(Step.Connect options) throws Exception {
        leave(options.client());
        DeliveryModel.Client client = new DeliveryModel.Client("client " + options.client() + "." + ++connects, options);
        ScriptedClient connection = new ScriptedClient(client.name, servers.get(options.server() % servers.size()).port());
        String user = options.bound() ? "bound" : "free";
        connection.send("CONNECT {\"verbose\":" + options.verbose() + ",\"pedantic\":false,\"user\":\"" + user + "\",\"pass\":\""
                + user + "\",\"echo\":" + options.echo() + ",\"headers\":" + options.headers() + ",\"no_responders\":"
                + options.headers() + ",\"protocol\":1}\r\n");
        clients.put(options.client(), client);
        connections.put(client, connection);
        model.connect(client);
        subscribe(new Step.Subscribe(options.client(), "inbox", "_INBOX." + options.client() + ".>", ""));
        connection.send("SUB " + ScriptedClient.MARKERS + " end\r\n");
    }

    private void leave(int number) throws Exception {
        DeliveryModel.Client client = clients.remove(number);
        if (client == null)
            return;
        ScriptedClient connection = connections.remove(client);
        connection.ping();
        connection.awaitPong();
        connection.close();
        connection.awaitEnd();
        left.put(client, connection);
        model.leave(client);
    }

    private void reset(int number) throws Exception {
        DeliveryModel.Client client = clients.remove(number);
        if (client == null)
            return;
        ScriptedClient connection = connections.remove(client);
        connection.flush();
        connection.reset();
        connection.awaitEnd();
        left.put(client, connection);
        model.reset(client);
    }

    private void drain(int number) throws Exception {
        DeliveryModel.Client client = clients.get(number);
        if (client == null)
            return;
        ScriptedClient connection = connections.get(client);
        for (String sid : model.drain(client))
            connection.send("UNSUB " + sid + "\r\n");
        leave(number);
    }

    private void subscribe(Step.Subscribe s) throws IOException {
        DeliveryModel.Client client = clients.get(s.client());
        if (client != null && model.subscribe(client, s.sid(), s.subject(), s.queue()))
            cut(connections.get(client).send("SUB " + s.subject() + (s.queue().isEmpty() ? " " : " " + s.queue() + " ")
                    + s.sid() + "\r\n"));
    }

    private void unsubscribe(Step.Unsubscribe u) throws IOException {
        DeliveryModel.Client client = clients.get(u.client());
        if (client != null && model.unsubscribe(client, u.sid(), u.max()))
            cut(connections.get(client).send("UNSUB " + u.sid() + (u.max() > 0 ? " " + u.max() : "") + "\r\n"));
    }

    private void publish(int number, String subject, boolean request, boolean headers, int size) throws IOException {
        DeliveryModel.Client client = clients.get(number);
        if (client == null)
            return;
        boolean withHeaders = headers && client.options.headers();
        long message = model.publish(client, subject, request, withHeaders);
        connections.get(client).publish(subject, request ? "_INBOX." + number + "." + message : "", message, withHeaders, size);
        cut(connections.get(client));
    }

    /** Sometimes what was written so far is sent at once. */
    private void cut(ScriptedClient connection) throws IOException {
        if (cuts.nextInt(4) == 0)
            connection.flush();
    }

    /** Returns a subject on which the bound user may publish until the permissions change. */
    private String reloadProbe() {
        return ScriptedClient.MARKERS + "." + model.granted();
    }

    private void reload() throws Exception {
        sync();
        String probe = reloadProbe();
        Map<DeliveryModel.Client, Integer> ended = model.changePermissions();
        for (int i = 0; i < servers.size(); i++)
            servers.get(i).reload(config(i));
        for (var entry : connections.entrySet())
            if (entry.getKey().options.bound())
                awaitPermissions(entry.getValue(), probe, ended.get(entry.getKey()));
        settle();
        connections.values().forEach(ScriptedClient::forgetAnswers);
    }

    /** A reload is over before the clients have been checked by its rules; each of them is checked by its own thread. */
    private static void awaitPermissions(ScriptedClient connection, String probe, int ended) throws Exception {
        Awaitility.await("the permissions of the reload").atMost(PATIENCE).pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(2)).until(() -> {
                    connection.send("PUB " + probe + " 0\r\n\r\n").ping();
                    connection.awaitPong();
                    return connection.errors("Publish to \"" + probe) > 0;
                });
        connection.awaitErrors("Violation for Subscription", ended);
    }

    /** Waits until all has arrived, lets those who got requests respond, and compares. */
    private void sync() throws Exception {
        arrive();
        List<Response> responses = compare();
        if (responses.isEmpty())
            return;
        for (Response response : responses)
            publish(response.from().options.client(), response.reply(), false, false, 0);
        arrive();
        compare();
    }

    private void arrive() throws Exception {
        settle();
        String marker = "part " + ++parts + " of client ";
        for (var entry : connections.entrySet()) {
            String text = marker + entry.getKey().name;
            entry.getValue().send("PUB " + ScriptedClient.MARKERS + " " + text.length() + "\r\n" + text + "\r\n").ping();
        }
        for (ScriptedClient connection : connections.values())
            connection.awaitPong();
        for (var receiver : connections.entrySet())
            for (DeliveryModel.Client sender : connections.keySet())
                if (sender != receiver.getKey() || sender.options.echo())
                    receiver.getValue().awaitMarker(marker + sender.name);
    }

    private List<Response> compare() {
        List<Response> responses = new ArrayList<>();
        left.forEach((client, connection) -> {
            model.received(client, connection.take());
            if (!connection.isReset())
                connection.checkAnswers(client.options.verbose(), client.takeDenied());
        });
        left.clear();
        connections.forEach((client, connection) -> {
            responses.addAll(model.received(client, connection.take()));
            connection.checkAnswers(client.options.verbose(), client.takeDenied());
        });
        model.check();
        return responses;
    }

    /** Waits until each server has handled all commands, and knows the subscriptions of the others. */
    private void settle() throws Exception {
        awaitEndOfClients();
        for (ScriptedClient connection : connections.values())
            connection.ping();
        for (ScriptedClient connection : connections.values())
            connection.awaitPong();
        for (int to = 0; to < servers.size(); to++)
            for (int from = 0; from < servers.size(); from++)
                if (from != to)
                    probe(from, to);
    }

    /** A server may go on to handle what a client has sent after the client has reset its connection. */
    private void awaitEndOfClients() {
        int expected = connections.size() + probes.size();
        Awaitility.await("the end of clients that have left").atMost(PATIENCE).pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(2))
                .until(() -> servers.stream().mapToInt(server -> server.server().clients().count()).sum() <= expected);
    }

    /** Subscriptions are announced in their order: a server that knows the last one knows all. */
    private void probe(int from, int to) throws Exception {
        String subject = ScriptedClient.MARKERS + ".probe." + ++probed;
        ScriptedClient publisher = probes.get(from), subscriber = probes.get(to);
        subscriber.send("SUB " + subject + " end\r\n").ping();
        subscriber.awaitPong();
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        do {
            if (System.nanoTime() > deadline)
                throw new Violation("server " + from + " does not get to know a subscription of server " + to);
            publisher.send("PUB " + subject + " " + subject.length() + "\r\n" + subject + "\r\n").flush();
        } while (!subscriber.awaitMarker(subject, Duration.ofMillis(2)));
        subscriber.send("UNSUB end\r\n").flush();
    }

    /** Waits until each server has a route to each other one. */
    private void awaitMesh() throws Exception {
        settle();
        for (ConfiguredServer server : servers)
            Awaitility.await("a full mesh").atMost(PATIENCE).pollInterval(Duration.ofMillis(5)).until(() -> servers.size() == 1
                    || server.server().cluster().stats().size() == servers.size() - 1);
    }

    @Override
    public void close() throws IOException {
        for (ScriptedClient connection : connections.values())
            connection.close();
        for (ScriptedClient probe : probes)
            probe.close();
        servers.forEach(ConfiguredServer::close);
    }
}
