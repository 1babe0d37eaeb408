package io.jnatsd.campaign;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jnatsd.campaign.ScriptedClient.Received;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tests that the model notices what servers could do wrong. */
class DeliveryModelRulesTest {
    private final DeliveryModel model = new DeliveryModel(false);
    private final DeliveryModel.Client publisher = client(1);
    private final DeliveryModel.Client subscriber = client(2);

    private static DeliveryModel.Client client(int number) {
        return new DeliveryModel.Client("client " + number, new Step.Connect(number, 0, false, true, false, true));
    }

    @BeforeEach
    void bothHaveConnected() {
        model.connect(publisher);
        model.connect(subscriber);
        model.subscribe(subscriber, "1", "a.*", "");
        model.check();
    }

    private long publish(String subject) {
        return model.publish(publisher, subject, false, false);
    }

    private static Received message(String sid, String subject, long number) {
        return new Received(sid, subject, "", number, false, false);
    }

    private void violated(String part) {
        Violation e = assertThrows(Violation.class, model::check);
        assertTrue(e.getMessage().contains(part), e.getMessage());
    }

    private void refused(String part, Received... all) {
        Violation e = assertThrows(Violation.class, () -> model.received(subscriber, List.of(all)));
        assertTrue(e.getMessage().contains(part), e.getMessage());
    }

    @Test
    void aMessageThatIsDeliveredOnceIsRight() {
        model.received(subscriber, List.of(message("1", "a.b", publish("a.b"))));
        model.check();
    }

    @Test
    void aLostMessageIsNoticed() {
        publish("a.b");
        violated("did not get");
    }

    @Test
    void aMessageOfAnotherSubjectIsNoticed() {
        refused("none of the messages for", message("1", "b", publish("b")));
    }

    @Test
    void aDoubledMessageIsNoticed() {
        long number = publish("a.b");
        refused("after message", message("1", "a.b", number), message("1", "a.b", number));
    }

    @Test
    void aChangedOrderIsNoticed() {
        long first = publish("a.b"), second = publish("a.b");
        refused("after message", message("1", "a.b", second), message("1", "a.b", first));
    }

    @Test
    void aMessageThatWasNotPermittedIsNoticed() {
        DeliveryModel.Client bound = new DeliveryModel.Client("bound", new Step.Connect(3, 0, true, true, false, true));
        model.connect(bound);
        long number = model.publish(bound, "c.b", false, false);
        assertEquals(1, bound.takeDenied());
        refused("none of the messages for", message("1", "c.b", number));
    }

    @Test
    void aLimitedSubscriptionGetsItsFirstMessagesAndNoMore() {
        model.unsubscribe(subscriber, "1", 2);
        model.check();
        long first = publish("a.b"), second = publish("a.b"), third = publish("a.b");
        model.received(subscriber, List.of(message("1", "a.b", first), message("1", "a.b", third)));
        violated("without an earlier one");
        assertTrue(second > first);
    }

    @Test
    void aGreaterMaximumIsNotSentBecauseTheFirstOneMayHaveBeenReached() {
        assertTrue(model.unsubscribe(subscriber, "1", 3));
        assertFalse(model.unsubscribe(subscriber, "1", 4));
        assertTrue(model.unsubscribe(subscriber, "1", 2));
    }

    @Test
    void aLimitedSubscriptionThatGetsTooManyIsNoticed() {
        model.unsubscribe(subscriber, "1", 1);
        model.check();
        model.received(subscriber, List.of(message("1", "a.b", publish("a.b")), message("1", "a.b", publish("a.b"))));
        violated("and gets 2 of 2");
    }

    @Test
    void aQueueGroupThatGetsAMessageTwiceOrNotAtAllIsNoticed() {
        model.subscribe(subscriber, "2", "q", "group");
        model.subscribe(publisher, "2", "q", "group");
        model.check();
        long number = publish("q");
        model.received(subscriber, List.of(message("2", "q", number)));
        model.received(publisher, List.of(message("2", "q", number)));
        violated("2 times to queue group group");
    }

    @Test
    void aQueueGroupThatGetsNothingIsNoticed() {
        model.subscribe(subscriber, "2", "q", "group");
        model.check();
        publish("q");
        violated("0 times to queue group group");
    }

    @Test
    void whatWasPickedForAQueueMemberThatHasLeftMayBeLost() {
        model.subscribe(subscriber, "2", "q", "group");
        model.subscribe(publisher, "2", "q", "group");
        model.check();
        publish("q");
        model.leave(publisher);
        model.check();
    }

    @Test
    void aQueueGroupOfWhichAMemberHasDrainedMustGetAll() {
        model.subscribe(subscriber, "2", "q", "group");
        model.subscribe(publisher, "2", "q", "group");
        model.check();
        publish("q");
        model.drain(publisher);
        model.leave(publisher);
        violated("0 times to queue group group");
    }

    @Test
    void onAMeshANoEchoQueueMemberMayGetItsOwnMessageOnlyIfAnotherMemberHasLeft() {
        DeliveryModel mesh = new DeliveryModel(true);
        DeliveryModel.Client silent = new DeliveryModel.Client("silent", new Step.Connect(1, 0, false, false, false, true));
        mesh.connect(silent);
        mesh.connect(subscriber);
        mesh.subscribe(silent, "1", "q", "group");
        mesh.subscribe(subscriber, "2", "q", "group");
        mesh.check();
        List<Received> own = List.of(message("1", "q", mesh.publish(silent, "q", false, false)));
        assertThrows(Violation.class, () -> mesh.received(silent, own));
        mesh.unsubscribe(subscriber, "2", 0);
        mesh.received(silent, own);
        mesh.check();
    }

    @Test
    void aSubscriptionThatEndsMayGetAMessageOrNot() {
        long number = publish("a.b");
        model.unsubscribe(subscriber, "1", 0);
        model.received(subscriber, List.of(message("1", "a.b", number)));
        model.check();
        publish("a.b");
        model.check();
    }

    @Test
    void aRequestOfWhichNobodySaysThatNobodyGetsItIsNoticed() {
        model.publish(publisher, "nobody", true, false);
        violated("was told so 0 times");
    }

    @Test
    void aNewSubscriptionMustGetWhatItsOwnClientPublishes() {
        model.subscribe(publisher, "3", "own", "");
        publish("own");
        violated("did not get");
    }

    @Test
    void aSubscriptionThatGetsWhatItsClientPublishedBeforeItIsNoticed() {
        long number = publish("own");
        model.subscribe(publisher, "3", "own", "");
        Received early = message("3", "own", number);
        assertThrows(Violation.class, () -> model.received(publisher, List.of(early)));
    }

    @Test
    void aSubscriptionThatGetsWhatItsClientPublishedAfterItsEndIsNoticed() {
        model.subscribe(publisher, "3", "own", "");
        model.check();
        model.unsubscribe(publisher, "3", 0);
        Received late = message("3", "own", publish("own"));
        assertThrows(Violation.class, () -> model.received(publisher, List.of(late)));
    }

    @Test
    void theLastMessagesBeforeAResetMayBeLost() {
        long first = publish("a.b");
        publish("a.b");
        model.reset(publisher);
        model.received(subscriber, List.of(message("1", "a.b", first)));
        model.check();
    }

    @Test
    void aGapInTheMessagesBeforeAResetIsNoticed() {
        publish("a.b");
        long second = publish("a.b");
        model.reset(publisher);
        model.received(subscriber, List.of(message("1", "a.b", second)));
        violated("without an earlier one");
    }
}
