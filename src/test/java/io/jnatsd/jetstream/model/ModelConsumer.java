package io.jnatsd.jetstream.model;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;

/** What a consumer must do, as simple as possible: everything is counted and searched each time. */
final class ModelConsumer {
    private static final long SLACK = Steps.MILLI;

    /** A message that was delivered and not acknowledged. */
    static final class Unacked {
        long consumerSequence;
        int deliveries;
        long delivered;
        /** {@link Long#MAX_VALUE} if its time is up. */
        long due;
    }

    /** An open pull request. */
    static final class Pull {
        final int number;
        int missing;
        int bytesLeft;
        final boolean bounded;
        final boolean noWait;
        final long deadline;
        final long heartbeat;
        long nextHeartbeat = Long.MAX_VALUE;
        boolean served;
        /** Nobody subscribes its reply subject any more. */
        boolean gone;

        Pull(int number, Steps.Pull step, long now) {
            this.number = number;
            missing = Math.max(step.batch(), 1);
            bounded = step.maxBytes() > 0;
            bytesLeft = step.maxBytes();
            noWait = step.noWait();
            deadline = step.expires() > 0 ? now + step.expires() * Steps.MILLI : Long.MAX_VALUE;
            heartbeat = step.heartbeat() * Steps.MILLI;
            active(now);
        }

        void active(long now) {
            if (heartbeat > 0)
                nextHeartbeat = now + heartbeat;
        }

        String subject() {
            return "_INBOX.pull." + number;
        }

        String pending() {
            return "; Nats-Pending-Messages: " + missing + "; Nats-Pending-Bytes: " + Math.max(bytesLeft, 0);
        }
    }

    final ModelStream stream;
    ConsumerSetup setup;
    /** For {@code last_per_subject}: the sequences that come before {@link #next}. */
    final TreeSet<Long> ahead = new TreeSet<>();
    long next;
    long consumerSequence;
    long delivered;
    long floor;
    long floorConsumerSequence;
    final TreeMap<Long, Unacked> pending = new TreeMap<>();
    final Set<Long> again = new LinkedHashSet<>();
    final Set<Long> exhausted = new HashSet<>();
    final Deque<Pull> pulls = new ArrayDeque<>();
    boolean listened;
    long nextHeartbeat;
    long lastActivity;
    /** The last time at which somebody was there who takes messages. */
    long lastTaker;

    ModelConsumer(ModelStream stream, ConsumerSetup setup) {
        this.stream = stream;
        this.setup = setup;
        long end = stream.last + 1, first = stream.first();
        switch (setup.start()) {
            case "all" -> next = first;
            case "last" -> {
                next = end;
                for (ModelMessage m : stream.messages.values())
                    if (matches(m.subject()))
                        next = m.sequence();
            }
            case "new" -> next = end;
            case "by_start_sequence" -> next = Math.max(setup.startAt(), first);
            case "by_start_time" -> {
                next = end;
                for (ModelMessage m : stream.messages.descendingMap().values())
                    if (m.time() >= setup.startAt())
                        next = m.sequence();
            }
            default -> {
                next = end;
                Map<String, Long> lasts = new TreeMap<>();
                for (ModelMessage m : stream.messages.values())
                    if (matches(m.subject()))
                        lasts.put(m.subject(), m.sequence());
                ahead.addAll(lasts.values());
            }
        }
        floor = (ahead.isEmpty() ? next : ahead.first()) - 1;
        delivered = floor;
        lastActivity = lastTaker = stream.now;
        listened = setup.push() && stream.listening.contains(setup.name());
        rest();
    }

    boolean matches(String subject) {
        return setup.filters().isEmpty() || setup.filters().stream().anyMatch(filter -> ModelStream.matches(filter,
                subject));
    }

    /** Returns whether a message has yet to be delivered for the first time. */
    private boolean comes(ModelMessage m) {
        return ahead.contains(m.sequence()) || m.sequence() >= next && matches(m.subject());
    }

