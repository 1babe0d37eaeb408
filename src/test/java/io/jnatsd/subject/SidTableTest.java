package io.jnatsd.subject;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class SidTableTest {
    private final SubjectSpace space = new SubjectSpace();
    private final SidTable table = space.announcedTable();
    private final List<String> events = new ArrayList<>();
    private final FakeReceiver receiver = new FakeReceiver("client", null, events);

    /** A set of routes that records what it is informed of, in order. */
    private class Routes implements Interest {
        private final String name;
        /** Number of calls of {@code unsubscribed} before one fails, once; negative for none. */
        private int untilFailure = -1;

        Routes(String name) {
            this.name = name;
        }

        private void record(String event) {
            events.add(name + ": " + event);
        }

        @Override
        public void subscribed(Subscription sub) {
            record("SUB " + sub.sid());
        }

        @Override
        public void unsubscribed(Subscription sub, long max) {
            if (untilFailure-- == 0)
                throw new OutOfMemoryError("no memory for UNSUB " + sub.sid());
            record("UNSUB " + sub.sid() + " " + max);
        }

        @Override
        public void catchUp(Interest before, Collection<Subscription> subs) {
            record("all " + subs.stream().map(Subscription::sid).sorted().toList()
                    + (before instanceof Routes others ? " after " + others.name : ""));
        }

        @Override
        public void flush() {
            record("flush");
        }
    }

    private Subscription sub(String subject, String sid) {
        return new Subscription(receiver, subject, null, sid, !subject.contains("*"));
    }

    private Subscription added(String subject, String sid) {
        Subscription sub = sub(subject, sid);
        assertTrue(table.add(sub));
        return sub;
    }

    private void expect(String... expected) {
        assertEquals(List.of(expected), events);
        events.clear();
    }

    private List<String> matched(String subject) {
        return space.index().matching(subject).stream().map(SubscriptionView::sid).sorted().toList();
    }

    @Test
    void anAddedSubscriptionIsListedAndMatched() {
        Subscription foo = added("foo", "1"), any = added("*", "2");
        assertSame(foo, table.get("1"));
        assertSame(any, table.get("2"));
        assertEquals(2, table.size());
        assertEquals(List.of("1", "2"), matched("foo"));
        assertEquals(List.of("2"), matched("bar"));
        assertEquals(1, table.views(1).size());
    }

    @Test
    void aSidThatIsInUseIsNotReplacedAndNotAnnouncedAgain() {
        space.interest(new Routes("A"));
        Subscription first = added("foo", "1");
        expect("A: all []", "A: SUB 1", "A: flush");
        assertFalse(table.add(sub("bar", "1")));
        assertSame(first, table.get("1"));
        assertEquals(List.of(), matched("bar"));
        assertEquals(List.of(), events);
    }

    @Test
    void aRemovedSubscriptionIsMarkedUnlistedAndNotMatched() {
        Subscription foo = added("foo", "1");
        space.interest(new Routes("A"));
        assertTrue(table.remove(foo));
        expect("A: all [1]", "A: UNSUB 1 0", "A: flush");
        assertTrue(foo.isRemoved());
        assertNull(table.get("1"));
        assertEquals(List.of(), matched("foo"));
        assertFalse(table.remove(foo), "removed twice");
        assertEquals(List.of(), events);
    }

    @Test
    void aSidCanBeUsedAgainAndTheOldSubscriptionDoesNotRemoveTheNewOne() {
        Subscription before = added("foo", "1");
        table.remove(before);
        Subscription after = added("foo", "1");
        assertFalse(table.remove(before));
        assertSame(after, table.get("1"));
    }

    @Test
    void aMaximumIsAnnouncedAndTheNumberReceivedIsReturned() {
        space.interest(new Routes("A"));
        Subscription foo = added("foo", "1");
        events.clear();
        foo.take(3);
        assertEquals(3, table.endAfter(foo, 5));
        expect("A: UNSUB 1 5", "A: flush");
        assertEquals(2, receiver.wanted(foo));
        assertEquals(5, foo.max());
    }

    @Test
    void aMaximumThatIsReachedEndsTheSubscriptionAndLeavesTheRemovalToTheCaller() {
        space.interest(new Routes("A"));
        Subscription foo = added("foo", "1");
        events.clear();
        foo.take(3);
        assertEquals(-1, table.endAfter(foo, 3));
        assertTrue(foo.isRemoved());
        assertEquals(List.of(), events);
        assertTrue(table.remove(foo));
        expect("A: UNSUB 1 0", "A: flush");
    }

    @Test
    void newRoutesAreInformedOfExistingSubscriptionsBeforeTheNextChange() {
        Routes a = new Routes("A"), b = new Routes("B");
        added("foo", "1");
        space.interest(a);
        added("bar", "2");
        expect("A: all [1]", "A: SUB 2", "A: flush");
        space.interest(b);
        table.remove(table.get("1"));
        expect("B: all [1, 2] after A", "B: UNSUB 1 0", "B: flush");
    }

    @Test
    void announceInformsNewRoutesOnceWithoutAChange() {
        added("foo", "1");
        space.interest(new Routes("A"));
        space.announce();
        expect("A: all [1]", "A: flush");
        space.announce();
        expect("A: flush");
    }

    @Test
    void subscriptionsOfRoutesAreNotAnnounced() {
        space.interest(new Routes("A"));
        SidTable ofRoute = space.unannouncedTable();
        Subscription foo = sub("foo", "1");
        assertTrue(ofRoute.add(foo));
        ofRoute.endAfter(foo, 7);
        assertTrue(ofRoute.remove(foo));
        ofRoute.removeAll();
        assertEquals(List.of(), events);
    }

    @Test
    void routesAreFlushedWithoutTheLockOfTheTable() {
        List<Integer> sizes = new ArrayList<>();
        space.interest(new Routes("A") {
            @Override
            public void flush() {
                sizes.add(CompletableFuture.supplyAsync(table::size).orTimeout(30, TimeUnit.SECONDS).join());
            }
        });
        Subscription foo = added("foo", "1");
        table.endAfter(foo, 7);
        table.remove(foo);
        added("bar", "2");
        table.removeAll();
        assertEquals(List.of(1, 1, 0, 1, 1), sizes);
    }

    @Test
    void removeAllInformsRoutesEmptiesTheIndexAndAllowsNoMoreSubscriptions() {
        space.interest(new Routes("A"));
        added("foo", "1");
        added("*", "2");
        events.clear();
        table.removeAll();
        assertEquals(List.of("A: UNSUB 1 0", "A: UNSUB 2 0", "A: flush"), events.stream().sorted().toList());
        assertEquals("A: flush", events.getLast());
        assertEquals(List.of(), matched("foo"));
        assertEquals(0, space.index().count());
        assertFalse(table.add(sub("foo", "3")));
        assertEquals(List.of(), table.all());
        assertNull(table.get("1"));
        assertEquals(2, table.size(), "the number when it was closed");
    }

    @Test
    void aRouteThatWasNeverInformedOfASubscriptionIsNotInformedOfItsEnd() {
        added("foo", "1");
        space.interest(new Routes("A"));
        table.removeAll();
        assertEquals(List.of(), events);
        space.announce();
        expect("A: flush");
    }

    @Test
    void removeAllContinuesWhereItStoppedWhenItHasThrown() {
        Routes a = new Routes("A");
        space.interest(a);
        for (int sid = 1; sid <= 5; sid++)
            added("foo", String.valueOf(sid));
        events.clear();
        a.untilFailure = 2;
        assertThrows(OutOfMemoryError.class, table::removeAll);
        assertEquals(2, events.size());
        assertEquals(5, space.index().count());
        assertEquals(5, table.size());
        assertFalse(table.add(sub("foo", "6")));
        table.removeAll();
        assertEquals("A: flush", events.removeLast());
        assertEquals(List.of("A: UNSUB 1 0", "A: UNSUB 2 0", "A: UNSUB 3 0", "A: UNSUB 4 0", "A: UNSUB 5 0"),
                events.stream().sorted().toList(), "each one once");
        assertEquals(0, space.index().count());
        assertEquals(5, table.size());
    }

    @Test
    void movedSubscriptionsBelongToTheOtherReceiverAndKeepWhatIsLeftOfTheirMaximum() {
        SidTable from = space.unannouncedTable(), to = space.unannouncedTable();
        FakeReceiver next = new FakeReceiver("next", "B", events);
        Subscription foo = sub("foo", "1"), pattern = sub("foo.*", "2");
        from.add(foo);
        from.add(pattern);
        foo.take(3);
        from.endAfter(foo, 5);
        from.moveTo(to, next);
        Subscription moved = to.get("1");
        assertSame(next, moved.receiver());
        assertEquals(2, moved.max());
        assertSame(next, to.get("2").receiver());
        assertFalse(foo.isRemoved(), "a publisher that matched it earlier delivers to the successor");
        assertEquals(List.of("1"), matched("foo"));
        assertEquals(List.of("2"), matched("foo.bar"));
        assertEquals(2, space.index().count());
        assertEquals(2, from.size());
        assertFalse(from.add(sub("bar", "3")));
        to.removeAll();
        assertEquals(0, space.index().count());
    }

    @Test
    void aSubscriptionThatTheOtherTableAlreadyHasIsRemovedInsteadOfMoved() {
        SidTable from = space.unannouncedTable(), to = space.unannouncedTable();
        FakeReceiver next = new FakeReceiver("next", "B", events);
        Subscription own = new Subscription(next, "foo", null, "1", true);
        from.add(sub("foo", "1"));
        to.add(own);
        from.moveTo(to, next);
        assertSame(own, to.get("1"));
        assertEquals(List.of("1"), matched("foo"));
        assertEquals(1, space.index().count());
    }

    @Test
    void subscriptionsAreRemovedIfTheOtherTableWasClosed() {
        SidTable from = space.unannouncedTable(), to = space.unannouncedTable();
        from.add(sub("foo", "1"));
        to.removeAll();
        from.moveTo(to, new FakeReceiver("next", "B", events));
        assertEquals(List.of(), matched("foo"));
        assertEquals(0, space.index().count());
    }
}
