package io.jnatsd.jetstream.differential;

import com.google.gson.JsonElement;
import io.jnatsd.jetstream.differential.Answers.Difference;
import io.jnatsd.jetstream.differential.Script.Case;
import io.jnatsd.jetstream.differential.Script.Step;
import io.jnatsd.server.TestServer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Plays the same cases against a nats-server and against jnatsd, and compares what they answer. As a program it shows
 * all answers of the cases whose names contain an argument: {@code java ... Differential "a name"}. Threads: one.
 */
public final class Differential implements AutoCloseable {
    static final Path FOLDER = Path.of(System.getProperty("jnatsd.home", "."), "src/test/resources/differential");

    /** How often a timed case is played. */
    private static final int MOST_TIMES = 5;

    private final NatsServerProcess theirs;
    private final TestServer ours;
    private final ExecutorService both = Executors.newVirtualThreadPerTaskExecutor();
    private final KnownDifferences known;

    Differential(KnownDifferences known) throws IOException {
        this.known = known;
        // First, so that no process is left over if it does not start.
        ours = TestServer.start(o -> o.jetStream = true);
        theirs = new NatsServerProcess();
    }

    /** What a server did at one step. */
    private record Played(Step step, List<JsonElement> answers) {
    }

    private static List<Played> play(Case script, int port) throws IOException, InterruptedException {
        List<Played> played = new ArrayList<>();
        Map<String, String> kept = new HashMap<>();
        try (Player player = new Player(port)) {
            for (Step step : script.steps()) {
                try {
                    played.add(new Played(step, player.play(step)));
                } catch (IOException | RuntimeException e) {
                    throw new IOException("port " + port + ", " + step + ": " + e, e);
                }
            }
            kept.putAll(player.kept());
            player.deleteStreams();
        }
        return played.stream().map(each -> new Played(each.step,
                each.answers.stream().map(answer -> Answers.normal(answer, kept)).toList())).toList();
    }

    /**
     * Plays a case; returns a line for each difference that has no reason. A timed case is played again if there is one:
     * what was only too slow does not happen each time.
     */
    List<String> play(Case script, boolean show) throws IOException, InterruptedException {
        List<String> unknown = playOnce(script, show);
        for (int i = 1; i < MOST_TIMES && script.timed() && !unknown.isEmpty(); i++)
            unknown = playOnce(script, show);
        return unknown;
    }

    private List<String> playOnce(Case script, boolean show) throws IOException, InterruptedException {
        Future<List<Played>> there = both.submit(() -> play(script, theirs.port())), here = both.submit(() -> play(script, ours.port()));
        List<Played> a = result(there), b = result(here);
        List<String> unknown = new ArrayList<>();
        for (int i = 0; i < a.size(); i++)
            for (int j = 0; j < a.get(i).answers.size(); j++) {
                JsonElement one = a.get(i).answers.get(j), other = b.get(i).answers.get(j);
                if (show)
                    System.out.println(a.get(i).step + "\n    < " + one + "\n    > " + other);
                for (Difference each : Answers.compare(one, other))
                    if (!known.allow(script.name(), each))
                        unknown.add(a.get(i).step + "\n    " + each);
            }
        return unknown;
    }

    private static <T> T result(Future<T> future) throws IOException, InterruptedException {
        try {
            return future.get();
        } catch (ExecutionException e) {
            throw new IOException(e.getCause().getMessage(), e.getCause());
        }
    }

    @Override
    public void close() throws IOException {
        both.shutdownNow();
        theirs.close();
        ours.close();
    }

    public static void main(String[] args) throws Exception {
        String part = args.length == 0 ? "" : args[0];
        KnownDifferences known = new KnownDifferences(FOLDER.resolve("known.list"));
        int played = 0, different = 0;
        long begin = System.nanoTime();
        try (Differential differential = new Differential(known)) {
            for (Case each : Script.readAll(FOLDER))
                if (each.name().contains(part)) {
                    List<String> unknown = differential.play(each, args.length > 0);
                    if (!unknown.isEmpty())
                        System.out.println("== " + each + "\n" + String.join("\n", unknown));
                    played++;
                    different += unknown.isEmpty() ? 0 : 1;
                }
            System.out.println(played + " cases in " + (System.nanoTime() - begin) / 1_000_000 + " ms, " + different + " differ"
                    + (part.isEmpty() ? "; known differences that do not occur: " + known.unused() : ""));
        }
    }
}
