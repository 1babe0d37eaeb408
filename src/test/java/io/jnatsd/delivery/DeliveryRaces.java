package io.jnatsd.delivery;

import io.jnatsd.config.ServerOptions;
import io.jnatsd.log.Log;
import io.jnatsd.log.Threads;
import io.jnatsd.protocol.AmpleMemory;
import io.jnatsd.protocol.Dialect;
import io.jnatsd.protocol.Op;
import io.jnatsd.protocol.Parser;
import io.jnatsd.protocol.ReadBuffer;
import io.jnatsd.stress.Race;
import io.jnatsd.subject.SidTable;
import io.jnatsd.subject.SubjectSpace;
import io.jnatsd.subject.Subscription;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;

/** Races of a delivery with the end of its subscription and of its receiver. See {@link Race}. */
public final class DeliveryRaces {
    /** What is appended and flushed is written within this time. */
    private static final long FLUSHED_NANOS = 20_000_000_000L;

    private DeliveryRaces() {
    }

    /** An output that keeps what is written. */
    private static final class Peer extends FakeOwner {
        private final ByteArrayOutputStream written = new ByteArrayOutputStream();
        private final AtomicInteger exhausted = new AtomicInteger();
        private final String remoteId;
        private final Outbound outbound;
        private SidTable table;

        Peer(OfDelivery race, String remoteId) {
            super("peer");
            this.remoteId = remoteId;
            this.outbound = new Outbound(this, written, race.watchdog, race.budget);
        }

        /** Returns the payloads that were written, which have one character each, after everything is written. */
        String payloads() {
            long begun = System.nanoTime();
            while (outbound.stats().pending() > 0)
                if (System.nanoTime() - begun > FLUSHED_NANOS)
                    throw new AssertionError("not flushed");
                else
                    Thread.yield();
            StringBuilder payloads = new StringBuilder();
            for (String line : written.toString(StandardCharsets.US_ASCII).split("\r\n"))
                if (line.length() == 1)
                    payloads.append(line);
            return payloads.toString();
        }

        @Override
        public void exhausted(Subscription sub) {
            exhausted.incrementAndGet();
            table.remove(sub);
        }

        @Override
        public String remoteId() {
            return remoteId;
        }
    }

    /** A publisher's reader. */
    private static final class Publisher {
        private final Batch batch = new Batch();
        private final Delivery delivery;

        Publisher(OfDelivery race) {
            this.delivery = new Delivery(race.traffic, batch, new Peer(race, null).outbound, false);
            batch.begin(-1);
        }

        /** Publishes one batch: a message for each character, and the last one as a request. */
        void publish(String payloads, boolean request) throws Exception {
            StringBuilder lines = new StringBuilder();
            for (int i = 0; i < payloads.length(); i++)
                lines.append("PUB foo ").append(request && i == payloads.length() - 1 ? "inbox " : "").append("1\r\n")
                        .append(payloads.charAt(i)).append("\r\n");
            byte[] bytes = lines.toString().getBytes(StandardCharsets.US_ASCII);
            Parser parser = new Parser(new ReadBuffer(new ByteArrayInputStream(bytes), new AmpleMemory()),
                    Dialect.CLIENT);
            parser.limits(4096, 1024);
            parser.fill();
            while (parser.next() == Op.PUB)
                delivery.publish(delivery.match(parser.message()), parser.message());
            delivery.endBatch();
            batch.flush(false);
        }
    }

    private abstract static class OfDelivery extends Race {
        final SubjectSpace space = new SubjectSpace();
        final Traffic traffic = new Traffic(space, Log.silent());
        final WriteWatchdog watchdog = new WriteWatchdog(new Threads(Log.silent()));
        final PendingBudget budget = new PendingBudget();
        final Publisher publisher;
        Peer peer;
        Subscription sub;

        OfDelivery(String name, int actions, String... allowed) {
            super(name, actions, allowed);
            ServerOptions options = ServerOptions.defaults();
            traffic.apply(options.log(), options.limits(), false);
            publisher = new Publisher(this);
        }

