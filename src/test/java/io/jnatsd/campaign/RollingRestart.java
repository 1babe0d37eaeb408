package io.jnatsd.campaign;

import com.google.gson.JsonParser;
import io.nats.client.Message;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;

/**
 * A rolling change of a mesh under load. One server after the other first reloads the next version of the configuration;
 * then it is put into lame duck mode, its clients move to another one, it is stopped and started with the version after
 * that. No request may fail because of it.
 *
 * <p>Arguments: number of restarts (6 if absent), number of servers (3), seconds after which a request without an answer
 * has failed (5; more for a busy machine).
 */
public final class RollingRestart implements AutoCloseable {
    private static final int RESPONDERS = 6, REQUESTERS = 6;
    private static final Duration PATIENCE = Duration.ofSeconds(120);

    private final Duration answered;
    private final List<MeshMember> members = new ArrayList<>();
    private final List<MovingClient> clients = new ArrayList<>();
    private final List<Thread> requesters = new ArrayList<>();
    private final AtomicLong requests = new AtomicLong(), slowest = new AtomicLong();
    private final ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();
    private int version;
    private int restarts;
    private volatile boolean stopped;

    /** @param answered a request without an answer fails after this time */
    RollingRestart(Path dir, int size, Duration answered) throws IOException, InterruptedException {
        this.answered = answered;
        try {
            for (int i = 0; i < size; i++)
                members.add(new MeshMember(dir.resolve("server" + i)));
            for (MeshMember member : members) {
                configure(member);
                member.launch();
            }
            for (MeshMember member : members) {
                member.awaitReady();
                awaitRoutes(member);
            }
            connect(members.stream().map(member -> "nats://127.0.0.1:" + member.port()).toList());
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
    }

    private void connect(List<String> urls) throws IOException, InterruptedException {
        for (int i = 0; i < RESPONDERS; i++)
            clients.add(new MovingClient(urls, i % urls.size(), connection -> connection.createDispatcher(
                    m -> connection.publish(m.getReplyTo(), m.getData())).subscribe("work.*", "workers")));
        for (int i = 0; i < REQUESTERS; i++) {
            MovingClient client = new MovingClient(urls, i % urls.size(), connection -> { });
            clients.add(client);
            requesters.add(Thread.ofPlatform().daemon().start(() -> {
                while (!stopped)
                    request(client);
            }));
        }
    }

    public static void main(String[] args) throws Exception {
        int restarts = args.length > 0 ? Integer.parseInt(args[0]) : 6;
        int size = args.length > 1 ? Integer.parseInt(args[1]) : 3;
        Duration answered = Duration.ofSeconds(args.length > 2 ? Integer.parseInt(args[2]) : 5);
        Path dir = Files.createTempDirectory("jnatsd-rolling");
        System.out.println("logs in " + dir);
        boolean failed;
        try (RollingRestart run = new RollingRestart(dir, size, answered)) {
            for (int i = 0; i < restarts; i++)
                run.next();
            run.end();
            System.out.println(run);
            run.failures.stream().limit(5).forEach(System.out::println);
            failed = !run.failures.isEmpty();
        }
        System.exit(failed ? 1 : 0);
    }

    private void request(MovingClient client) {
        long begin = System.nanoTime();
        String why = null;
        try {
            Message answer = client.request("work." + requests.incrementAndGet(), answered);
            if (answer == null)
                why = "no answer in " + answered;
            else if (answer.isStatusMessage())
                why = answer.getStatus().toString();
        } catch (InterruptedException | IllegalStateException e) {
            why = e.toString();
        }
        if (why != null)
            failures.add(why);
        slowest.accumulateAndGet((System.nanoTime() - begin) / 1_000_000, Math::max);
    }

    /** Each version changes the permissions of all clients, so that a reload checks each of them again. */
    private void configure(MeshMember member) throws IOException {
        String subjects = "[\"work.*\", \"_INBOX.>\", \"version." + version + "\"]";
        List<Integer> others = members.stream().filter(other -> other != member).map(MeshMember::routePort).toList();
        member.configure(others, "", "max_payload: " + (1_048_576 + version) + "\nlame_duck_duration: \"30s\"\n"
                + "lame_duck_grace_period: \"10s\"\nauthorization { users: [ {user: app, password: app, permissions: {publish: "
                + subjects + ", subscribe: " + subjects + "}} ] }\n");
    }

    /** Changes the next server: by a reload, and by a restart. */
    void next() throws IOException, InterruptedException {
        MeshMember member = members.get(restarts++ % members.size());
        version++;
        configure(member);
        member.reload();
        member.signal("USR2");
        Awaitility.await("all clients have moved").atMost(PATIENCE).pollInterval(Duration.ofMillis(20))
                .until(() -> !member.isAlive() || count(member, "/connz", "num_connections") == 0);
        member.stop();
        version++;
        configure(member);
        member.start();
        awaitRoutes(member);
    }

    private void awaitRoutes(MeshMember member) {
        Awaitility.await("routes to all").atMost(PATIENCE).pollInterval(Duration.ofMillis(20))
                .until(() -> count(member, "/routez", "num_routes") == members.size() - 1);
    }

    /** Returns -1 if the page cannot be read because the server is ending. */
    private static int count(MeshMember member, String page, String name) {
        try {
            return JsonParser.parseString(member.page(page)).getAsJsonObject().get(name).getAsInt();
        } catch (IOException e) {
            return -1;
        }
    }

    /** Ends the load. */
    void end() throws InterruptedException {
        stopped = true;
        for (Thread requester : requesters)
            requester.join();
    }

    long requests() {
        return requests.get();
    }

    List<String> failures() {
        return List.copyOf(failures);
    }

    @Override
    public String toString() {
        return String.format("%d restarts, servers: %d, %,d requests, slowest %d ms, failed: %d", restarts, members.size(),
                requests.get(), slowest.get(), failures.size());
    }

    @Override
    public void close() throws InterruptedException {
        stopped = true;
        for (MovingClient client : clients)
            client.close();
        members.forEach(MeshMember::close);
    }
}