    boolean needs(ModelMessage m) {
        return comes(m) || matches(m.subject()) && (pending.containsKey(m.sequence())
                || exhausted.contains(m.sequence()));
    }

    long available() {
        return stream.messages.values().stream().filter(this::comes).count();
    }

    void removed(long sequence) {
        ahead.remove(sequence);
        again.remove(sequence);
        if (pending.remove(sequence) != null || exhausted.remove(sequence))
            moveFloor();
    }

    void purged(String filter) {
        List<String> own = setup.filters().isEmpty() ? List.of(">") : setup.filters();
        if (!own.stream().allMatch(each -> ModelStream.covers(filter, each)))
            return;
        next = Math.max(next, stream.first());
        delivered = Math.max(delivered, stream.first() - 1);
        moveFloor();
    }

    private void moveFloor() {
        Map.Entry<Long, Unacked> oldest = pending.firstEntry();
        floor = oldest == null ? delivered : oldest.getKey() - 1;
        floorConsumerSequence = oldest == null ? consumerSequence : oldest.getValue().consumerSequence - 1;
    }

    // ---- delivery ----------------------------------------------------------------------------------------------

    private void send(String sid, String message) {
        stream.expected.computeIfAbsent(sid, s -> new ArrayList<>()).add(message);
    }

    private void status(Pull pull, String status) {
        if (!pull.gone)
            send("pull" + pull.number, pull.subject() + "||" + status + "|");
    }

    void deliver() {
        // Whoever gets something now was there until now, also if the request ends.
        noteTaker();
        while (true) {
            while (!setup.push() && !pulls.isEmpty() && pulls.peek().gone && candidate() != null)
                pulls.remove();
            if (setup.push() ? !listened : pulls.isEmpty())
                break;
            ModelMessage m = candidate();
            if (m == null)
                break;
            deliver(m);
        }
        if (again.isEmpty() && available() == 0)
            drained();
        for (Iterator<Pull> all = pulls.iterator(); all.hasNext();) {
            Pull pull = all.next();
            if (pull.deadline <= stream.now) {
                all.remove();
                status(pull, "408 Request Timeout" + pull.pending());
            } else if (pull.nextHeartbeat <= stream.now) {
                if (pull.gone)
                    all.remove();
                status(pull, "100 Idle Heartbeat" + position());
                pull.active(stream.now);
            }
        }
        if (setup.push() && !listened)
            rest();
        if (listened && nextHeartbeat <= stream.now) {
            send("push" + setup.name(), "deliver." + setup.name() + "||100 Idle Heartbeat" + position() + "|");
            rest();
        }
        noteTaker();
    }

    private void noteTaker() {
        if (listened || pulls.stream().anyMatch(pull -> !pull.gone))
            lastTaker = stream.now;
    }

    private String position() {
        return "; Nats-Last-Consumer: " + consumerSequence + "; Nats-Last-Stream: " + examined();
    }

    private long examined() {
        return !ahead.isEmpty() ? ahead.first() - 1 : available() > 0 ? next - 1 : Math.max(next - 1, stream.last);
    }

    private void rest() {
        nextHeartbeat = setup.heartbeat() > 0 ? stream.now + setup.heartbeat() * Steps.MILLI : Long.MAX_VALUE;
    }

    private ModelMessage candidate() {
        while (!again.isEmpty()) {
            long sequence = again.iterator().next();
            if (pending.get(sequence).deliveries < setup.mostDeliveries())
                return stream.messages.get(sequence);
            exhaust(sequence);
        }
        if (pending.size() >= setup.mostPending())
            return null;
        ModelMessage found = stream.messages.values().stream().filter(this::comes).findFirst().orElse(null);
        // What was skipped on the way does not come back when the filters change.
        if (found != null && found.sequence() > next)
            next = found.sequence();
        return found;
    }

