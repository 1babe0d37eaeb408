package io.jnatsd.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jnatsd.config.ServerOptions;
import io.jnatsd.log.Log;
import io.jnatsd.protocol.AmpleMemory;
import io.jnatsd.protocol.Dialect;
import io.jnatsd.protocol.Message;
import io.jnatsd.protocol.Op;
import io.jnatsd.protocol.Parser;
import io.jnatsd.protocol.ReadBuffer;
import io.jnatsd.subject.FakeReceiver;
import io.jnatsd.subject.MatchResult;
import io.jnatsd.subject.Receiver;
import io.jnatsd.subject.SidTable;
import io.jnatsd.subject.SubjectSpace;
import io.jnatsd.subject.Subscription;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DeliveryTest {
    private final SubjectSpace space = new SubjectSpace();
    private final Traffic traffic = new Traffic(space, Log.silent());
    private final SidTable table = space.announcedTable();
    private final List<String> events = new ArrayList<>();
    private final FakeReceiver own = receiver("own"), other = receiver("other");
    private final Batch batch = new Batch();
    private final Delivery delivery = new Delivery(traffic, batch, own, false);
    private int sids;

    @BeforeEach
    void apply() {
        ServerOptions options = ServerOptions.defaults();
        traffic.apply(options.log(), options.limits(), false);
    }

    private FakeReceiver receiver(String name) {
        return new FakeReceiver(name, null, events);
    }

    private FakeReceiver server(String name, String id) {
        return new FakeReceiver(name, id, events);
    }

    /** The sid is the number of the subscription. */
    private Subscription subscribe(Receiver receiver, String subject, String queue) {
        Subscription sub = new Subscription(receiver, subject, queue, String.valueOf(++sids), !subject.contains("*"));
        assertTrue(table.add(sub));
        return sub;
    }

    private Subscription subscribe(Receiver receiver, String subject) {
        return subscribe(receiver, subject, null);
    }

    /** What is done with each message of a batch. */
    private interface Step {
        boolean with(Message m);
    }

    /**
     * Parses one batch of messages.
     *
     * @param messages {@code subject payload} or {@code subject reply payload}
     * @return the results of the step
     */
    private static List<Boolean> forEach(Step step, String... messages) throws Exception {
        StringBuilder lines = new StringBuilder();
        for (String message : messages) {
            int blank = message.lastIndexOf(' ');
            String payload = message.substring(blank + 1);
            lines.append("PUB ").append(message, 0, blank).append(' ').append(payload.length()).append("\r\n")
                    .append(payload).append("\r\n");
        }
        byte[] bytes = lines.toString().getBytes(StandardCharsets.ISO_8859_1);
        Parser parser = new Parser(new ReadBuffer(new ByteArrayInputStream(bytes), new AmpleMemory()), Dialect.CLIENT);
        parser.limits(4096, 1024);
        List<Boolean> results = new ArrayList<>();
        assertTrue(parser.fill());
        assertEquals(bytes.length, parser.batchSize(), "one batch");
        for (Op op; (op = parser.next()) != Op.NEED_MORE;)
            if (op == Op.PUB)
                results.add(step.with(parser.message()));
        return results;
    }

    private boolean publish(Message m) {
        delivery.received(m);
        return delivery.publish(delivery.match(m), m);
    }

    private List<Boolean> publish(String... messages) throws Exception {
        return forEach(this::publish, messages);
    }

    private void expect(String... expected) {
        assertEquals(List.of(expected), events);
        events.clear();
    }

    // ---- plain subscriptions and runs ------------------------------------------------------------------------

    @Test
    void messagesOfOneSubjectAreHeldAndGivenToEachReceiverAtOnce() throws Exception {
        subscribe(own, "foo");
        subscribe(other, "*");
        subscribe(receiver("third"), "foo");
        assertEquals(List.of(true, true, true), publish("foo a", "foo b", "foo c"));
        expect();
        delivery.settle();
        assertEquals(List.of("other: RUN foo 2 a b c", "own: RUN foo 1 a b c", "third: RUN foo 3 a b c"),
                events.stream().sorted().toList());
        events.clear();
        delivery.settle();
        expect();
    }

    @Test
    void aMessageOnAnotherSubjectComesAfterHeldMessages() throws Exception {
        subscribe(own, "foo");
        subscribe(own, "bar");
        publish("foo a", "bar b", "bar c", "foo d");
        delivery.settle();
        expect("own: RUN foo 1 a", "own: RUN bar 2 b c", "own: RUN foo 1 d");
    }

    @Test
    void aRequestIsNotHeldAndComesAfterHeldMessages() throws Exception {
        subscribe(own, "foo");
        publish("foo a", "foo inbox b", "foo c");
        expect("own: RUN foo 1 a", "own: MSG foo 1 b");
        delivery.settle();
        expect("own: RUN foo 1 c");
    }

    @Test
    void aReceiverWithTwoSubscriptionsGetsThemInTheOrderOfTheMessages() throws Exception {
        subscribe(own, "foo");
        subscribe(own, "foo");
        publish("foo a", "foo b");
        expect("own: MSG foo 1 a", "own: MSG foo 2 a", "own: MSG foo 1 b", "own: MSG foo 2 b");
    }

    @Test
    void aMessageWithoutReceiversIsReportedAsSuch() throws Exception {
        assertEquals(List.of(false, false), publish("foo a", "foo inbox b"));
        expect();
    }

    @Test
    void withoutEchoAPublisherDoesNotGetItsOwnMessages() throws Exception {
        delivery.echo(false);
        subscribe(own, "foo");
        subscribe(own, "foo", "group");
        assertEquals(List.of(false), publish("foo a"));
        subscribe(other, "foo");
        subscribe(other, "foo", "group");
        for (int i = 0; i < 20; i++)
            assertEquals(List.of(true), publish("foo b"));
        delivery.settle();
        assertEquals(40, events.stream().filter(event -> event.startsWith("other: MSG foo ")).count());
        assertEquals(40, events.size());
    }

    @Test
    void withoutEchoAPublisherDoesNotGetItsHeldMessages() throws Exception {
        delivery.echo(false);
        subscribe(own, "foo");
        subscribe(other, "foo");
        publish("foo a", "foo b");
        delivery.settle();
        expect("other: RUN foo 2 a b");
    }

    // ---- queue groups ----------------------------------------------------------------------------------------

    @Test
    void oneMemberOfEachQueueGroupGetsAMessage() throws Exception {
        for (int i = 0; i < 3; i++)
            subscribe(receiver("red" + i), "foo", "red");
        subscribe(receiver("blue0"), "foo", "blue");
        subscribe(receiver("blue1"), "*", "blue");
        subscribe(own, "foo");
        int messages = 300;
        for (int i = 0; i < messages; i++)
            publish("foo " + i);
        Map<String, Integer> counts = new HashMap<>();
        for (String event : events)
            counts.merge(event.substring(0, event.indexOf(':')), 1, Integer::sum);
        assertEquals(messages, counts.get("own"));
        assertEquals(messages, counts.get("red0") + counts.get("red1") + counts.get("red2"));
        assertEquals(messages, counts.get("blue0") + counts.get("blue1"));
    }

    @Test
    void aMemberThatHasLeftIsReplacedByTheNextOne() throws Exception {
        FakeReceiver gone = receiver("gone");
        subscribe(gone, "foo", "group");
        subscribe(other, "foo", "group");
        gone.close();
        for (int i = 0; i < 20; i++)
            assertEquals(List.of(true), publish("foo a"));
        assertEquals(20, events.stream().filter("other: MSG foo 2 a"::equals).count());
    }

    @Test
    void aGroupWithoutMembersThatAcceptMeansNoReceiver() throws Exception {
        subscribe(other, "foo", "group");
        other.close();
        assertEquals(List.of(false), publish("foo a"));
    }

    @Test
    void aMessageForAGroupGoesToALocalMemberFirst() throws Exception {
        subscribe(server("B", "B"), "foo", "group");
        subscribe(other, "foo", "group");
        for (int i = 0; i < 20; i++)
            forEach(m -> delivery.deliverToGroup("group", m, m), "foo a");
        assertEquals(20, events.stream().filter("other: MSG foo 2 a"::equals).count());
        other.close();
        events.clear();
        assertEquals(List.of(true), forEach(m -> delivery.deliverToGroup("group", m, m), "foo b"));
        expect("B: MSG foo 1 b");
        assertEquals(List.of(false), forEach(m -> delivery.deliverToGroup("none", m, m), "foo c"));
    }

    // ---- other servers ---------------------------------------------------------------------------------------

    @Test
    void anotherServerGetsAMessageOnceThroughTheFirstSubscriptionThatAcceptsIt() throws Exception {
        Subscription limited = subscribe(server("B1", "B"), "foo");
        subscribe(server("B2", "B"), "foo");
        subscribe(server("C", "C"), "foo");
        table.endAfter(limited, 2);
        publish("foo a", "foo b", "foo c");
        delivery.settle();
        expect("B1: RUN foo 1 a b", "B1: exhausted 1", "B2: RUN foo 2 c", "C: RUN foo 3 a b c");
    }

    @Test
    void aMessageFromARouteGoesToClientsOnly() throws Exception {
        Delivery fromRoute = new Delivery(traffic, batch, server("route", "B"), true);
        subscribe(server("C", "C"), "foo");
        subscribe(other, "foo");
        subscribe(other, "bar", "group");
        forEach(m -> fromRoute.deliverHere(m, false), "foo a", "foo b", "bar c");
        fromRoute.settle();
        expect("other: RUN foo 2 a b");
    }

    @Test
    void aRouteMayNotPublishToReservedSubjectsAndOnlyIfTrustedToSystemSubjects() throws Exception {
        Delivery fromRoute = new Delivery(traffic, batch, server("route", "B"), true);
        subscribe(other, "_SYS.a");
        subscribe(other, "$SYS.a");
        assertEquals(List.of(false), forEach(m -> fromRoute.deliverHere(m, true), "_SYS.a x"));
        traffic.systemUser(true);
        forEach(m -> fromRoute.deliverHere(m, false), "$SYS.a untrusted");
        forEach(m -> fromRoute.deliverHere(m, true), "$SYS.a trusted");
        fromRoute.settle();
        expect("other: RUN $SYS.a 2 trusted");
    }

    // ---- what happens beside the delivery --------------------------------------------------------------------

    @Test
    void aRequestWithoutRespondersIsAnsweredThroughTheRequestersOwnSubscription() throws Exception {
        subscribe(other, "inbox.1");
        subscribe(own, "inbox.*");
        forEach(m -> {
            boolean received = publish(m);
            if (!received)
                delivery.reportNoResponders(m);
            return received;
        }, "foo inbox.1 a");
        expect("own: MSG inbox.1 2 NATS/1.0 503\r\n\r\n");
    }

    @Test
    void heldMessagesComeBeforeTheAnswerThatThereAreNoResponders() throws Exception {
        subscribe(own, "inbox.*");
        forEach(m -> {
            boolean received = publish(m);
            if (!received)
                delivery.reportNoResponders(m);
            return received;
        }, "inbox.1 a", "foo inbox.1 b");
        expect("own: RUN inbox.1 1 a", "own: MSG inbox.1 1 NATS/1.0 503\r\n\r\n");
    }

    @Test
    void aSubscriptionThatHasReceivedItsLastMessageIsExhaustedOnce() throws Exception {
        table.endAfter(subscribe(other, "foo"), 2);
        publish("foo a", "foo b", "foo c");
        delivery.settle();
        expect("other: RUN foo 1 a b", "other: exhausted 1");
        publish("foo d");
        delivery.settle();
        expect();
    }

    @Test
    void aRequestThatIsTheLastMessageExhaustsTheSubscription() throws Exception {
        table.endAfter(subscribe(other, "foo"), 1);
        assertEquals(List.of(true, false), publish("foo inbox a", "foo inbox b"));
        expect("other: MSG foo 1 a", "other: exhausted 1");
    }

    @Test
    void theSuccessorOfAClosedReceiverGetsItsMessagesAndIsFlushed() throws Exception {
        FakeReceiver closed = server("old", "B"), middle = server("middle", "B"), next = server("next", "B");
        subscribe(closed, "foo");
        closed.close();
        middle.close();
        closed.succeededBy(middle);
        middle.succeededBy(next.answering(Receiver.FLUSH));
        publish("foo a", "foo b", "foo inbox c");
        delivery.settle();
        batch.flush(false);
        expect("next: RUN foo 1 a b", "next: MSG foo 1 c", "next: flush", "next: flush");
    }

    @Test
    void aMatchThatWasFoundBeforeAnUnsubscribeDeliversNothing() throws Exception {
        Subscription foo = subscribe(other, "foo");
        forEach(m -> {
            MatchResult match = delivery.match(m);
            table.remove(foo);
            delivery.publish(match, m);
            delivery.settle();
            return false;
        }, "foo a");
        expect();
    }

    @Test
    void countersArePublishedAtTheEndOfTheBatch() throws Exception {
        subscribe(own, "foo");
        subscribe(other, "foo");
        publish("foo a", "foo bb", "none ccc");
        assertEquals(new Traffic.Totals(0, 0, 0, 0, 0), traffic.totals());
        assertTrue(delivery.endBatch());
        assertEquals(new Traffic.Totals(3, 6, 4, 6, 3), traffic.totals());
        assertEquals(3, delivery.inMessages());
        assertEquals(6, delivery.inBytes());
        assertFalse(delivery.endBatch());
        assertEquals(new Traffic.Totals(3, 6, 4, 6, 3), traffic.totals());
    }
}
