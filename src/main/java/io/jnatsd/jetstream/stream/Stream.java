package io.jnatsd.jetstream.stream;

import io.jnatsd.delivery.Destination;
import io.jnatsd.jetstream.config.ConsumerConfig;
import io.jnatsd.jetstream.config.ErrorCode;
import io.jnatsd.jetstream.config.JetStreamException;
import io.jnatsd.jetstream.config.Retention;
import io.jnatsd.jetstream.config.StreamConfig;
import io.jnatsd.jetstream.consumer.AckSubject;
import io.jnatsd.jetstream.consumer.Consumer;
import io.jnatsd.jetstream.consumer.Consumers;
import io.jnatsd.jetstream.store.MessageSize;
import io.jnatsd.jetstream.store.MessageStore;
import io.jnatsd.jetstream.store.StoreException;
import io.jnatsd.jetstream.store.StoredMessage;
import io.jnatsd.jetstream.store.SubjectFilter;
import io.jnatsd.subject.Subscription;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * A stream with its consumers. All their state belongs to the actor: it takes messages and tasks from the inbox in
 * batches, stores, delivers, and sends the answers at the end of a batch.
 *
 * <p>Threads: the methods under "any thread", any thread; all else the actor. That is one thread at a time: a virtual
 * thread of the stream's own, or the reader of a client ({@link Inbox#flushAndWork}).
 */
public final class Stream implements Runnable {
    /** The thread of a file stream ends after so long without work. */
    private static final long PATIENCE = 10_000_000_000L;
    /** The states of consumers are saved at most so often, and less often if they are large: 4 MB a second. */
    private static final long SAVE_PAUSE = 250_000_000, SAVE_NANOS_PER_BYTE = 250;

    private final Environment environment;
    private final String name;
    private final String delivery;
    private final Instant created;
    private final Inbox inbox;
    private final Output output;
    private final MessageStore store;
    private final boolean persistent;
    private final Publishing publishing;
    private final Limits limits;
    private final StreamUsage usage;
    private final DirectGet directGet;
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private StreamConfig config;
    private final Map<String, Subscription> captured = new HashMap<>();
    private Subscription get;
    private Subscription getLast;
    private final Consumers consumers;
    /** The wake-up of the actor that is scheduled. */
    private long scheduled = Long.MAX_VALUE;
    private Future<?> wakeUp;
    private final StoredMessage examined = new StoredMessage();
    /** When the states of consumers may be saved again. */
    private long nextSave = Long.MIN_VALUE;
    private boolean deleted;
    private final CountDownLatch ended = new CountDownLatch(1);
    private final StreamFigures figures = new StreamFigures();
    private final StreamReports reports;

    private Stream(Environment environment, StreamConfig config, MessageStore store, Instant created) {
        this.environment = environment;
        this.config = config;
        this.name = config.name();
        this.delivery = "delivery of stream " + name;
        this.reports = new StreamReports(environment, name);
        this.inbox = new Inbox(environment.ids().getAsLong(), name, environment.subjects().announcedTable(), environment.inboxes(),
                Integer.MAX_VALUE, new Owner());
        this.output = new Output(environment.traffic(), inbox);
        this.store = store;
        this.created = created;
        this.persistent = store.isPersistent();
        this.consumers = new Consumers(new ConsumerHost(this, environment, output));
        this.publishing = new Publishing(this, store);
        this.limits = new Limits(this, store);
        this.usage = new StreamUsage(environment);
        this.directGet = new DirectGet(this, output);
        store.onRemoval(consumers::removed);
    }

    /** Creates a stream that is not started. The configuration has been checked. */
    public static Stream create(Environment environment, StreamConfig config, MessageStore store, Instant created)
            throws JetStreamException {
        Stream stream = new Stream(environment, config, store, created);
        stream.publishing.configure(config);
        return stream;
    }

    /**
     * Restores what a file stream had when it was used last. Called before the start.
     *
     * @param states of the consumers, by name
     * @return the names of consumers that cannot be restored
     */
    public List<String> restore(Map<String, byte[]> states) {
        List<String> failed = new ArrayList<>();
        publishing.restore();
        states.forEach((consumer, state) -> {
            if (!consumers.restore(state, environment.configs()::consumer))
                failed.add(consumer);
        });
        figures.consumers(consumers.counted());
        limits.enforce();
        removeUnneeded();
        publishing.flush();
        account();
        return failed;
    }

    /** Subscribes, and starts the actor. */
    public void start() {
        subscribe();
        usage.configured(config);
        reports.created();
        if (!startThread())
            inbox.close();
    }

