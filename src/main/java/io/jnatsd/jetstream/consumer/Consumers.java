package io.jnatsd.jetstream.consumer;

import io.jnatsd.jetstream.config.ConsumerConfig;
import io.jnatsd.jetstream.store.FilterIndex;
import io.jnatsd.jetstream.store.StoredMessage;
import io.jnatsd.jetstream.store.SubjectFilter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * The consumers of a stream: by name, by what they select, by the time when they have something to do, and those that may
 * have something to deliver. A message costs nothing for consumers that do not select it, and time costs nothing for
 * consumers that have nothing to do.
 *
 * <p>Threads: the actor of the stream.
 */
public final class Consumers {
    private final Host host;
    private final Map<String, Consumer> byName = new LinkedHashMap<>();
    private final FilterIndex<Selection> selections = new FilterIndex<>();
    /** Push consumers. */
    private final NavigableMap<String, List<Consumer>> byDeliverSubject = new TreeMap<>();
    private final Deadlines<Consumer.Wake> wakes = new Deadlines<>();
    /** Those that may have something to deliver. */
    private final Queue<Consumer> ready = new ArrayDeque<>();
    /** Those that may have delivered messages which they do not select since their filters were changed. */
    private final Set<Consumer> refiltered = new LinkedHashSet<>();
    /** Those that have changed since they were saved. */
    private final Set<Consumer> unsaved = new LinkedHashSet<>();
    private int counted;
    /** Those of lists, by name; null since a consumer has come or gone. */
    private List<Consumer> listed;

    /** Made once, so that no message makes them. */
    private final java.util.function.Consumer<Selection> storing = selection -> selection.stored(this);
    private final java.util.function.Consumer<Selection> removing = this::removed;
    private final java.util.function.Consumer<Selection> searching = this::search;
    private StoredMessage gone;
    /** The sequence that some consumer may need, -1 if it is enough that one selects the subject. */
    private long wanted;
    private boolean found;

    public Consumers(Host host) {
        this.host = host;
    }

    /** Returns a consumer, or null. */
    public Consumer get(String name) {
        return byName.get(name);
    }

    public Collection<Consumer> all() {
        return Collections.unmodifiableCollection(byName.values());
    }

    /** Returns the consumers by name, without those that a server makes for itself. */
    public List<Consumer> listed() {
        if (listed == null)
            listed = byName.values().stream().filter(consumer -> !consumer.config().isDirect())
                    .sorted(Comparator.comparing(consumer -> consumer.config().name())).toList();
        return listed;
    }

    /** Returns the number of consumers, without those that a server makes for itself. */
    public int counted() {
        return counted;
    }

    /** Adds a consumer; the configuration is complete and has been checked. */
    public Consumer add(ConsumerConfig config) {
        return add(config, null);
    }

    private Consumer add(ConsumerConfig config, SavedConsumer saved) {
        Consumer consumer = new Consumer(this, host, config, saved);
        byName.put(config.name(), consumer);
        listed = null;
        if (!config.isDirect())
            counted++;
        ready(consumer);
        return consumer;
    }

    /** Removes a consumer, which ends; returns false if it is not there. */
    public boolean remove(Consumer consumer, String status) {
        if (!byName.remove(consumer.config().name(), consumer))
            return false;
        listed = null;
        if (!consumer.config().isDirect())
            counted--;
        consumer.end(status);
        wakes.remove(consumer.wake());
        refiltered.remove(consumer);
        unsaved.remove(consumer);
        host.store().forgetConsumer(consumer.config().name());
        return true;
    }

    /** Ends all; they stay in the files. */
    public void end(String status) {
        byName.values().forEach(consumer -> consumer.end(status));
        byName.clear();
        listed = null;
        counted = 0;
    }

    // ---- files -------------------------------------------------------------------------------------------------

    /** A consumer has changed since it was saved. */
    void unsaved(Consumer consumer) {
        unsaved.add(consumer);
    }

    /** Returns whether a consumer has changed since it was saved. */
    public boolean areUnsaved() {
        return !unsaved.isEmpty();
    }

    /** Gives those that have changed to the store, which writes them with its next flush; returns their bytes. */
    public long save() {
        long bytes = 0;
        for (Consumer consumer : unsaved) {
            byte[] saved = consumer.saved().bytes();
            host.store().saveConsumer(consumer.config().name(), saved);
            bytes += saved.length;
        }
        unsaved.clear();
        return bytes;
    }

    /** Returns the last sequence that saved consumers know: none up to it is given to another message. */
    public static long lastKnown(Collection<byte[]> states) {
        return states.stream().map(SavedConsumer::of).filter(Objects::nonNull)
                .mapToLong(saved -> saved.delivered().streamSequence()).max().orElse(0);
    }

