package io.jnatsd.jetstream.model;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/** What a stream must do, as simple as possible. An error is the number that clients get. */
final class ModelStream {
    /** A message id that is known, and when it came. */
    private record Seen(long sequence, long time) {
    }

    StreamSetup setup;
    long now;
    /** What is added to {@link #now} to get the time of a message. */
    final long wallClock;
    final TreeMap<Long, ModelMessage> messages = new TreeMap<>();
    long last;
    private boolean used;
    private String lastId = "";
    private final Map<String, Seen> ids = new HashMap<>();
    final Map<String, ModelConsumer> consumers = new TreeMap<>();
    /** The ack subjects of all deliveries by the name of the consumer, also of consumers that are gone. */
    final Map<String, List<String>> acks = new HashMap<>();
    /** The consumers whose deliver subjects are subscribed; they need not exist. */
    final Set<String> listening = new HashSet<>();
    /** What each subscription must receive. */
    final Map<String, List<String>> expected = new HashMap<>();

    ModelStream(StreamSetup setup, long now, long wallClock) {
        this.setup = setup.normal();
        this.now = now;
        this.wallClock = wallClock;
        last = Math.max(setup.firstSeq(), 1) - 1;
    }

    static boolean matches(String filter, String subject) {
        String[] pattern = filter.split("\\."), tokens = subject.split("\\.");
        for (int i = 0; i < pattern.length; i++) {
            if (pattern[i].equals(">"))
                return tokens.length > i;
            if (i >= tokens.length || !pattern[i].equals("*") && !pattern[i].equals(tokens[i]))
                return false;
        }
        return pattern.length == tokens.length;
    }

    long first() {
        return messages.isEmpty() ? last + 1 : messages.firstKey();
    }

    long bytes() {
        return messages.values().stream().mapToLong(m -> m.size(setup.memory())).sum();
    }

    private List<ModelMessage> of(String filter) {
        return messages.values().stream().filter(m -> matches(filter, m.subject())).toList();
    }

    private long lastOf(String filter) {
        List<ModelMessage> all = of(filter);
        return all.isEmpty() ? 0 : all.getLast().sequence();
    }

    // ---- publishing --------------------------------------------------------------------------------------------

    /** Returns the headers of a message. */
    String headers(Steps.Publish p) {
        StringBuilder headers = new StringBuilder();
        if (p.expectedLast() != null)
            headers.append("Nats-Expected-Last-Sequence: ").append(last + p.expectedLast()).append("\r\n");
        if (p.expectedOfSubject() != null)
            headers.append("Nats-Expected-Last-Subject-Sequence: ").append(lastOf(p.subject())
                    + p.expectedOfSubject()).append("\r\n");
        if (p.expectedId() != null)
            headers.append("Nats-Expected-Last-Msg-Id: ").append(p.expectedId().isEmpty() ? lastId
                    : p.expectedId()).append("\r\n");
        if (!p.id().isEmpty())
            headers.append("Nats-Msg-Id: ").append(p.id()).append("\r\n");
        if (!p.rollup().isEmpty())
            headers.append("Nats-Rollup: ").append(p.rollup()).append("\r\n");
        return headers.toString();
    }

    /** Returns the answer in short. */
    String publish(Steps.Publish p, String headers, String payload) {
        if (setup.sealed())
            return "10109";
        if (!p.id().isEmpty())
            forgetIds();
        if (!p.id().isEmpty() && ids.containsKey(p.id()))
            return "duplicate " + ids.get(p.id()).sequence;
        if (p.expectedOfSubject() != null && p.expectedOfSubject() != 0)
            return "10071";
        if (p.expectedLast() != null && p.expectedLast() != 0)
            return "10071";
        if (p.expectedId() != null && !p.expectedId().isEmpty() && !p.expectedId().equals(lastId))
            return "10070";
        boolean rollup = !p.rollup().isEmpty();
        if (rollup && (!setup.rollup() || setup.denyPurge()))
            return "10111";
        ModelMessage m = new ModelMessage(last + 1, p.subject(), headers, payload, now + wallClock);
        if (setup.maxMsgSize() > 0 && m.bodyLength() > setup.maxMsgSize())
            return "10054";
        boolean wanted = consumers.values().stream().anyMatch(consumer -> consumer.matches(p.subject()));
        if (setup.retention().equals("interest") && !wanted) {
            skip();
        } else {
            if (setup.discardNew() && !hasRoom(m, rollup))
                return "10077";
            last++;
            messages.put(last, m);
        }
        used = true;
        lastId = p.id();
        long sequence = last;
        if (!lastId.isEmpty())
            ids.put(lastId, new Seen(sequence, now));
        if (messages.containsKey(sequence)) {
            if (rollup)
                remove(of(p.rollup().equals("all") ? ">" : p.subject()), sequence - 1);
            enforcePerSubject(p.subject());
            enforceTotals();
        }
        deliver();
        return "sequence " + sequence;
    }

