package io.jnatsd.campaign;

import io.jnatsd.campaign.ChaosMesh.Event;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * A mesh of servers in processes of their own, one of which is disturbed in each step: killed, restarted, suspended, put
 * into lame duck mode, reloaded with another configuration or another certificate; or its links are delayed, throttled,
 * held in one direction, cut once or for a while. Meanwhile a client of each server publishes to a subscriber at each
 * server, and the subscriptions of a client of each server change. What must hold:
 * <ul>
 * <li>no message comes twice or before an earlier one, whatever happens;
 * <li>between two servers that are not disturbed nothing is lost;
 * <li>five seconds after the end of the disturbance each server has one route to each other one again, and two seconds
 * later it knows exactly the subscriptions that the clients have;
 * <li>clients that have lost their server answer requests at another one.
 * </ul>
 *
 * <p>Arguments: number of steps (200 if absent), number of servers (3), seed (the clock), factor for the limits in
 * seconds (1; more for a busy machine).
 */
public final class MeshChaos implements AutoCloseable {
    private static final Duration HEALED = Duration.ofSeconds(5), KNOWN = Duration.ofSeconds(2), ANSWERED = Duration.ofMillis(500);
    private static final int ASKERS = 2;

    private final Random random;
    private final ChaosMesh mesh;
    private final MeshView view;
    private final int factor;
    private final List<Traffic> traffic = new ArrayList<>();
    private final List<HeldInterest> interest = new ArrayList<>();
    private final List<WanderingClient.Jnats> askers = new ArrayList<>();
    private final List<WanderingClient> wandering = new ArrayList<>();
    private final Map<Event, Integer> done = new EnumMap<>(Event.class);
    private long slowestHealing, slowestInterest, slowestAnswer;

    /** @param factor how many times longer than what is promised the mesh may take */
    MeshChaos(Path dir, int size, long seed, int factor) throws Exception {
        this.random = new Random(seed);
        this.factor = factor;
        this.mesh = new ChaosMesh(dir, size, random);
        this.view = new MeshView(mesh.members());
        try {
            begin(size);
        } catch (Exception e) {
            close();
            throw e;
        }
    }

    private void begin(int size) throws Exception {
        mesh.start();
        awaitMesh();
        for (int i = 0; i < size; i++) {
            traffic.add(traffic(i));
            interest.add(interest(i));
        }
        List<Integer> ports = mesh.members().stream().map(MeshMember::port).toList();
        for (int i = 0; i < ASKERS; i++)
            askers.add(new WanderingClient.Jnats(i, ports));
        wandering.addAll(askers);
        wandering.add(new WanderingClient.Raw(ports));
        if (WanderingClient.Node.isInstalled())
            wandering.add(new WanderingClient.Node(ports));
        awaitAnswers();
    }

    private Traffic traffic(int server) throws Exception {
        return new Traffic(server, mesh.members().get(server).port(), mesh.members().size());
    }

    private HeldInterest interest(int server) throws Exception {
        return new HeldInterest(server, mesh.members().get(server).port());
    }

    public static void main(String[] args) throws Exception {
        int steps = args.length > 0 ? Integer.parseInt(args[0]) : 200;
        int size = args.length > 1 ? Integer.parseInt(args[1]) : 3;
        long seed = args.length > 2 ? Long.parseLong(args[2]) : System.currentTimeMillis();
        int factor = args.length > 3 ? Integer.parseInt(args[3]) : 1;
        Path dir = Files.createTempDirectory("jnatsd-chaos");
        System.out.println("seed " + seed + ", logs in " + dir);
        long begin = System.nanoTime();
        try (MeshChaos chaos = new MeshChaos(dir, size, seed, factor)) {
            for (int i = 1; i <= steps; i++)
                System.out.println(i + " " + chaos.step());
            System.out.println(steps + " steps, servers: " + size + ", "
                    + Duration.ofNanos(System.nanoTime() - begin).toSeconds() + " s, "
                    + (WanderingClient.Node.isInstalled() ? "" : "without a client of Node, ") + "no violation: " + chaos);
        } catch (Violation e) {
            System.out.println("seed " + seed + ": " + e.getMessage());
            System.exit(1);
        }
        System.exit(0);
    }

    /** Disturbs a server at random, checks what must hold, and says what was done. */
    String step() throws Exception {
        Event[] events = Event.values();
        return step(random.nextInt(mesh.members().size()), events[random.nextInt(events.length)]);
    }

    String step(int server, Event event) throws Exception {
        String name = event + " of server " + server;
        try {
            disturb(server, event);
            done.merge(event, 1, Integer::sum);
            long healing = awaitMesh();
            long knowing = MeshView.await(KNOWN.multipliedBy(factor), "equal interest",
                    () -> view.lacksInterest(interest.stream().map(HeldInterest::subjects).toList()));
            for (int from = 0; from < traffic.size(); from++)
                for (int to = 0; to < traffic.size(); to++)
                    traffic.get(to).check(traffic.get(from), from != server && to != server);
            long answering = awaitAnswers();
            slowestHealing = Math.max(slowestHealing, healing);
            slowestInterest = Math.max(slowestInterest, knowing);
            slowestAnswer = Math.max(slowestAnswer, answering);
            return name + ": mesh " + healing + " ms, interest " + knowing + " ms, clients " + answering + " ms";
        } catch (Violation e) {
            throw new Violation(name + ": " + e.getMessage());
        }
    }

    private void disturb(int server, Event event) throws Exception {
        for (HeldInterest each : interest)
            each.change(random);
        for (Traffic each : traffic)
            each.begin();
        if (event.restarts) {
            traffic.get(server).stop();
            interest.get(server).close();
        }
        mesh.disturb(server, event);
        if (event.restarts) {
            traffic.set(server, traffic(server));
            interest.set(server, interest(server));
        }
    }

    private long awaitMesh() throws InterruptedException {
        return MeshView.await(HEALED.multipliedBy(factor), "full mesh", view::lacksRoutes);
    }

    /** Waits until each client answers the others, wherever they are. */
    private long awaitAnswers() throws InterruptedException {
        long slowest = 0;
        for (WanderingClient.Jnats from : askers)
            for (WanderingClient to : wandering)
                slowest = Math.max(slowest, MeshView.await(HEALED.multipliedBy(factor), "answer on " + to.subject(), () -> {
                    try {
                        return from.reaches(to, ANSWERED) ? "" : "no answer to a request";
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                }));
        return slowest;
    }

    @Override
    public String toString() {
        return String.format("%,d messages; slowest: mesh %d ms, interest %d ms, clients %d ms; %s",
                traffic.stream().mapToLong(Traffic::received).sum(), slowestHealing, slowestInterest, slowestAnswer, done);
    }

    @Override
    public void close() throws Exception {
        for (WanderingClient client : wandering)
            client.close();
        for (Traffic each : traffic)
            each.stop();
        for (HeldInterest each : interest)
            each.close();
        mesh.close();
    }
}
