package io.jnatsd.campaign;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.jnatsd.campaign.Transcript.Difference;
import io.jnatsd.campaign.Transcript.Sending;
import io.jnatsd.jetstream.differential.NatsServerProcess;
import io.jnatsd.server.TestServer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * Sends the same random and damaged commands to a nats-server and to jnatsd, cut at random places, and compares the
 * answers; {@code main [CASES [SEED]]}, 20,000 by default. A difference without a reason in {@link ExplainedDifference} is
 * reported with its input.
 */
final class DifferentialFuzzing implements AutoCloseable {
    /** A difference may come from the network once; what a server does differently comes again. */
    private static final int ATTEMPTS = 3;
    private static final String[] CONNECTS = {"", "CONNECT {}\r\n", "CONNECT {\"verbose\":false}\r\n",
        "CONNECT {\"verbose\":true,\"pedantic\":false,\"headers\":true}\r\n",
        "CONNECT {\"verbose\":false,\"pedantic\":false,\"headers\":true,\"no_responders\":true}\r\n",
        "CONNECT {\"verbose\":false,\"pedantic\":true,\"headers\":true,\"echo\":true,\"protocol\":1}\r\n",
        "CONNECT {\"verbose\":false,\"echo\":false,\"protocol\":1}\r\n"};
    private static final String[] SUBJECTS = {"a", "b", "a.b", "a.b.c", "a.*", "*", "*.b", "a.>", ">", "a..b", ".a", "a.", "a.>.b", "a*",
        ">a", "a.*b", "_INBOX.1", "\u00e9.x", "a.b.c.d.e.f.g.h"};

    private final TestServer ours = TestServer.start();
    private final NatsServerProcess theirs = new NatsServerProcess();
    private int messages;

    DifferentialFuzzing() throws IOException {
    }

    private static String any(String[] values, Random random) {
        return values[random.nextInt(values.length)];
    }

    private String command(Random random, int number) {
        String subject = any(SUBJECTS, random), space = any(new String[] {" ", " ", " ", "  ", "\t", " \t "}, random);
        String payload = "m" + ++messages, reply = random.nextInt(3) == 0 ? any(SUBJECTS, random) + space : "";
        String header = "NATS/1.0" + (random.nextBoolean() ? "" : " 100 Idle") + "\r\n"
                + (random.nextBoolean() ? "" : "Key: value\r\n") + "\r\n";
        return switch (random.nextInt(12)) {
            case 0, 1 -> "SUB" + space + subject + space + (random.nextInt(4) == 0 ? "q" + number + space : "") + number + "\r\n";
            case 2 -> "UNSUB" + space + random.nextInt(1, number + 1) + (random.nextBoolean() ? "" : space + random.nextInt(4)) + "\r\n";
            case 3 -> "PING\r\n";
            case 4 -> any(new String[] {"PONG\r\n", "+OK\r\n", "ping\r\n", "PING  \r\n", "PING\n", "pInG\r\n"}, random);
            case 5 -> "CONNECT" + space + "{\"verbose\":" + random.nextBoolean() + "}\r\n";
            case 6, 7 -> "HPUB" + space + subject + space + reply + header.length() + space + (header.length() + payload.length())
                    + "\r\n" + header + payload + "\r\n";
            default -> "PUB" + space + subject + space + reply + payload.length() + space.replace("\t", "") + "\r\n" + payload + "\r\n";
        };
    }

    /** Returns the input of a case. Half of the inputs are damaged. */
    byte[] input(Random random) {
        StringBuilder text = new StringBuilder(any(CONNECTS, random));
        for (int i = 1, n = random.nextInt(1, 9); i <= n; i++)
            text.append(command(random, i));
        byte[] bytes = text.append("PING\r\n").toString().getBytes(ISO_8859_1);
        return random.nextBoolean() ? bytes : new Mutator(random).mutate(bytes);
    }

    /** Returns how the answers to an input that is cut at random places differ, the last time if they differ again. */
    List<Difference> compare(byte[] input, long seed) throws IOException {
        return compare(input, () -> new Mutator(new Random(seed))::write);
    }

    /** Returns how the answers to an input that is sent at once differ. */
    List<Difference> compareWhole(byte[] input) throws IOException {
        return compare(input, () -> (bytes, out) -> out.write(bytes));
    }

    private List<Difference> compare(byte[] input, Supplier<Sending> sending) throws IOException {
        String text = new String(input, ISO_8859_1);
        List<Difference> found = List.of();
        for (int i = 0; i < ATTEMPTS; i++) {
            Transcript one = Transcript.of(theirs.port(), input, sending.get());
            Transcript other = Transcript.of(ours.port(), input, sending.get());
            found = Transcript.compare(text, one, other);
            if (found.stream().allMatch(each -> each.reason() != null))
                return found;
        }
        return found;
    }

    /**
     * Plays cases; returns a line for each difference without a reason, and counts those with one.
     *
     * @param cut the inputs are cut at random places. How the system joins the pieces decides some of nats-server's answers
     */
    List<String> play(int cases, long seed, boolean cut, Map<ExplainedDifference, Integer> explained) throws IOException {
        Random random = new Random(seed);
        List<String> unexplained = new ArrayList<>();
        for (int i = 0; i < cases; i++) {
            byte[] input = input(random);
            long cuts = random.nextLong();
            for (Difference each : cut ? compare(input, cuts) : compareWhole(input))
                if (each.reason() == null)
                    unexplained.add(each + "\n    " + shown(input));
                else
                    explained.merge(each.reason(), 1, Integer::sum);
        }
        return unexplained;
    }

    private static String shown(byte[] input) {
        return new String(input, ISO_8859_1).replace("\r", "\\r").replace("\n", "\\n");
    }

    @Override
    public void close() throws IOException {
        ours.close();
        theirs.close();
    }

    public static void main(String[] args) throws IOException {
        int cases = args.length > 0 ? Integer.parseInt(args[0]) : 20_000;
        long seed = args.length > 1 ? Long.parseLong(args[1]) : System.nanoTime();
        System.out.println(cases + " cases, seed " + seed);
        Map<ExplainedDifference, Integer> explained = new TreeMap<>();
        List<String> unexplained;
        try (DifferentialFuzzing fuzzing = new DifferentialFuzzing()) {
            unexplained = fuzzing.play(cases, seed, true, explained);
        }
        unexplained.stream().limit(40).forEach(System.out::println);
        explained.forEach((reason, count) -> System.out.println(count + " times: " + reason + ": " + reason.reason()));
        System.out.println(unexplained.size() + " differences without a reason");
        System.exit(unexplained.isEmpty() ? 0 : 1);
    }
}