    private void exhaust(long sequence) {
        again.remove(sequence);
        pending.remove(sequence);
        exhausted.add(sequence);
        moveFloor();
    }

    private void deliver(ModelMessage m) {
        Unacked known = pending.get(m.sequence());
        int count = known == null ? 1 : known.deliveries + 1;
        String ack = "$JS.ACK.S." + setup.name() + "." + count + "." + m.sequence() + "." + (consumerSequence + 1)
                + "." + m.time()
                + "." + (available() - (known == null ? 1 : 0));
        String text = m.subject() + "|" + ack + "|" + m.headerText(setup.headersOnly()) + "|"
                + (setup.headersOnly() ? "" : m.payload());
        int size = m.subject().length() + ack.length() + m.bodyLength();
        if (setup.push()) {
            send("push" + setup.name(), text);
            rest();
        } else {
            Pull pull = pulls.remove();
            if (pull.bounded && size > pull.bytesLeft) {
                status(pull, "409 Message Size Exceeds MaxBytes" + pull.pending());
                return;
            }
            send("pull" + pull.number, text);
            pull.served = true;
            pull.missing--;
            pull.active(stream.now);
            if (pull.bounded)
                pull.bytesLeft -= size;
            if (pull.missing > 0 && (!pull.bounded || pull.bytesLeft > 0))
                pulls.add(pull);
            else if (pull.missing == 0 && pull.bounded && pull.bytesLeft > 0)
                status(pull, "409 Batch Completed" + pull.pending());
        }
        stream.acks.get(setup.name()).add(ack);
        lastActivity = stream.now;
        sent(m, known, count);
    }

    private void sent(ModelMessage m, Unacked known, int count) {
        consumerSequence++;
        if (known == null) {
            if (!ahead.remove(m.sequence()))
                next = m.sequence() + 1;
            delivered = Math.max(delivered, m.sequence());
        } else {
            again.remove(m.sequence());
        }
        if (setup.acks().equals("none")) {
            floor = m.sequence();
            floorConsumerSequence = consumerSequence;
            stream.consumed(m.sequence());
            return;
        }
        Unacked unacked = known == null ? new Unacked() : known;
        if (known == null)
            unacked.consumerSequence = consumerSequence;
        unacked.deliveries = count;
        unacked.delivered = stream.now;
        unacked.due = stream.now + setup.wait(count);
        pending.put(m.sequence(), unacked);
    }

    private void drained() {
        for (Iterator<Pull> all = pulls.iterator(); all.hasNext();) {
            Pull pull = all.next();
            if (!pull.noWait || !pull.served && pull.deadline != Long.MAX_VALUE)
                continue;
            all.remove();
            status(pull, pull.served ? "408 Request Timeout" + pull.pending() : "404 No Messages");
        }
    }

    // ---- requests ----------------------------------------------------------------------------------------------

    void pull(int number, Steps.Pull step) {
        Pull pull = new Pull(number, step, stream.now);
        if (setup.push()) {
            status(pull, "409 Consumer is push based");
            return;
        }
        lastActivity = stream.now;
        long waiting = available() + again.size();
        if (step.heartbeat() > 0 && step.heartbeat() * 2 > step.expires())
            status(pull, "400 Bad Request - heartbeat value too large");
        else if (step.noWait() && waiting == 0 && step.expires() == 0)
            status(pull, "404 No Messages");
        else if (step.noWait() && waiting > 0 && pulls.stream().mapToLong(open -> open.missing).sum() >= waiting)
            status(pull, "408 Requests Pending");
        else if (isFull())
            status(pull, "409 Exceeded MaxWaiting");
        else
            pulls.add(pull);
        deliver();
    }

    private boolean isFull() {
        if (pulls.size() >= setup.maxWaiting())
            pulls.removeIf(pull -> pull.gone);
        return pulls.size() >= setup.maxWaiting();
    }

