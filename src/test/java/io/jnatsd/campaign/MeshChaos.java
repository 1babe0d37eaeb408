package io.jnatsd.campaign;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.nats.client.Connection;
import io.nats.client.Nats;
import io.nats.client.Options;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;

/**
 * A mesh of servers in processes of their own, one of which is disturbed in each step: killed, stopped for a while,
 * restarted, put into lame duck mode, reloaded; or its link is delayed, throttled, held in one direction, cut.
 * Meanwhile a client of each server publishes to a subscriber at each server. What must hold:
 * <ul>
 * <li>no message comes twice or before an earlier one, whatever happens;
 * <li>between two servers that are not disturbed nothing is lost;
 * <li>five seconds after the end of the disturbance each server has a route to each other one again, and two seconds
 * later it knows exactly the subscriptions that the clients have;
 * <li>clients of jnats that are connected to the disturbed server go on at another one.
 * </ul>
 *
 * <p>Arguments: number of steps (200 if absent), number of servers (3), seed (the clock).
 */
public final class MeshChaos implements AutoCloseable {
    private static final Duration HEALED = Duration.ofSeconds(5), KNOWN = Duration.ofSeconds(2);
    private static final long MILLI = 1_000_000;

    private final Random random;
    private final List<MeshMember> members = new ArrayList<>();
    private final List<Traffic> traffic = new ArrayList<>();
    private final List<Connection> movingClients = new ArrayList<>();
    private final Map<String, Integer> done = new TreeMap<>();
    private long slowestHealing;
    private int configurations;

    private MeshChaos(Path dir, int size, long seed) throws Exception {
        random = new Random(seed);
        for (int i = 0; i < size; i++)
            members.add(new MeshMember(dir.resolve("server" + i)));
        for (MeshMember member : members) {
            member.configure(members, "");
            member.start();
        }
        awaitMesh();
        for (int i = 0; i < size; i++)
            traffic.add(new Traffic(i, members.get(i).port(), size));
        String[] urls = members.stream().map(member -> "nats://127.0.0.1:" + member.port()).toArray(String[]::new);
        for (int i = 0; i < size; i++) {
            Connection client = Nats.connect(Options.builder().servers(urls).maxReconnects(-1).connectionTimeout(Duration.ofSeconds(5))
                    .reconnectWait(Duration.ofMillis(50)).build());
            client.createDispatcher(m -> client.publish(m.getReplyTo(), m.getData())).subscribe("moving.*", "movers");
            movingClients.add(client);
        }
    }

    public static void main(String[] args) throws Exception {
        int steps = args.length > 0 ? Integer.parseInt(args[0]) : 200;
        int size = args.length > 1 ? Integer.parseInt(args[1]) : 3;
        long seed = args.length > 2 ? Long.parseLong(args[2]) : System.currentTimeMillis();
        Path dir = Files.createTempDirectory("jnatsd-chaos");
        System.out.println("seed " + seed + ", logs in " + dir);
        long begin = System.nanoTime();
        try (MeshChaos chaos = new MeshChaos(dir, size, seed)) {
            for (int i = 0; i < steps; i++)
                chaos.step();
            System.out.printf("%d steps on %d servers in %d s: %,d messages, no violation; slowest healing %d ms; %s%n", steps, size,
                    (System.nanoTime() - begin) / (1000 * MILLI), chaos.traffic.stream().mapToLong(Traffic::received).sum(),
                    chaos.slowestHealing, chaos.done);
        } catch (Violation e) {
            System.out.println("seed " + seed + ": " + e.getMessage());
            System.exit(1);
        }
        System.exit(0);
    }

