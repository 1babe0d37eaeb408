package io.jnatsd.campaign;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/** Servers in processes of their own, whose routes use passwords and TLS, and what may happen to each. Threads: one. */
final class ChaosMesh implements AutoCloseable {
    private static final long SLOW = 20_000;
    private static final Duration DELAY = Duration.ofMillis(50);

    private final Random random;
    private final List<MeshMember> members = new ArrayList<>();
    private final MeshLinks links;
    private final RouteCertificates certificates;
    /** Which configuration and which certificate each server has. */
    private final int[] configuration, certificate;

    ChaosMesh(Path dir, int size, Random random) throws Exception {
        this.random = random;
        configuration = new int[size];
        certificate = new int[size];
        certificates = new RouteCertificates(dir.resolve("certificates"));
        for (int i = 0; i < size; i++)
            members.add(new MeshMember(dir.resolve("server" + i)));
        links = new MeshLinks(members.stream().map(MeshMember::routePort).toList());
    }

    /** Starts all servers at once. */
    void start() throws IOException {
        for (int i = 0; i < members.size(); i++) {
            configure(i);
            members.get(i).launch();
        }
        for (MeshMember member : members)
            member.awaitReady();
    }

    List<MeshMember> members() {
        return members;
    }

    private void configure(int server) throws IOException {
        List<Integer> others = new ArrayList<>();
        for (int other = 0; other < members.size(); other++)
            if (other != server)
                others.add(links.port(server, other));
        members.get(server).configure(others, "advertise: \"127.0.0.1:" + links.advertisedPort(server) + "\"\n"
                + certificates.block(certificate[server]), "ping_interval: \"1h\"\nmax_payload: "
                + (1_000_000 + configuration[server]) + "\n");
    }

    /** What can happen to one server. */
    enum Event {
        KILL(true), RESTART(true), LAME_DUCK(true), SUSPEND(false), RELOAD(false), NEW_CERTIFICATES(false), DELAY(false),
        THROTTLE(false), HOLD_ONE_WAY(false), CUT(false), ISOLATE(false);

        /** The clients of the server are disconnected. */
        final boolean restarts;

        Event(boolean restarts) {
            this.restarts = restarts;
        }
    }

    /** Lets it happen, and ends it. */
    void disturb(int server, Event event) throws Exception {
        MeshMember member = members.get(server);
        switch (event) {
            case KILL -> {
                member.kill();
                pause(500);
                member.start();
            }
            case RESTART -> {
                member.stop();
                member.start();
            }
            case LAME_DUCK -> {
                member.signal("USR2");
                pause(500);
                member.kill();
                member.start();
            }
            case SUSPEND -> {
                member.signal("STOP");
                pause(4000);
                member.signal("CONT");
            }
            case RELOAD -> {
                configuration[server]++;
                configure(server);
                member.reload();
            }
            case NEW_CERTIFICATES -> {
                certificate[server]++;
                configure(server);
                member.reload();
                links.cut(server);
            }
            default -> disturbLinks(server, event);
        }
        links.heal();
    }

    private void disturbLinks(int server, Event event) throws IOException, InterruptedException {
        switch (event) {
            case DELAY -> links.delay(server, DELAY);
            case THROTTLE -> links.throttle(server, SLOW);
            case HOLD_ONE_WAY -> links.hold(server, random.nextBoolean());
            case ISOLATE -> links.isolate(server);
            default -> links.cut(server);
        }
        if (event != Event.CUT)
            pause(1500);
    }

    private void pause(int mean) throws InterruptedException {
        TimeUnit.MILLISECONDS.sleep(mean / 2 + random.nextInt(mean));
    }

    @Override
    public void close() throws IOException {
        links.close();
        members.forEach(MeshMember::close);
    }
}