    /** The deliver subject is subscribed, or no longer. */
    void listen(boolean on) {
        listened = on;
        lastActivity = lastTaker = stream.now;
        rest();
        deliver();
    }

    /** Returns whether the ack is answered. */
    boolean ack(String subject, String payload, int pullNumber) {
        long sequence = Long.parseLong(subject.split("\\.")[5]);
        if (sequence > delivered)
            return false;
        lastActivity = stream.now;
        String kind = payload.split("[ {]")[0];
        Unacked unacked = pending.get(sequence);
        switch (kind) {
            case "", "+ACK", "+OK", "+NXT" -> acknowledge(sequence);
            case "-NAK" -> {
                if (unacked != null) {
                    long delay = payload.contains("delay") ? Long.parseLong(payload.replaceAll("\\D", "")) : 0;
                    if (delay > 0) {
                        again.remove(sequence);
                        unacked.due = stream.now + delay;
                    } else {
                        again.add(sequence);
                    }
                }
            }
            case "+WPI" -> {
                if (unacked != null) {
                    again.remove(sequence);
                    unacked.due = stream.now + setup.wait(unacked.deliveries);
                }
            }
            case "+TERM" -> acknowledge(sequence);
            default -> { }
        }
        if (kind.equals("+NXT") && pullNumber > 0) {
            int batch = payload.length() > 5 ? Integer.parseInt(payload.substring(5)) : 1;
            pull(pullNumber, new Steps.Pull(setup.name(), batch, 0, false, 0, 0));
        }
        deliver();
        return !kind.equals("+NXT");
    }

    private void acknowledge(long sequence) {
        Set<Long> all = new TreeSet<>(pending.keySet());
        all.addAll(exhausted);
        for (long each : all)
            if (each == sequence || setup.acks().equals("all") && each < sequence)
                take(each);
        moveFloor();
    }

    private void take(long sequence) {
        pending.remove(sequence);
        exhausted.remove(sequence);
        again.remove(sequence);
        stream.consumed(sequence);
    }

    void update(ConsumerSetup changed) {
        boolean slower = changed.ackWait() != setup.ackWait();
        setup = changed;
        ahead.removeIf(sequence -> !matches(stream.messages.get(sequence).subject()));
        if (slower)
            for (Unacked unacked : pending.values())
                if (unacked.due != Long.MAX_VALUE)
                    unacked.due = unacked.delivered + changed.wait(unacked.deliveries);
        run();
    }

    // ---- time --------------------------------------------------------------------------------------------------

    /** Does what is due. */
    void run() {
        pending.forEach((sequence, unacked) -> {
            if (unacked.due <= stream.now + SLACK) {
                unacked.due = Long.MAX_VALUE;
                again.add(sequence);
            }
        });
        for (long sequence : List.copyOf(again)) {
            Unacked unacked = pending.get(sequence);
            if (unacked.due == Long.MAX_VALUE && unacked.deliveries >= setup.mostDeliveries())
                exhaust(sequence);
        }
        deliver();
    }

    /** Calls back with the times at which something happens, and with what it is. */
    void events(BiConsumer<Long, String> event) {
        String name = setup.name();
        pending.values().forEach(unacked -> event.accept(unacked.due, name + " ack"));
        for (Pull pull : pulls) {
            event.accept(pull.deadline, name + " pull" + pull.number);
            event.accept(pull.nextHeartbeat, name + " heartbeat" + pull.number);
        }
        if (listened)
            event.accept(nextHeartbeat, name + " heartbeat");
    }

    boolean hasAckRunning() {
        return !setup.push() && pending.size() > again.size();
    }

    boolean hasTaker() {
        return listened || pulls.stream().anyMatch(pull -> !pull.gone);
    }

    long redelivered() {
        return setup.mostDeliveries() == 1 ? 0
                : exhausted.size() + pending.values().stream().filter(unacked -> unacked.deliveries > 1).count();
    }
}
