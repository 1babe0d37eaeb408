package io.jnatsd.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.jnatsd.connection.CloseReason;
import io.jnatsd.server.RawClient;
import io.jnatsd.server.TestServer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Two hundred random steps of a mesh: servers join and leave, routes are cut, clients connect, disconnect, subscribe
 * and unsubscribe. After each step every server must have exactly the existing subscriptions.
 */
@Timeout(120)
class RandomStepsTest {
    private static final int STEPS = 120;
    private static final int MOST_SERVERS = 5;
    private static final int CHECK_EVERY = 10;

    private final Random random = new Random(20261122);
    private final Mesh mesh = Mesh.of(3);
    /** Each client with its server and its number of subscriptions. */
    private final Map<RawClient, TestServer> homes = new LinkedHashMap<>();
    private final Map<RawClient, List<Integer>> sids = new LinkedHashMap<>();
    private int nextSid = 10;

    @Test
    void interestIsExactAfterEachStep() throws IOException {
        try (mesh) {
            for (int i = 0; i < 4; i++)
                newClient();
            for (int step = 1; step <= STEPS; step++) {
                step();
                mesh.awaitSubscriptions(sids.values().stream().mapToInt(List::size).sum());
                if (step % CHECK_EVERY == 0)
                    assertExactlyOnce(step);
            }
        }
    }

    private void step() throws IOException {
        int dice = random.nextInt(100);
        if (dice < 5 && mesh.size() < MOST_SERVERS) {
            mesh.join(server());
            mesh.awaitComplete();
        } else if (dice < 10 && mesh.size() > 2) {
            leave(server());
        } else if (dice < 15) {
            cut();
        } else if (dice < 25 || homes.isEmpty()) {
            newClient();
        } else if (dice < 32 && homes.size() > 3) {
            RawClient client = client();
            forget(client);
            client.close();
        } else if (dice < 70) {
            subscribe(client());
        } else {
            unsubscribe(client());
        }
    }

    private TestServer server() {
        return mesh.get(random.nextInt(mesh.size()));
    }

    private RawClient client() {
        List<RawClient> all = new ArrayList<>(homes.keySet());
        return all.get(random.nextInt(all.size()));
    }

    private void newClient() throws IOException {
        TestServer home = server();
        RawClient client = home.quiet();
        client.send("SUB check.* 0\r\nSUB work g 1\r\n").roundTrip();
        homes.put(client, home);
        sids.put(client, new ArrayList<>(List.of(0, 1)));
    }

    private void forget(RawClient client) {
        homes.remove(client);
        sids.remove(client);
    }

    private void leave(TestServer server) throws IOException {
        for (RawClient client : List.copyOf(homes.keySet()))
            if (homes.get(client) == server)
                forget(client);
        mesh.leave(server);
    }

    /** Both ends detect this themselves. */
    private void cut() {
        List<Route> routes = server().server().cluster().routes().all();
        routes.get(random.nextInt(routes.size())).kill(CloseReason.READ_ERROR);
        mesh.awaitComplete();
    }

    private void subscribe(RawClient client) throws IOException {
        for (int i = random.nextInt(5); i >= 0; i--) {
            int sid = nextSid++;
            String subject = random.nextInt(4) == 0 ? "random." + random.nextInt(5) + ".*" : "random." + random.nextInt(5);
            client.send("SUB " + subject + (random.nextInt(3) == 0 ? " queue " : " ") + sid + "\r\n");
            if (random.nextInt(4) == 0)
                client.send("UNSUB " + sid + " " + (1 + random.nextInt(9)) + "\r\n");
            sids.get(client).add(sid);
        }
        client.roundTrip();
    }

    private void unsubscribe(RawClient client) throws IOException {
        List<Integer> own = sids.get(client);
        for (int i = random.nextInt(5); i >= 0 && own.size() > 2; i--)
            client.send("UNSUB " + own.remove(2 + random.nextInt(own.size() - 2)) + "\r\n");
        client.roundTrip();
    }

    private void assertExactlyOnce(int step) throws IOException {
        for (int i = 0; i < mesh.size(); i++) {
            String subject = "check." + step + "-" + i;
            try (RawClient publisher = RawClient.quiet(mesh.get(i).port())) {
                publisher.send("PUB work 1\r\nw\r\nPUB " + subject + " 0\r\n\r\n").roundTrip();
            }
            int work = 0;
            for (RawClient client : homes.keySet())
                work += client.expect("(MSG work 1 1\r\nw\r\n)?MSG " + subject + " 0 0\r\n\r\n").group().startsWith("MSG work")
                        ? 1 : 0;
            assertEquals(1, work);
        }
    }
}
