package io.jnatsd.jetstream.model;

import static org.junit.jupiter.api.Assertions.assertNull;

import io.jnatsd.jetstream.model.Steps.Step;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A stream does what the model says: in random scripts, and in those in which it once did not. */
@Timeout(120)
class StreamModelTest {
    private static final int SECONDS = 2, FIXED_SEEDS = 15;
    private static final StreamSetup LIMITS = new StreamSetup(true, "limits", false, false, 0, 0, 0, 0, 0, 0, true,
            false, false,
            false, 0, true, 0);
    private static final StreamSetup INTEREST = new StreamSetup(true, "interest", false, false, 0, 0, 0, 0, 0, 0, true,
            false, false,
            false, 0, true, 0);

    private static StreamModel model;

    @BeforeAll
    static void start() throws IOException {
        model = new StreamModel();
    }

    @AfterAll
    static void stop() throws IOException {
        model.close();
    }

    @Test
    void randomScriptsHaveTheResultsOfTheModel() throws IOException {
        long end = System.nanoTime() + SECONDS * Steps.SECOND,
                random = ThreadLocalRandom.current().nextLong(1_000_000_000);
        for (long seed = 1; seed <= FIXED_SEEDS && System.nanoTime() < end; seed++)
            assertNull(model.play(seed));
        do
            assertNull(model.play(random++));
        while (System.nanoTime() < end);
    }

    private static ConsumerSetup consumer(String start, List<String> filters, int maxPending, boolean push,
            long heartbeat) {
        return new ConsumerSetup("one", true, start, 0, "explicit", 20_010, -1, List.of(), filters, maxPending, 512,
                false, push,
                heartbeat, push ? 30_600 : 0);
    }

    private static Step publish(String subject) {
        return new Steps.Publish(subject, 5, "", null, null, null, "");
    }

    private static Step pull(int batch) {
        return new Steps.Pull("one", batch, 30_500, false, 0, 0);
    }

    private static void play(StreamSetup setup, Step... steps) throws IOException {
        assertNull(model.problem(setup, List.of(steps)));
    }

    @Test
    void aDeletedMessageMakesRoomForTheNextOne() throws IOException {
        play(LIMITS, publish("s.a"), publish("s.a"), new Steps.CreateConsumer(consumer("all", List.of(), 1, false, 0)),
                pull(2),
                new Steps.DeleteMessage(1));
    }

    @Test
    void aNarrowerFilterRemovesWhatNobodyWantsAnyMore() throws IOException {
        play(INTEREST, new Steps.CreateConsumer(consumer("all", List.of(), 10, false, 0)), publish("s.a"),
                publish("s.b"),
                new Steps.UpdateConsumer("one", List.of("s.b"), 10, 20_010, -1, false));
    }

    @Test
    void theLastMessagesOfSubjectsAreNeededUntilTheyAreDelivered() throws IOException {
        ConsumerSetup other = new ConsumerSetup("two", true, "all", 0, "explicit", 20_010, -1, List.of(), List.of(),
                10, 512, false,
                false, 0, 0);
        play(INTEREST, new Steps.CreateConsumer(other), publish("s.a"), publish("s.b"),
                new Steps.CreateConsumer(consumer("last_per_subject", List.of("s.>"), 10, false, 0)),
                new Steps.Pull("two", 2, 30_500, false, 0, 0), new Steps.Ack("two", 0, "", true),
                        new Steps.Ack("two", 1, "", true),
                pull(2));
    }

    @Test
    void aChangedFilterKeepsTheLastMessagesOfSubjectsThatItSelects() throws IOException {
        play(LIMITS, publish("s.a"), publish("s.b"), new Steps.CreateConsumer(consumer("last_per_subject",
                List.of("s.>"), 10, false, 0)),
                new Steps.UpdateConsumer("one", List.of("s.a"), 10, 20_010, -1, false), pull(2));
    }

    @Test
    void heartbeatsBeginWithTheSubscription() throws IOException {
        play(LIMITS, new Steps.CreateConsumer(consumer("all", List.of(), 10, true, 2_003)), new Steps.Wait(5),
                new Steps.Listen("one", true), new Steps.Wait(5));
    }

    @Test
    void anUpdateDoesNotPutHeartbeatsOff() throws IOException {
        Step update = new Steps.UpdateConsumer("one", List.of(), 10, 9_010, -1, false);
        play(LIMITS, new Steps.CreateConsumer(consumer("all", List.of(), 10, true, 2_003)),
                new Steps.Listen("one", true), update, update,
                update, update);
    }

    @Test
    void aPushConsumerIsIdleFromTheTimeItsSubscriberLeaves() throws IOException {
        play(LIMITS, new Steps.Listen("one", true), new Steps.CreateConsumer(consumer("all", List.of(), 10, true, 0)),
                new Steps.Wait(32), new Steps.Wait(60), new Steps.Listen("one", false), new Steps.Wait(20),
                new Steps.Listen("one", true), publish("s.a"));
    }

    @Test
    void anIdTooOldForAShorterWindowDoesNotComeBackWithALongerOne() throws IOException {
        Step known = new Steps.Publish("s.a", 5, "id", null, null, null, "");
        StreamSetup shorter = new StreamSetup(true, "limits", false, false, 0, 0, 0, 0, 0, 10_800, true, false, false,
                false, 0, true, 0);
        play(LIMITS, known, new Steps.Wait(20), new Steps.UpdateStream(shorter), new Steps.UpdateStream(LIMITS), known);
    }
}