    /** A file stream has a platform thread, since its files may block it. */
    private boolean startThread() {
        return persistent ? environment.threads().startPlatform("stream-" + name, this)
                : environment.threads().start("stream-" + name, this);
    }

    MessageSize sizes() {
        return sizes(config);
    }

    /** Returns what the messages of a stream count. */
    public static MessageSize sizes(StreamConfig config) {
        return config.storage() == StreamConfig.Storage.MEMORY ? MessageSize.MEMORY : MessageSize.FILE;
    }

    private void subscribe() {
        for (String subject : config.captured())
            captured.computeIfAbsent(subject, s -> inbox.subscribe(Inbox.Kind.PUBLISH, s));
        inbox.subscribe(Inbox.Kind.ACK, "$JS.ACK." + name + ".>");
        inbox.subscribe(Inbox.Kind.PULL, "$JS.API.CONSUMER.MSG.NEXT." + name + ".*");
        inbox.subscribe(Inbox.Kind.FLOW_CONTROL, "$JS.FC." + name + ".>");
        subscribeDirectGet();
    }

    private void subscribeDirectGet() {
        if (config.allowDirect() && get == null) {
            get = inbox.subscribe(Inbox.Kind.GET, "$JS.API.DIRECT.GET." + name);
            getLast = inbox.subscribe(Inbox.Kind.GET_LAST, "$JS.API.DIRECT.GET." + name + ".>");
        } else if (!config.allowDirect() && get != null) {
            inbox.unsubscribe(get);
            inbox.unsubscribe(getLast);
            get = getLast = null;
        }
    }

    // ---- any thread ------------------------------------------------------------------------------------------

    public String name() {
        return name;
    }

    /** A task for the actor that may be refused. */
    public interface Task<T> {
        T run(Stream stream) throws JetStreamException;
    }

