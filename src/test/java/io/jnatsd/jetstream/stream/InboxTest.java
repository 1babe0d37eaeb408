package io.jnatsd.jetstream.stream;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jnatsd.protocol.MessageBuilder;
import io.jnatsd.subject.Receiver;
import io.jnatsd.subject.SubjectSpace;
import io.jnatsd.subject.Subscription;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class InboxTest {
    private static final int POOL = 1024 * 1024;

    private final MemoryPool pool = new MemoryPool(POOL);
    private final List<String> refused = new ArrayList<>();
    private final MessageBuilder builder = new MessageBuilder();
    private final byte[] payload = new byte[1000];

    private Inbox inbox(int mostMessages) {
        return new Inbox(1, "S", new SubjectSpace().announcedTable(), pool, mostMessages, new Owner());
    }

    private final class Owner implements Inbox.Owner {
        @Override
        public void refuse(Inbox.Kind kind, String reply) {
            refused.add(kind + " " + reply);
        }

        @Override
        public void lost(long messages) {
            refused.add("lost " + messages);
        }
    }

    private int deliver(Inbox inbox, Subscription sub, int size, String reply) {
        return inbox.deliver(sub, builder.begin("s").reply(reply).append(payload, 0, size).end(false), 0);
    }

    @Test
    void messagesWithoutRoomAreRefusedAndThereIsRoomAgainAfterwards() throws Exception {
        Inbox inbox = inbox(Integer.MAX_VALUE);
        Subscription sub = inbox.subscribe(Inbox.Kind.PUBLISH, "s");
        int count = 2 * POOL / payload.length, taken = 0, refusals = 0;
        for (int i = 0; i < count; i++)
            deliver(inbox, sub, payload.length, "r" + i);
        assertTrue(pool.held() <= POOL, "held: " + pool.held());
        // Whoever must not wait goes on.
        inbox.awaitRoom(0, 0);
        inbox.awaitRoom(1_000_000, 0);
        Queue<Runnable> tasks = new ArrayDeque<>();
        Inbox.Contents all = inbox.take(tasks);
        while (all.next())
            taken++;
        for (Runnable task; (task = tasks.poll()) != null; refusals++)
            task.run();
        assertEquals(count, taken + refusals);
        assertEquals("PUBLISH r" + taken, refused.getFirst());
        assertTrue((deliver(inbox, sub, payload.length, "last") & Receiver.DELIVERED) != 0);
        inbox.take(tasks).next();
        assertTrue(tasks.isEmpty());
        inbox.close();
    }

    @Test
    void moreMessagesThanAllowedAreRefused() throws Exception {
        Inbox inbox = inbox(10);
        Subscription sub = inbox.subscribe(Inbox.Kind.API, "s");
        for (int i = 0; i < 12; i++)
            assertEquals(i >= 5, (deliver(inbox, sub, 0, "r" + i) & Receiver.CROWDED) != 0, "message " + i);
        Queue<Runnable> tasks = new ArrayDeque<>();
        inbox.take(tasks);
        tasks.forEach(Runnable::run);
        assertEquals(List.of("API r10", "API r11"), refused);
        inbox.close();
    }

    @Test
    void messagesWithoutReplyThatAreRefusedAreCounted() throws Exception {
        Inbox inbox = inbox(10);
        Subscription sub = inbox.subscribe(Inbox.Kind.PUBLISH, "s");
        Queue<Runnable> tasks = new ArrayDeque<>();
        for (int round = 1; round < 3; round++) {
            for (int i = 0; i < 10 + round; i++)
                deliver(inbox, sub, 0, "");
            inbox.take(tasks);
            for (Runnable task; (task = tasks.poll()) != null;)
                task.run();
        }
        assertEquals(List.of("lost 1", "lost 2"), refused);
        inbox.close();
    }

    @Test
    void memoryIsGivenBackWhenNothingWaits() throws Exception {
        Inbox inbox = inbox(Integer.MAX_VALUE);
        Subscription sub = inbox.subscribe(Inbox.Kind.PUBLISH, "s");
        for (int i = 0; i < 100; i++)
            deliver(inbox, sub, payload.length, "r");
        Queue<Runnable> tasks = new ArrayDeque<>();
        Inbox.Contents all = inbox.take(tasks);
        assertTrue(pool.held() > 0);
        inbox.close();
        assertEquals(null, inbox.take(tasks));
        assertEquals(0, pool.held());
    }

    @Test
    void oneInboxLeavesRoomForOthers() {
        Inbox greedy = inbox(Integer.MAX_VALUE), modest = inbox(Integer.MAX_VALUE);
        Subscription sub = greedy.subscribe(Inbox.Kind.PUBLISH, "s"), other = modest.subscribe(Inbox.Kind.PUBLISH, "s");
        for (int i = 0; i < 2 * POOL / payload.length; i++)
            deliver(greedy, sub, payload.length, "r");
        for (int i = 0; i < 100; i++)
            assertEquals(0, deliver(modest, other, payload.length, "r") & Receiver.CROWDED);
        assertTrue(refused.isEmpty());
    }

    @Test
    void aClientWithFewMessagesDoesTheWorkOfAnActorThatIsIdle() throws Exception {
        List<String> worked = new ArrayList<>();
        Inbox inbox = new Inbox(1, "S", new SubjectSpace().announcedTable(), pool, Integer.MAX_VALUE, new Inbox.Owner() {
            @Override
            public void refuse(Inbox.Kind kind, String reply) {
                throw new AssertionError(reply);
            }

            @Override
            public void lost(long messages) {
                throw new AssertionError(messages);
            }

            @Override
            public boolean sharesWork() {
                return true;
            }

            @Override
            public void work(Inbox.Contents messages) {
                while (messages.next())
                    worked.add(messages.reply() + " " + Thread.currentThread().threadId());
            }
        });
        Subscription sub = inbox.subscribe(Inbox.Kind.PUBLISH, "s");
        BlockingQueue<String> taken = new LinkedBlockingQueue<>();
        Thread actor = Thread.ofVirtual().start(() -> {
            try {
                Queue<Runnable> tasks = new ArrayDeque<>();
                for (Inbox.Contents all; (all = inbox.take(tasks)) != null;)
                    while (all.next())
                        taken.add(all.reply());
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        });
        String own = " " + Thread.currentThread().threadId();
        await("the actor waits").pollInSameThread().until(() -> {
            deliver(inbox, sub, 10, "few");
            return !inbox.flushAndWork();
        });
        assertTrue(worked.contains("few" + own));
        for (int i = 0; i < 10; i++)
            deliver(inbox, sub, payload.length, "many");
        assertTrue(inbox.flushAndWork(), "many are left to the actor");
        await("the actor takes them").until(() -> taken.stream().filter("many"::equals).count() == 10);
        inbox.close();
        actor.join();
    }
}