        @Override
        protected void begin() throws Exception {
            peer = new Peer(this, null);
            peer.table = space.announcedTable();
            sub = new Subscription(peer.outbound, "foo", null, "1", true);
            peer.table.add(sub);
        }

        /** Returns the payloads that were written, and what is left. */
        String result() {
            peer.table.removeAll();
            return "'" + peer.payloads() + "'" + (space.index().count() == 0 ? "" : ", subscription left");
        }
    }

    /** A run of messages is delivered as a whole or not at all, and nothing follows the unsubscribe. */
    private static final class Unsubscribe extends OfDelivery {
        Unsubscribe() {
            super("publish against unsubscribe", 2, "'', then ''", "'abc', then 'abc'");
        }

        @Override
        protected void act(int action) throws Exception {
            if (action == 0)
                publisher.publish("abc", false);
            else
                peer.table.remove(sub);
        }

        @Override
        protected String outcome() throws Exception {
            String before = peer.payloads();
            publisher.publish("x", false);
            return "'" + before + "', then " + result();
        }
    }

    /** The maximum of an UNSUB comes while messages are delivered. */
    private static final class Maximum extends OfDelivery {
        Maximum() {
            super("publish against a maximum of 2", 2, "'ab', 1 exhausted", "'abc', 0 exhausted",
                    "'abcd', 0 exhausted");
        }

        @Override
        protected void act(int action) throws Exception {
            if (action == 0)
                publisher.publish("abcd", true);
            else if (peer.table.endAfter(sub, 2) < 0)
                peer.table.remove(sub);
        }

        @Override
        protected String outcome() throws Exception {
            boolean removed = peer.table.get("1") == null;
            return result() + ", " + peer.exhausted + " exhausted" + (removed ? "" : ", still listed");
        }
    }

    /** Two publishers share what a subscription still accepts. */
    private static final class TwoPublishers extends OfDelivery {
        private final Publisher second = new Publisher(this);

        TwoPublishers() {
            super("two publishers and a maximum of 4", 2, "4 messages, 1 exhausted");
        }

        @Override
        protected void begin() throws Exception {
            super.begin();
            peer.table.endAfter(sub, 4);
        }

        @Override
        protected void act(int action) throws Exception {
            (action == 0 ? publisher : second).publish("abc", false);
        }

        @Override
        protected String outcome() throws Exception {
            boolean removed = peer.table.get("1") == null;
            return result().length() - 2 + " messages, " + peer.exhausted + " exhausted"
                    + (removed ? "" : ", still listed");
        }
    }

    /** A route is replaced by another connection to the same server: each message is sent once, in order. */
    private static final class Successor extends OfDelivery {
        private Peer next;

        Successor() {
            super("publish against the succession of a route", 2, "'' 'abcd'", "'abc' 'd'", "'abcd' ''");
        }

        @Override
        protected void begin() {
            peer = new Peer(this, "B");
            peer.table = space.unannouncedTable();
            next = new Peer(this, "B");
            next.table = space.unannouncedTable();
            peer.table.add(new Subscription(peer.outbound, "foo", null, "1", true));
        }

        @Override
        protected void act(int action) throws Exception {
            if (action == 0) {
                publisher.publish("abcd", true);
                return;
            }
            peer.outbound.succeededBy(next.outbound);
            peer.outbound.seal("PING\r\n".getBytes(StandardCharsets.US_ASCII));
            peer.table.moveTo(next.table, next.outbound);
        }

        @Override
        protected String outcome() {
            String sent = "'" + peer.payloads() + "' '" + next.payloads() + "'";
            next.table.removeAll();
            return sent + (space.index().count() == 0 ? "" : ", subscription left");
        }
    }

    public static void main(String[] args) throws InterruptedException {
        Race.run(args, new Unsubscribe(), new Maximum(), new TwoPublishers(), new Successor());
    }
}