    private void forgetIds() {
        ids.values().removeIf(seen -> now - seen.time > setup.window() * Steps.MILLI);
    }

    private void skip() {
        last++;
    }

    private boolean hasRoom(ModelMessage m, boolean rollup) {
        List<ModelMessage> same = of(m.subject());
        boolean replaces = setup.maxPerSubject() > 0 && same.size() >= setup.maxPerSubject();
        if (replaces && setup.newPerSubject() && !rollup)
            return false;
        if (setup.maxMsgs() > 0 && messages.size() >= setup.maxMsgs() && !replaces)
            return false;
        int replaced = replaces ? same.getFirst().size(setup.memory()) : 0;
        return setup.maxBytes() <= 0 || bytes() + m.size(setup.memory()) - replaced <= setup.maxBytes();
    }

    private void enforcePerSubject(String subject) {
        if (setup.maxPerSubject() > 0)
            for (List<ModelMessage> same; (same = of(subject)).size() > setup.maxPerSubject();)
                remove(same.getFirst().sequence());
    }

    private void enforceTotals() {
        while (!messages.isEmpty() && (setup.maxMsgs() > 0 && messages.size() > setup.maxMsgs()
                || setup.maxBytes() > 0 && bytes() > setup.maxBytes()))
            remove(messages.firstKey());
    }

    // ---- removal -----------------------------------------------------------------------------------------------

    private void remove(long sequence) {
        if (messages.remove(sequence) != null)
            consumers.values().forEach(consumer -> consumer.removed(sequence));
    }

    private void remove(List<ModelMessage> some, long upTo) {
        for (ModelMessage m : some)
            if (m.sequence() <= upTo)
                remove(m.sequence());
    }

    /** A consumer is done with a message. */
    void consumed(long sequence) {
        if (setup.retention().equals("workqueue"))
            remove(sequence);
        else if (setup.retention().equals("interest"))
            removeUnneeded(sequence);
    }

    private void removeUnneeded(long sequence) {
        ModelMessage m = messages.get(sequence);
        if (m != null && consumers.values().stream().noneMatch(consumer -> consumer.needs(m)))
            remove(sequence);
    }

    private void removeUnneeded() {
        if (setup.retention().equals("interest"))
            List.copyOf(messages.keySet()).forEach(this::removeUnneeded);
    }

    private void removeOld() {
        if (setup.maxAge() > 0)
            while (!messages.isEmpty() && now
                    + wallClock - messages.firstEntry().getValue().time() > setup.maxAge() * Steps.MILLI)
                remove(messages.firstKey());
    }

    long back(int back) {
        return last - back;
    }

    String delete(long sequence) {
        if (sequence <= 0)
            return null;
        if (setup.sealed())
            return "10109";
        if (setup.denyDelete())
            return "10057";
        if (sequence > last)
            return setup.memory() ? "10043" : "10057";
        if (!messages.containsKey(sequence))
            return "10043";
        remove(sequence);
        deliver();
        return "success";
    }

    String purge(String filter, long below, int keep) {
        if (below > 0 && keep > 0)
            return "10003";
        if (setup.sealed())
            return "10109";
        if (setup.denyPurge())
            return "10110";
        List<ModelMessage> all = new ArrayList<>(of(filter));
        all.removeIf(m -> below > 0 && m.sequence() >= below);
        if (keep > 0)
            all = all.subList(0, Math.max(all.size() - keep, 0));
        int purged = all.size();
        remove(all, Long.MAX_VALUE);
        consumers.values().forEach(consumer -> consumer.purged(filter));
        deliver();
        return "purged " + purged;
    }

    ModelMessage get(Steps.GetMessage step) {
        if (!step.lastOf().isEmpty())
            return messages.get(lastOf(step.lastOf()));
        long from = back(step.back());
        if (step.nextOf().isEmpty())
            return messages.get(from);
        return of(step.nextOf()).stream().filter(m -> m.sequence() >= from).findFirst().orElse(null);
    }

    String update(StreamSetup changed) {
        if (setup.sealed() && !changed.sealed() || setup.denyDelete() && !changed.denyDelete() && !changed.sealed()
                || setup.denyPurge() && !changed.denyPurge() && !changed.sealed())
            return "10052";
        if (setup.denyPurge() && changed.rollup() && !changed.sealed())
            return "10052";
        forgetIds();
        setup = changed.normal();
        forgetIds();
        removeOld();
        Set<String> subjects = new HashSet<>();
        messages.values().forEach(m -> subjects.add(m.subject()));
        subjects.forEach(this::enforcePerSubject);
        enforceTotals();
        removeUnneeded();
        deliver();
        return "success";
    }