    /**
     * Restores a consumer.
     *
     * @param config returns the configuration of JSON, null if it is not valid
     * @return false if it cannot be read
     */
    public boolean restore(byte[] state, Function<byte[], ConsumerConfig> config) {
        SavedConsumer saved = SavedConsumer.of(state);
        ConsumerConfig read = saved == null ? null : config.apply(saved.config());
        if (read == null)
            return false;
        add(read, saved);
        return true;
    }

    // ---- what they select --------------------------------------------------------------------------------------

    Selection.Member[] join(Consumer consumer, List<SubjectFilter> filters) {
        List<SubjectFilter> selected = filters.isEmpty() ? List.of(SubjectFilter.ALL) : filters;
        return selected.stream().map(filter -> selections.getOrAdd(filter, () -> new Selection(filter)).join(consumer))
                .toArray(Selection.Member[]::new);
    }

    void leave(Selection.Member[] members) {
        for (Selection.Member member : members)
            if (!member.leave())
                selections.remove(member.selection.filter);
    }

    /** A consumer has changed its filters. */
    void refiltered(Consumer consumer) {
        refiltered.add(consumer);
    }

    /** A message was stored. */
    public void stored(byte[] subject, int start, int length) {
        selections.forEach(subject, start, length, storing);
    }

    /** A message is about to be removed from the stream. */
    public void removed(StoredMessage message) {
        if (byName.isEmpty())
            return;
        gone = message;
        selections.forEach(message.subject(), 0, message.subjectLength(), removing);
        for (Consumer consumer : refiltered)
            consumer.forget(message.sequence());
    }

    private void removed(Selection selection) {
        for (Selection.Member member : selection.members())
            member.consumer.removed(gone.sequence());
    }

    /** Messages were purged; the first sequence that is left is this one. */
    public void purged(SubjectFilter purged, long first) {
        for (Consumer consumer : byName.values())
            consumer.purged(purged, first);
    }

    /** Returns whether a consumer selects a subject. */
    public boolean select(byte[] subject, int start, int length) {
        return search(subject, start, length, -1);
    }

    /** Returns whether a consumer has not done with a message. */
    public boolean need(StoredMessage message) {
        return search(message.subject(), 0, message.subjectLength(), message.sequence());
    }

    private boolean search(byte[] subject, int start, int length, long sequence) {
        wanted = sequence;
        found = false;
        selections.forEach(subject, start, length, searching);
        return found;
    }

    private void search(Selection selection) {
        if (found || wanted < 0) {
            found = true;
            return;
        }
        for (Selection.Member member : selection.members())
            found |= member.consumer.needs(wanted);
    }

    // ---- delivery ----------------------------------------------------------------------------------------------

    /** A consumer may have something to deliver. */
    void ready(Consumer consumer) {
        if (!consumer.isReady()) {
            consumer.ready(true);
            ready.add(consumer);
        }
    }

    /** Returns whether a consumer may have something to deliver. */
    public boolean areReady() {
        return !ready.isEmpty();
    }

    /**
     * Has each that is ready deliver a part of what it can. It is ready again if that was not all, so that no consumer
     * keeps others or publishers waiting.
     */
    public void deliver() {
        for (int left = ready.size(); left > 0; left--) {
            Consumer consumer = ready.remove();
            consumer.ready(false);
            consumer.deliver();
        }
    }

    // ---- time --------------------------------------------------------------------------------------------------

    /** Has {@link Consumer#run} called when this time has come, or earlier. */
    void wake(Consumer.Wake consumer, long deadline) {
        if (consumer.place < 0 || deadline < consumer.deadline)
            wakes.set(consumer, deadline);
    }

    /** Has those run whose time has come. */
    public void run(long now) {
        for (Consumer.Wake due; (due = wakes.poll(now)) != null;)
            due.consumer.run();
    }

    /** Returns when a consumer has something to do, {@link Long#MAX_VALUE} for never. */
    public long nextDeadline() {
        return wakes.earliest();
    }

    // ---- deliver subjects --------------------------------------------------------------------------------------

    void delivers(Consumer consumer, String subject) {
        byDeliverSubject.computeIfAbsent(subject, key -> {
            host.delivers(key);
            return new ArrayList<>(1);
        }).add(consumer);
    }

    void deliversNoMore(Consumer consumer, String subject) {
        byDeliverSubject.computeIfPresent(subject, (key, list) -> {
            list.remove(consumer);
            if (!list.isEmpty())
                return list;
            host.deliversNoMore(key);
            return null;
        });
    }

    /** A client has subscribed or unsubscribed a subject. */
    public void interestChanged(String subscribed) {
        List<Consumer> concerned = new ArrayList<>();
        DeliverSubjects.forEach(byDeliverSubject, subscribed, concerned::addAll);
        concerned.forEach(Consumer::interestChanged);
    }
}
