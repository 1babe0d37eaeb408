package io.jnatsd.jetstream.model;

import io.jnatsd.connection.ServerState;
import io.jnatsd.jetstream.api.JetStream;
import io.jnatsd.jetstream.config.ServerLimits;
import io.jnatsd.jetstream.model.Steps.Step;
import io.jnatsd.jetstream.store.StoreFolder;
import io.jnatsd.log.Log;
import io.jnatsd.server.TestServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Random scripts on a server and on the model; one that differs is made as short as possible and printed. {@code java
 * -cp target/test-classes:target/classes:... io.jnatsd.jetstream.model.StreamModel 1 600} begins with seed 1 and runs
 * for 600 seconds.
 */
public final class StreamModel implements AutoCloseable {
    private static final int STEPS = 80;
    private static final long MEMORY = 1 << 30;

    private final TestServer server = TestServer.start();
    private final ManualClock clock = new ManualClock();
    /** For the streams in files. */
    private final Path folder = Files.createTempDirectory("jnatsd");
    private final JetStream jetStream;
    private final Wire wire;
    private long steps;

    StreamModel() throws IOException {
        ServerState state = server.state();
        jetStream = JetStream.start(new JetStream.Server(state.info.serverName(), "", 10_000, state.subjects, state.traffic,
                state.threads, Log.silent(), state::nextId, state.timer(), clock), new JetStream.Storage(MEMORY, folder, Long.MAX_VALUE, Steps.SECOND), ServerLimits.NONE);
        wire = new Wire(server.port());
    }

    /** Plays the script of a seed; returns the shortest script that differs, null if none does. */
    String play(long seed) throws IOException {
        Generator generator = new Generator(seed);
        StreamSetup setup = generator.stream();
        List<Step> script = generator.steps(setup, STEPS);
        String problem = problem(setup, script);
        if (problem == null)
            return null;
        for (int size = script.size() / 2; size > 0; size /= 2) {
            for (int at = 0; at + size <= script.size();) {
                List<Step> shorter = new ArrayList<>(script);
                shorter.subList(at, at + size).clear();
                String other = problem(setup, shorter);
                if (other == null) {
                    at += size;
                } else {
                    script = shorter;
                    problem = other;
                }
            }
        }
        StringBuilder text = new StringBuilder("seed " + seed + "\n  " + setup + "\n");
        script.forEach(step -> text.append("  ").append(step).append('\n'));
        return text.append(problem).toString();
    }

    /** Plays one script; returns what differs, null if nothing does. */
    String problem(StreamSetup setup, List<Step> script) throws IOException {
        try {
            steps += Play.run(wire, clock, setup, script);
            return null;
        } catch (Mismatch e) {
            return e.getMessage();
        }
    }

    /** Returns the number of steps that were played without a difference. */
    long steps() {
        return steps;
    }

    @Override
    public void close() throws IOException {
        wire.close();
        jetStream.close();
        server.close();
        StoreFolder.delete(folder);
    }

    /** @param args the first seed, the seconds, and optionally the number of differences after which it ends */
    public static void main(String[] args) throws IOException {
        long seed = args.length > 0 ? Long.parseLong(args[0]) : System.nanoTime();
        long end = System.nanoTime() + (args.length > 1 ? Long.parseLong(args[1]) : 60) * Steps.SECOND;
        int left = args.length > 2 ? Integer.parseInt(args[2]) : 1;
        long scripts = 0;
        try (StreamModel model = new StreamModel()) {
            for (; left > 0 && System.nanoTime() < end; seed++, scripts++) {
                String problem = model.play(seed);
                if (problem != null) {
                    System.out.println(problem);
                    left--;
                }
            }
            System.out.println(scripts + " scripts, " + model.steps() + " steps");
        }
        System.exit(left > 0 ? 0 : 1);
    }
}
