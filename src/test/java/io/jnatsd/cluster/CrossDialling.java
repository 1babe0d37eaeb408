package io.jnatsd.cluster;

import io.jnatsd.cli.HeldPort;
import io.jnatsd.config.OptionsBuilder;
import io.jnatsd.server.RawClient;
import io.jnatsd.server.TestServer;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * Two servers that dial each other. The second one is started while the first one waits for it. Both send numbered
 * messages every 0.5 ms as soon as a route exists. Each round reports which messages were missing, late or duplicated
 * between the first and the last one that arrived, and the highest number of subscriptions that a server counted.
 *
 * <p>As a main program it runs a hundred rounds, or the number in the first argument: in turn without delay, with a
 * delay in one direction, in the other direction, and in both; with TLS if the second argument is {@code tls}. The exit
 * code is 1 if a round has failed.
 */
final class CrossDialling {
    private static final long PAUSE_NANOS = 500_000;

    /** The messages that a receiver has seen. */
    record Seen(int received, int missing, int stepsBack) {
        boolean isComplete() {
            return received > 0 && missing == 0 && stepsBack == 0;
        }
    }

    /** The result of one round. */
    record Outcome(Seen atFirst, Seen atSecond, long mostSubscriptions) {
        boolean isGood() {
            return atFirst.isComplete() && atSecond.isComplete() && mostSubscriptions <= 2;
        }
    }

    private CrossDialling() {
    }

    /**
     * @param change options of both servers in addition to a route to each other
     * @param firstMillis the delay from the first server to the second
     * @param secondMillis the delay from the second server to the first
     */
    static Outcome round(Consumer<OptionsBuilder> change, int firstMillis, int secondMillis, Duration length)
            throws Exception {
        try (HeldPort heldFirst = new HeldPort(); HeldPort heldSecond = new HeldPort(); TcpProxy toSecond = new TcpProxy(); TcpProxy toFirst = new TcpProxy()) {
            int firstPort = heldFirst.number(), secondPort = heldSecond.number();
            toSecond.to(secondPort);
            toFirst.to(firstPort);
            toSecond.delay(Duration.ofMillis(firstMillis));
            toFirst.delay(Duration.ofMillis(secondMillis));
            URI second = Clusters.url(firstMillis == 0 ? secondPort : toSecond.number());
            URI first = Clusters.url(secondMillis == 0 ? firstPort : toFirst.number());
            try (TestServer one = Clusters.server(change.andThen(o -> o.clusterPort = firstPort), second);
                    TestServer two = Clusters.server(change.andThen(o -> o.clusterPort = secondPort), first)) {
                return exchange(one, two, length);
            }
        }
    }

    private static Outcome exchange(TestServer one, TestServer two, Duration length) throws Exception {
        RawClient atOne = one.quiet(), atTwo = two.quiet(), fromOne = one.quiet(), fromTwo = two.quiet();
        atOne.send("SUB to.one 1\r\n").roundTrip();
        atTwo.send("SUB to.two 1\r\n").roundTrip();
        Clusters.soon("the first route").until(() -> one.subscriptions() >= 2 && two.subscriptions() >= 2);
        long end = System.nanoTime() + length.toNanos(), most = 0;
        int published = 0;
        while (System.nanoTime() < end) {
            published++;
            fromOne.send("PUB to.two " + digits(published) + "\r\n" + published + "\r\n");
            fromTwo.send("PUB to.one " + digits(published) + "\r\n" + published + "\r\n");
            most = Math.max(most, Math.max(one.subscriptions(), two.subscriptions()));
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        fromOne.send("PUB to.two 3\r\nend\r\n");
        fromTwo.send("PUB to.one 3\r\nend\r\n");
        return new Outcome(read(atOne, published), read(atTwo, published), most);
    }

    private static int digits(int number) {
        return Integer.toString(number).length();
    }

    private static Seen read(RawClient client, int published) throws IOException {
        List<Integer> numbers = new ArrayList<>();
        while (true) {
            String text = client.expect("MSG [^\r]*\r\n([^\r]*)\r\n").group(1);
            if (text.equals("end"))
                break;
            numbers.add(Integer.parseInt(text));
        }
        int back = 0, missing = 0;
        for (int i = 1; i < numbers.size(); i++)
            if (numbers.get(i) <= numbers.get(i - 1))
                back++;
            else
                missing += numbers.get(i) - numbers.get(i - 1) - 1;
        if (!numbers.isEmpty())
            missing += published - numbers.getLast();
        return new Seen(numbers.size(), missing, back);
    }

    public static void main(String[] args) throws Exception {
        int rounds = args.length > 0 ? Integer.parseInt(args[0]) : 100, bad = 0;
        Consumer<OptionsBuilder> change = List.of(args).contains("tls") ? MeshTest.TLS : o -> { };
        int[][] delays = {{0, 0}, {0, 20}, {20, 0}, {20, 20}, {0, 150}, {150, 0}};
        for (int i = 0; i < rounds; i++) {
            int[] delay = delays[i % delays.length];
            Outcome outcome = round(change, delay[0], delay[1], Duration.ofSeconds(3));
            if (!outcome.isGood())
                bad++;
            System.out.println((outcome.isGood() ? "good " : "BAD  ") + i + " " + delay[0] + "/" + delay[1] + " ms " + outcome);
        }
        System.out.println(bad + " of " + rounds + " rounds were bad");
        System.exit(bad == 0 ? 0 : 1);
    }
}