    /**
     * Runs a task on the actor and waits for its result.
     *
     * @throws JetStreamException if the task throws it, or the stream is closed
     */
    public <T> T call(Task<T> task) throws JetStreamException, InterruptedException {
        CompletableFuture<T> result = new CompletableFuture<>();
        boolean posted = inbox.post(() -> {
            try {
                saveConsumers();
                long changes = store.changes();
                T value = task.run(this);
                saveConsumers();
                // What was only read is answered also while the disk is full.
                if (publishing.flush() instanceof StoreException failed && changes != store.changes())
                    throw new JetStreamException(ErrorCode.STORE_FAILED, failed.getMessage());
                result.complete(value);
            } catch (Throwable e) {
                result.completeExceptionally(e);
            }
        });
        if (!posted)
            throw new JetStreamException(ErrorCode.STREAM_NOT_FOUND);
        try {
            return result.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof JetStreamException refused)
                throw refused;
            throw new IllegalStateException("stream " + name + " failed", e.getCause());
        }
    }

    public StreamFigures figures() {
        return figures;
    }

    /** A client has subscribed or unsubscribed a subject, which is the deliver subject of a consumer. */
    public void interestChanged(String subscribed) {
        inbox.post(() -> consumers.interestChanged(subscribed));
    }

    /** Ends the actor after what waits. Who waits for messages is told why. */
    public void close(String status) {
        inbox.post(() -> {
            saveConsumers();
            publishing.flush();
            endConsumers(status);
        });
        inbox.close();
    }

    /** Waits until the files of a stream that was closed are complete; returns false if that takes longer. */
    public boolean awaitEnd(long nanos) throws InterruptedException {
        return ended.await(nanos, TimeUnit.NANOSECONDS);
    }

    // ---- the actor -------------------------------------------------------------------------------------------

    @Override
    public void run() {
        try {
            for (Inbox.Contents messages; (messages = inbox.take(tasks)) != null;) {
                if (!inbox.isRest(messages)) {
                    handleAll(messages);
                    continue;
                }
                store.rest();
                if (inbox.rest())
                    return;
            }
        } catch (InterruptedException e) {
            environment.log().debug("The actor of stream " + name + " was interrupted");
        } catch (Throwable e) {
            environment.threads().failed(inbox, "stream " + name, e);
        }
        end();
    }

    private void end() {
        try {
            inbox.close();
            saveConsumers();
            store.close();
        } finally {
            usage.end();
            if (wakeUp != null)
                wakeUp.cancel(false);
            ended.countDown();
        }
    }

    private void handleAll(Inbox.Contents messages) throws InterruptedException {
        handle(messages);
        publishing.flush();
        publishing.release();
        for (Runnable task; (task = tasks.poll()) != null;)
            environment.threads().run(inbox, "task of stream " + name, task::run);
        environment.threads().run(inbox, delivery, this::deliver);
        if (now() >= nextSave)
            saveConsumers();
        publishing.flush();
        // Before the answers are sent: whoever has one finds the figures that follow from it.
        account();
        output.flush();
        scheduleWakeUp();
        if (consumers.areReady())
            inbox.wake();
    }

    private final class Owner implements Inbox.Owner {
        @Override
        public void refuse(Inbox.Kind kind, String reply) {
            if (kind == Inbox.Kind.PUBLISH) {
                JetStreamException tooMany = new JetStreamException(ErrorCode.TOO_MANY_REQUESTS);
                reports.refused(1, "", tooMany.getMessage());
                publishing.refuse(reply, tooMany);
            } else if (kind != Inbox.Kind.ACK) {
                output.status(new Destination(reply), "503", "", "");
            }
        }

        @Override
        public void lost(long messages) {
            reports.refused(messages, "", new JetStreamException(ErrorCode.TOO_MANY_REQUESTS).getMessage());
        }

        @Override
        public boolean sharesWork() {
            return !persistent;
        }

        @Override
        public long restsAfter() {
            return persistent ? PATIENCE : Long.MAX_VALUE;
        }

        @Override
        public boolean resume() {
            return startThread();
        }

        /** If this fails, the stream ends, not the client. */
        @Override
        public void work(Inbox.Contents messages) {
            try {
                handleAll(messages);
            } catch (InterruptedException e) {
                // The client ends. What was left out, such as the next wake-up, the stream's own thread does.
                inbox.wake();
                Thread.currentThread().interrupt();
            } catch (Throwable e) {
                inbox.close();
                environment.threads().failed(inbox, "stream " + name, e);
            }
        }
    }

    private void handle(Inbox.Contents contents) {
        boolean done;
        do {
            // After a message that fails, the next one is handled.
            done = environment.threads().run(inbox, "message for stream " + name, () -> {
                while (contents.next())
                    handleOne(contents);
            });
        } while (!done);
    }

    private void handleOne(Inbox.Contents m) {
        if (deleted) {
            if (m.hasReply())
                output.status(new Destination(m.reply()), "503", "", "");
            return;
        }
        switch (m.kind()) {
            case PUBLISH -> publishing.publish(m);
            case ACK -> ack(m);
            case FLOW_CONTROL -> flowControl(m.subject());
            default -> request(m);
        }
    }

    /** Handles a request that is answered with messages or statuses. */
    private void request(Inbox.Contents m) {
        if (!m.hasReply())
            return;
        if (ApiLevel.isTooHigh(m))
            output.status(new Destination(m.reply()), ApiLevel.STATUS, "", "");
        else if (m.kind() == Inbox.Kind.PULL)
            pull(m);
        else if (m.kind() == Inbox.Kind.GET)
            directGet.get(m);
        else
            directGet.getLast(m);
    }

    private void ack(Inbox.Contents m) {
        AckSubject subject = AckSubject.parse(m.bytes(), m.subjectStart(), m.subjectLength());
        Consumer consumer = subject == null ? null : consumers.get(subject.consumer());
        if (consumer != null && consumer.takesAcks())
            consumer.ack(subject, m.hasReply() ? m.reply() : "", m.bytes(), m.payloadStart(), m.payloadLength());
        else if (m.hasReply())
            output.status(new Destination(m.reply()), "503", "", "");
    }

    private void pull(Inbox.Contents m) {
        String subject = m.subject();
        Consumer consumer = consumers.get(subject.substring(subject.lastIndexOf('.') + 1));
        if (consumer == null)
            output.status(new Destination(m.reply()), "503", "", "");
        else
            consumer.pull(m.reply(), m.bytes(), m.payloadStart(), m.payloadLength());
    }

    private void flowControl(String subject) {
        String[] tokens = subject.split("\\.");
        Consumer consumer = tokens.length > 3 ? consumers.get(tokens[3]) : null;
        if (consumer != null)
            consumer.flowControl(subject);
    }

    /** Gives the states of consumers to the store, which writes them with its next flush. */
    private void saveConsumers() {
        if (consumers.areUnsaved())
            nextSave = now() + Math.max(SAVE_PAUSE, consumers.save() * SAVE_NANOS_PER_BYTE);
    }

    private void deliver() {
        long now = now();
        consumers.run(now);
        limits.run(now);
        consumers.deliver();
    }

    /** Tells the server how much memory the stream takes, and others its figures. */
    private void account() {
        figures.state(store.state());
        if (persistent)
            figures.files(store.lost().messages(), store.segments());
        usage.changed(store, publishing.memory());
    }

    private void scheduleWakeUp() {
        long next = Math.min(limits.nextDeadline(), consumers.nextDeadline()), now = now();
        if (consumers.areUnsaved())
            next = Math.min(next, nextSave);
        // A wake-up whose time has come is spent, even if its task has not returned yet.
        boolean pending = wakeUp != null && scheduled > now;
        if (next == Long.MAX_VALUE || pending && next >= scheduled)
            return;
        if (wakeUp != null)
            wakeUp.cancel(false);
        scheduled = next;
        wakeUp = environment.timer().schedule(inbox::wake, Math.max(next - now, 0), TimeUnit.NANOSECONDS);
    }

    // ---- messages --------------------------------------------------------------------------------------------

    public StreamConfig config() {
        return config;
    }

    public Instant created() {
        return created;
    }

    /** Returns the domain of JetStream, empty for none. */
    public String domain() {
        return environment.domain();
    }

    Environment environment() {
        return environment;
    }

    StreamReports reports() {
        return reports;
    }

    Output output() {
        return output;
    }

    /** Returns whether a consumer exists that selects a subject. */
    boolean isWanted(byte[] subject, int start, int length) {
        return consumers.select(subject, start, length);
    }

    /** A message was stored. */
    void stored(byte[] subject, int start, int length) {
        consumers.stored(subject, start, length);
    }

    Limits limits() {
        return limits;
    }

    StreamUsage usage() {
        return usage;
    }

    /** Returns the messages. */
    public MessageStore store() {
        return store;
    }

    long now() {
        return environment.clock().nanos();
    }

    long wallClock() {
        return environment.clock().wallClock();
    }

    /** A message is done for a consumer. */
    void consumed(long sequence) {
        if (config.retention() == Retention.WORKQUEUE)
            store.remove(sequence);
        else if (config.retention() == Retention.INTEREST)
            removeUnneeded(sequence);
    }

    private boolean removeUnneeded(long sequence) {
        boolean unneeded = store.load(sequence, examined) && !consumers.need(examined);
        examined.clear();
        return unneeded && store.remove(sequence);
    }

    // ---- consumers -------------------------------------------------------------------------------------------

    /** Returns the consumers. */
    public Consumers consumers() {
        return consumers;
    }

    /** Returns whether there is memory for another consumer. */
    public boolean admits(ConsumerConfig added) {
        return environment.objects().admits(added.memory());
    }

    /** Adds a consumer; the configuration is complete and has been checked. */
    public Consumer add(ConsumerConfig consumerConfig) {
        Consumer added = consumers.add(consumerConfig);
        figures.consumers(consumers.counted());
        reports.created(added);
        return added;
    }

    /** Applies a configuration of a consumer that has been checked. */
    public void update(Consumer consumer, ConsumerConfig changed) {
        consumer.update(changed);
        removeUnneeded();
    }

    /** Removes a consumer; open pull requests get a status. */
    public void remove(Consumer consumer) {
        if (!consumers.remove(consumer, Consumer.DELETED))
            return;
        figures.consumers(consumers.counted());
        reports.deleted(consumer);
        removeUnneeded();
    }

    /** Removes what no consumer needs, from a stream that keeps messages for its consumers. */
    private void removeUnneeded() {
        if (config.retention() != Retention.INTEREST)
            return;
        for (long at = store.next(List.of(), 0); at >= 0; at = store.next(List.of(), at + 1))
            removeUnneeded(at);
    }

    private void endConsumers(String status) {
        consumers.end(status);
        figures.consumers(0);
    }

    // ---- changes ---------------------------------------------------------------------------------------------

    /** Applies a configuration that has been checked. */
    public void update(StreamConfig changed) throws JetStreamException {
        publishing.configure(changed);
        config = changed;
        usage.configured(config);
        captured.keySet().stream().filter(subject -> !changed.captured().contains(subject)).toList()
                .forEach(gone -> inbox.unsubscribe(captured.remove(gone)));
        for (String subject : changed.captured())
            captured.computeIfAbsent(subject, s -> inbox.subscribe(Inbox.Kind.PUBLISH, s));
        subscribeDirectGet();
        limits.enforce();
        removeUnneeded();
    }

    /** Removes messages; see {@link MessageStore#purge}. */
    public long purge(SubjectFilter filter, long below, long keep) {
        long purged = store.purge(filter, below, keep);
        consumers.purged(filter, store.state().first());
        return purged;
    }

    /** Ends the stream for good. */
    public void delete() {
        endConsumers(Consumer.DELETED);
        reports.deleted();
        deleted = true;
        if (persistent)
            store.delete();
        else
            store.purge(SubjectFilter.ALL, 0, 0);
        inbox.close();
    }
}
