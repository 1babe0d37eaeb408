package io.jnatsd.campaign;

import com.google.gson.JsonParser;
import io.nats.client.Message;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;

/**
 * A rolling restart of a mesh under load: one server after the other is put into lame duck mode, its clients move to
 * another one, it is stopped and started with another configuration. No request may fail because of it.
 *
 * <p>Arguments: number of rounds, in each of which all servers are restarted (2 if absent), number of servers (3).
 */
public final class RollingRestart {
    private static final int RESPONDERS = 6, REQUESTERS = 6;
    private static final Duration ANSWERED = Duration.ofSeconds(5), PATIENCE = Duration.ofSeconds(60);

    private RollingRestart() {
    }

    public static void main(String[] args) throws Exception {
        int rounds = args.length > 0 ? Integer.parseInt(args[0]) : 2;
        int size = args.length > 1 ? Integer.parseInt(args[1]) : 3;
        Path dir = Files.createTempDirectory("jnatsd-rolling");
        System.out.println("logs in " + dir);
        Result result = run(dir, rounds, size);
        System.out.println(result);
        System.exit(result.failures() == 0 ? 0 : 1);
    }

    /** @param slowest the longest request, in milliseconds */
    record Result(int restarts, long requests, long failures, long slowest, List<String> reasons) {
    }

    static Result run(Path dir, int rounds, int size) throws Exception {
        List<MeshMember> members = new ArrayList<>();
        List<MovingClient> clients = new ArrayList<>();
        List<Thread> requesters = new ArrayList<>();
        AtomicLong requests = new AtomicLong(), slowest = new AtomicLong();
        List<String> failures = new java.util.concurrent.CopyOnWriteArrayList<>();
        boolean[] stopped = new boolean[1];
        try {
            for (int i = 0; i < size; i++)
                members.add(new MeshMember(dir.resolve("server" + i)));
            for (MeshMember member : members) {
                member.configure(members, "lame_duck_duration: \"30s\"\nlame_duck_grace_period: \"10s\"\n");
                member.start();
            }
            List<String> urls = members.stream().map(member -> "nats://127.0.0.1:" + member.port()).toList();
            for (int i = 0; i < RESPONDERS; i++)
                clients.add(new MovingClient(urls, i, connection -> connection.createDispatcher(
                        m -> connection.publish(m.getReplyTo(), m.getData())).subscribe("work.*", "workers")));
            for (int i = 0; i < REQUESTERS; i++) {
                MovingClient client = new MovingClient(urls, i, connection -> { });
                clients.add(client);
                requesters.add(Thread.ofPlatform().start(() -> {
                    while (!stopped[0])
                        request(client, requests, slowest, failures);
                }));
            }
            for (int round = 0; round < rounds; round++)
                for (MeshMember member : members)
                    restart(member, members, "max_payload: " + (1_048_576 + round) + "\n");
            stopped[0] = true;
            for (Thread requester : requesters)
                requester.join();
            return new Result(rounds * size, requests.get(), failures.size(), slowest.get(), failures.stream().limit(5).toList());
        } finally {
            stopped[0] = true;
            for (MovingClient client : clients)
                client.close();
            members.forEach(MeshMember::close);
        }
    }

    private static void request(MovingClient client, AtomicLong requests, AtomicLong slowest, List<String> failures) {
        long begin = System.nanoTime();
        String why = null;
        try {
            Message answer = client.request("work." + requests.incrementAndGet(), ANSWERED);
            if (answer == null)
                why = "no answer in " + ANSWERED;
            else if (answer.isStatusMessage())
                why = answer.getStatus().toString();
        } catch (Exception e) {
            why = e.toString();
        }
        if (why != null)
            failures.add(why);
        slowest.accumulateAndGet((System.nanoTime() - begin) / 1_000_000, Math::max);
    }

    private static void restart(MeshMember member, List<MeshMember> members, String more) throws Exception {
        member.signal("USR2");
        Awaitility.await("all clients have moved").atMost(PATIENCE).pollInterval(Duration.ofMillis(50)).until(() ->
                JsonParser.parseString(member.page("/connz")).getAsJsonObject().get("num_connections").getAsInt() == 0);
        Thread.sleep(1000);
        member.stop();
        member.configure(members, "lame_duck_duration: \"30s\"\nlame_duck_grace_period: \"10s\"\n" + more);
        member.start();
        Awaitility.await("routes to all").atMost(PATIENCE).pollInterval(Duration.ofMillis(50)).until(() ->
                JsonParser.parseString(member.page("/routez")).getAsJsonObject().get("num_routes").getAsInt() == members.size() - 1);
    }
}