    private void step() throws Exception {
        int which = random.nextInt(members.size());
        MeshMember member = members.get(which);
        String name;
        for (Traffic each : traffic)
            each.begin();
        switch (random.nextInt(10)) {
            case 0 -> {
                name = "kill";
                traffic.get(which).stop();
                member.kill();
                pause(500);
                member.start();
            }
            case 1 -> {
                name = "restart";
                traffic.get(which).stop();
                member.stop();
                member.start();
            }
            case 2 -> {
                name = "suspend";
                member.signal("STOP");
                pause(4000);
                member.signal("CONT");
            }
            case 3 -> {
                name = "lame duck and restart";
                traffic.get(which).stop();
                member.signal("USR2");
                pause(500);
                member.kill();
                member.start();
            }
            case 4 -> {
                name = "reload";
                member.configure(members, "max_payload: " + (1_000_000 + ++configurations) + "\n");
                member.reload();
            }
            case 5 -> {
                name = "delay";
                member.link().delay(50 * MILLI);
                pause(1500);
                member.link().heal();
            }
            case 6 -> {
                name = "throttle";
                member.link().throttle(20_000);
                pause(1500);
                member.link().heal();
            }
            case 7 -> {
                name = "hold one way";
                boolean there = random.nextBoolean();
                member.link().hold(there, !there);
                pause(1500);
                member.link().heal();
            }
            case 8 -> {
                name = "cut";
                member.link().cut();
            }
            default -> {
                name = "cut for a while";
                member.link().refuse(true);
                member.link().cut();
                pause(1500);
                member.link().heal();
            }
        }
        done.merge(name, 1, Integer::sum);
        long healing = System.nanoTime();
        awaitMesh();
        slowestHealing = Math.max(slowestHealing, (System.nanoTime() - healing) / MILLI);
        if (!traffic.get(which).isRunning())
            traffic.set(which, new Traffic(which, member.port(), members.size()));
        awaitInterest();
        check(which, name);
        request();
    }

    private void pause(int most) throws InterruptedException {
        Thread.sleep(most / 4 + random.nextInt(most));
    }

    /** Waits until each server has exactly one route to each other one. */
    private void awaitMesh() throws Exception {
        await(HEALED, "a full mesh", () -> {
            for (MeshMember member : members) {
                Set<String> remotes = new HashSet<>();
                JsonObject routes = json(member, "/routez");
                for (JsonElement route : routes.getAsJsonArray("routes"))
                    remotes.add(route.getAsJsonObject().get("remote_id").getAsString());
                if (remotes.size() != members.size() - 1 || routes.get("num_routes").getAsInt() != members.size() - 1)
                    return false;
            }
            return true;
        });
    }

    /** Waits until each server counts the subscriptions that the clients of all servers have. */
    private void awaitInterest() throws Exception {
        await(KNOWN, "equal interest", () -> {
            long own = 0;
            Set<Long> all = new HashSet<>();
            for (MeshMember member : members) {
                all.add(json(member, "/subsz").get("num_subscriptions").getAsLong());
                for (JsonElement client : json(member, "/connz").getAsJsonArray("connections"))
                    own += client.getAsJsonObject().get("subscriptions").getAsLong();
            }
            return all.equals(Set.of(own)) && own >= 2L * members.size();
        });
    }

    private static JsonObject json(MeshMember member, String path) throws IOException {
        return JsonParser.parseString(member.page(path)).getAsJsonObject();
    }

    private interface Condition {
        boolean holds() throws IOException;
    }

    private static void await(Duration time, String what, Condition condition) throws Exception {
        long deadline = System.nanoTime() + time.toNanos();
        IOException last = null;
        while (true) {
            try {
                if (condition.holds())
                    return;
            } catch (IOException e) {
                last = e;
            }
            if (System.nanoTime() > deadline)
                throw new Violation("no " + what + " after " + time.toSeconds() + " s" + (last == null ? "" : ": " + last));
            Thread.sleep(10);
        }
    }

    /** Between servers that were not disturbed, all has arrived. */
    private void check(int disturbed, String step) throws Exception {
        for (int from = 0; from < members.size(); from++)
            for (int to = 0; to < members.size(); to++)
                traffic.get(to).check(traffic.get(from), from != disturbed && to != disturbed, step + " of server " + disturbed);
    }

    /** Each client that may have moved gets an answer. */
    private void request() throws Exception {
        for (Connection client : movingClients) {
            await(HEALED, "an answer to " + client.getConnectedUrl(), () -> {
                try {
                    return client.request("moving.all", new byte[1], Duration.ofMillis(500)) != null;
                } catch (InterruptedException e) {
                    throw new IOException(e);
                } catch (IllegalStateException e) {
                    return false;
                }
            });
        }
    }

    @Override
    public void close() throws Exception {
        for (Connection client : movingClients)
            client.close();
        for (Traffic each : traffic)
            each.stop();
        members.forEach(MeshMember::close);
    }
}
