package io.jnatsd.subject;

import io.jnatsd.protocol.Parser;
import io.jnatsd.stress.Race;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Races of match results, and of their cache, with subscriptions that begin, change and end. See {@link Race}. */
public final class MatchRaces {
    private static final byte[] SUBJECT = bytes("foo.bar");
    private static final List<byte[]> DENIED = List.of(SUBJECT);

    private MatchRaces() {
    }

    private static byte[] bytes(String subject) {
        return subject.getBytes(StandardCharsets.US_ASCII);
    }

    /** What is done to the subscription. */
    private enum Change { SUBSCRIBE, UNSUBSCRIBE, DENY, CLOSE }

    /**
     * A reader matches a subject twice while a subscription to it changes. The match after the change must see it; the
     * two before it must not see it and then no longer see it.
     */
    private static final class Match extends Race {
        private final SubjectSpace space = new SubjectSpace();
        private final SubscriptionIndex index = space.index();
        private final FakeReceiver receiver = new FakeReceiver("client", null, List.of());
        private final String pattern;
        private final Change change;
        /** Subjects that share the slots of the cache with the first one. */
        private final List<byte[]> neighbours = new ArrayList<>();
        private SidTable table;
        private Subscription sub;
        private MatchResult last;
        private int first, second;

        Match(String pattern, Change change, boolean crowded) {
            super(change + " " + pattern + " against match" + (crowded ? " while the cache is full" : ""),
                    crowded ? 3 : 2, change == Change.SUBSCRIBE
                            ? new String[] {"0 0, then 1", "0 1, then 1", "1 1, then 1"}
                            : new String[] {"1 1, then 0", "1 0, then 0", "0 0, then 0"});
            this.pattern = pattern;
            this.change = change;
            int hash = match(null, SUBJECT).hash();
            for (int i = 0; crowded && neighbours.size() < 8; i++) {
                byte[] subject = bytes("n" + i);
                int other = match(null, subject).hash();
                if (other >>> 26 == hash >>> 26 && (other >>> 4 & 3) == (hash >>> 4 & 3))
                    neighbours.add(subject);
            }
        }

        private MatchResult match(MatchResult before, byte[] subject) {
            return index.match(before, subject, 0, subject.length, Parser.hash(subject, 0, subject.length));
        }

        @Override
        protected void begin() {
            table = space.announcedTable();
            sub = new Subscription(receiver, pattern, null, "1", !pattern.contains("*"));
            if (change != Change.SUBSCRIBE)
                table.add(sub);
        }

        @Override
        protected void act(int action) {
            switch (action) {
                case 0 -> {
                    last = match(last, SUBJECT);
                    first = last.fanout();
                    last = match(last, SUBJECT);
                    second = last.fanout();
                }
                case 1 -> change();
                default -> neighbours.forEach(subject -> match(null, subject));
            }
        }

        private void change() {
            switch (change) {
                case SUBSCRIBE -> table.add(sub);
                case UNSUBSCRIBE -> table.remove(sub);
                case CLOSE -> table.removeAll();
                case DENY -> {
                    sub.denied(DENIED);
                    index.changed(sub);
                }
            }
        }

        @Override
        protected String outcome() {
            last = match(last, SUBJECT);
            String seen = first + " " + second + ", then " + last.fanout();
            if (match(null, SUBJECT).fanout() != last.fanout())
                seen += ", without an earlier result " + match(null, SUBJECT).fanout();
            table.removeAll();
            return index.count() == 0 ? seen : seen + ", " + index.count() + " subscriptions left";
        }
    }

    /** One thread subscribes while another closes the connection. */
    private static final class Close extends Race {
        private final SubjectSpace space = new SubjectSpace();
        private final FakeReceiver receiver = new FakeReceiver("client", null, List.of());
        private SidTable table;
        private int added;

        Close() {
            super("subscribe against close", 2, "0 added, 0 left", "1 added, 0 left", "2 added, 0 left");
        }

        @Override
        protected void begin() {
            table = space.announcedTable();
            added = 0;
        }

        @Override
        protected void act(int action) {
            if (action == 1) {
                table.removeAll();
                return;
            }
            added += table.add(new Subscription(receiver, "foo", null, "1", true)) ? 1 : 0;
            added += table.add(new Subscription(receiver, "foo.*", null, "2", false)) ? 1 : 0;
        }

        @Override
        protected String outcome() {
            return added + " added, " + space.index().count() + " left"
                    + (space.index().bytes() == 0 ? "" : ", " + space.index().bytes() + " bytes");
        }
    }

    public static void main(String[] args) throws InterruptedException {
        Race.run(args, new Match("foo.bar", Change.SUBSCRIBE, false), new Match("foo.*", Change.SUBSCRIBE, false),
                new Match("*.bar", Change.SUBSCRIBE, false), new Match("foo.bar", Change.SUBSCRIBE, true),
                new Match("foo.bar", Change.UNSUBSCRIBE, false), new Match("foo.*", Change.UNSUBSCRIBE, false),
                new Match("foo.bar", Change.UNSUBSCRIBE, true), new Match("foo.bar", Change.CLOSE, false),
                new Match("foo.bar", Change.DENY, false), new Match("foo.*", Change.DENY, false), new Close());
    }
}