    // ---- consumers ---------------------------------------------------------------------------------------------

    String create(ConsumerSetup consumer) {
        ModelConsumer existing = consumers.get(consumer.name());
        boolean queue = setup.retention().equals("workqueue");
        if (queue && !consumer.acks().equals("explicit"))
            return consumer.acks().equals("none") && !consumer.push() ? "10084" : "10098";
        if (queue && !consumer.start().equals("all"))
            return "10101";
        if (existing != null)
            return null;
        if (setup.maxConsumers() > 0 && consumers.size() >= setup.maxConsumers())
            return "10026";
        String conflict = queue ? conflict(consumer.filters(), null) : null;
        if (conflict != null)
            return conflict;
        ModelConsumer created = new ModelConsumer(this, consumer);
        consumers.put(consumer.name(), created);
        acks.computeIfAbsent(consumer.name(), name -> new ArrayList<>());
        deliver();
        return "success";
    }

    private String conflict(List<String> filters, ModelConsumer self) {
        for (ModelConsumer other : consumers.values()) {
            if (other == self)
                continue;
            if (filters.isEmpty())
                return "10099";
            if (other.setup.filters().isEmpty())
                return "10100";
            for (String a : filters)
                for (String b : other.setup.filters())
                    if (overlap(a, b))
                        return "10100";
        }
        return null;
    }

    /** Returns whether every subject that the second one selects is selected by the first. */
    static boolean covers(String wide, String narrow) {
        String[] w = wide.split("\\."), n = narrow.split("\\.");
        for (int i = 0; i < w.length; i++) {
            if (w[i].equals(">"))
                return n.length > i;
            if (i >= n.length || n[i].equals(">") || !w[i].equals("*") && !w[i].equals(n[i]))
                return false;
        }
        return w.length == n.length;
    }

    static boolean overlap(String a, String b) {
        String[] x = a.split("\\."), y = b.split("\\.");
        for (int i = 0; ; i++) {
            if (i == x.length || i == y.length)
                return x.length == y.length;
            if (x[i].equals(">") || y[i].equals(">"))
                return true;
            if (!x[i].equals("*") && !y[i].equals("*") && !x[i].equals(y[i]))
                return false;
        }
    }

    String update(ModelConsumer consumer, ConsumerSetup changed) {
        String conflict = setup.retention().equals("workqueue") ? conflict(changed.filters(), consumer) : null;
        if (conflict != null)
            return conflict;
        consumer.update(changed);
        removeUnneeded();
        deliver();
        return "success";
    }

    /** Removes a consumer. */
    void remove(ModelConsumer consumer) {
        consumers.remove(consumer.setup.name());
        for (ModelConsumer.Pull pull : consumer.pulls)
            if (!pull.gone)
                expected.computeIfAbsent("pull" + pull.number, sid -> new ArrayList<>())
                        .add(pull.subject() + "||409 Consumer Deleted|");
        removeUnneeded();
        deliver();
    }

    // ---- time --------------------------------------------------------------------------------------------------

    void deliver() {
        List.copyOf(consumers.values()).forEach(ModelConsumer::deliver);
    }

    /** Does what is due. */
    void run() {
        removeOld();
        List.copyOf(consumers.values()).forEach(ModelConsumer::run);
        deliver();
    }

    /** Calls back with the times at which something happens, and with what it is. */
    void events(BiConsumer<Long, String> event) {
        if (setup.maxAge() > 0 && !messages.isEmpty())
            event.accept(messages.firstEntry().getValue().time() - wallClock + setup.maxAge() * Steps.MILLI
                    + Steps.MILLI, "age");
        consumers.values().forEach(consumer -> consumer.events(event));
    }

    /** Returns what STREAM.INFO must say. */
    String state() {
        long first = first(), messagesCount = messages.size();
        boolean fresh = !used && messages.isEmpty() && setup.firstSeq() <= 0;
        Map<String, Integer> subjects = new TreeMap<>();
        messages.values().forEach(m -> subjects.merge(m.subject(), 1, Integer::sum));
        List<Long> gaps = new ArrayList<>();
        for (long sequence = first; !messages.isEmpty() && sequence <= last; sequence++)
            if (!messages.containsKey(sequence))
                gaps.add(sequence);
        Map<String, Object> state = new LinkedHashMap<>();
        state.put("messages", messagesCount);
        state.put("bytes", bytes());
        state.put("first_seq", fresh ? 0 : first);
        state.put("last_seq", last);
        state.put("subjects", subjects);
        state.put("deleted", gaps);
        state.put("consumers", consumers.size());
        return state.toString();
    }
}
