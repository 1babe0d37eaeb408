package io.jnatsd.jetstream.model;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.jnatsd.jetstream.model.Steps.Step;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * One script on a server and on the model. After each step, the state of the stream and of each consumer, and all that
 * was received, must be what the model says.
 */
final class Play {
    /** Two things that are due closer to each other may come in any order. */
    private static final long TOO_CLOSE = 2 * Steps.MILLI;

    private final Wire wire;
    private final ManualClock clock;
    private final ModelStream model;
    private final long begin;
    private final Set<Integer> openPulls = new HashSet<>();
    private int pulls;
    private String step = "create";
    private boolean ambiguous;

    private Play(Wire wire, ManualClock clock, StreamSetup setup) {
        this.wire = wire;
        this.clock = clock;
        begin = (clock.nanos() / Steps.SECOND + 1) * Steps.SECOND;
        clock.set(begin);
        model = new ModelStream(setup, begin, clock.wallClock() - begin);
    }

    /**
     * Plays a script on a stream of its own.
     *
     * @return the number of steps; fewer than there are if two things would have been due at the same time
     * @throws Mismatch if the server does something else than the model
     */
    static int run(Wire wire, ManualClock clock, StreamSetup setup, List<Step> steps) throws Mismatch, IOException {
        Play play = new Play(wire, clock, setup);
        wire.request("$JS.API.STREAM.DELETE.S", "", "");
        wire.forget();
        int done = 0;
        try {
            play.same("answer", "success", play.api("STREAM.CREATE.S", setup.json().toString()));
            for (Step each : steps) {
                play.step = ++done + ". " + each;
                play.perform(each);
                play.check();
                play.advance(clock.nanos() + Steps.SECOND);
                if (play.ambiguous)
                    break;
            }
        } finally {
            for (int open : play.openPulls)
                wire.unsubscribe("pull" + open);
            for (String name : play.model.listening)
                wire.unsubscribe("push" + name);
        }
        return done;
    }

    private void same(String what, Object expected, Object actual) throws Mismatch {
        if (!expected.equals(actual))
            throw new Mismatch(step, what, expected, actual);
    }

    /** Returns the answer in short: the number of the error, or what was purged, or {@code success}. */
    private String api(String subject, String body) throws IOException {
        JsonObject answer = json("$JS.API." + subject, body);
        if (answer.has("error"))
            return answer.getAsJsonObject("error").get("err_code").getAsString();
        return answer.has("purged") ? "purged " + answer.get("purged") : "success";
    }

    private JsonObject json(String subject, String body) throws IOException {
        String answer = wire.request(subject, "", body);
        return JsonParser.parseString(answer.substring(answer.indexOf('|') + 1)).getAsJsonObject();
    }

    // ---- steps -------------------------------------------------------------------------------------------------

    private void perform(Step each) throws Mismatch, IOException {
        switch (each) {
            case Steps.UpdateStream s -> {
                if (s.setup().sealed() && (model.setup.rollup() || s.setup().newPerSubject()))
                    return;
                same("answer", model.update(s.setup()), api("STREAM.UPDATE.S", s.setup().json().toString()));
            }
            case Steps.Publish s -> publish(s);
            case Steps.DeleteMessage s -> {
                long sequence = model.back(s.back());
                String expected = model.delete(sequence);
                if (expected != null)
                    same("answer", expected, api("STREAM.MSG.DELETE.S", "{\"seq\":" + sequence + "}"));
            }
            case Steps.Purge s -> purge(s);
            case Steps.GetMessage s -> get(s);
            case Steps.CreateConsumer s -> create(s);
            case Steps.UpdateConsumer s -> update(s);
            case Steps.DeleteConsumer s -> {
                ModelConsumer consumer = model.consumers.get(s.name());
                if (consumer != null)
                    model.remove(consumer);
                same("answer", consumer == null ? "10014" : "success", api("CONSUMER.DELETE.S." + s.name(), ""));
            }
            case Steps.Pull s -> pull(s);
            case Steps.Leave s -> leave(s);
            case Steps.Listen s -> listen(s);
            case Steps.Ack s -> ack(s);
            case Steps.Wait s -> advance(clock.nanos() + s.seconds() * Steps.SECOND);
        }
    }

    private void publish(Steps.Publish s) throws Mismatch, IOException {
        String headers = model.headers(s), payload = "x".repeat(s.size());
        String expected = model.publish(s, headers, payload);
        String answer = wire.request(s.subject(), headers, payload);
        JsonObject json = JsonParser.parseString(answer.substring(answer.indexOf('|') + 1)).getAsJsonObject();
        same("answer", expected, json.has("error") ? json.getAsJsonObject("error").get("err_code").getAsString()
                : (json.has("duplicate") ? "duplicate " : "sequence ") + json.get("seq").getAsString());
    }

    private void purge(Steps.Purge s) throws Mismatch, IOException {
        long below = s.belowBack() < 0 ? 0 : Math.max(model.back((int) s.belowBack()), 0);
        JsonObject body = new JsonObject();
        if (!s.filter().equals(">"))
            body.addProperty("filter", s.filter());
        if (below > 0)
            body.addProperty("seq", below);
        if (s.keep() > 0)
            body.addProperty("keep", s.keep());
        same("answer", model.purge(s.filter(), below, s.keep()), api("STREAM.PURGE.S", body.toString()));
    }

    private void get(Steps.GetMessage s) throws Mismatch, IOException {
        long from = model.back(s.back());
        boolean last = !s.lastOf().isEmpty(), next = !s.nextOf().isEmpty();
        if (last && next || !last && from <= 0)
            return;
        JsonObject body = new JsonObject();
        if (last)
            body.addProperty("last_by_subj", s.lastOf());
        else
            body.addProperty("seq", from);
        if (next)
            body.addProperty("next_by_subj", s.nextOf());
        ModelMessage m = model.get(s);
        if (s.direct()) {
            String answer = wire.request("$JS.API.DIRECT.GET.S", "", body.toString());
            if (!model.setup.direct())
                same("answer", "503|", answer);
            else if (m == null)
                same("answer", "404 Message Not Found|", answer);
            else
                same("answer", (m.headerText(false) + "; Nats-Stream: S; Nats-Subject: " + m.subject()
                + "; Nats-Sequence: " + m.sequence())
                        .replaceAll("^; ", "") + "|" + m.payload(), answer.replaceAll("; Nats-Time-Stamp: [^|]*", ""));
        } else {
            JsonObject answer = json("$JS.API.STREAM.MSG.GET.S", body.toString());
            if (m == null)
                same("answer", "10037", answer.has("error")
                        ? answer.getAsJsonObject("error").get("err_code").getAsString() : answer);
            else
                same("answer", m.subject() + m.sequence(), answer.has("message")
                ? answer.getAsJsonObject("message").get("subject").getAsString()
                        + answer.getAsJsonObject("message").get("seq") : answer);
        }
    }

    private String create(ConsumerSetup setup) throws IOException {
        JsonObject body = new JsonObject();
        body.addProperty("stream_name", "S");
        body.add("config", setup.json());
        return api((setup.durable() ? "CONSUMER.DURABLE.CREATE.S." : "CONSUMER.CREATE.S.") + setup.name(),
                body.toString());
    }

    private void create(Steps.CreateConsumer s) throws Mismatch, IOException {
        ConsumerSetup c = s.setup();
        if (c.start().equals("by_start_time"))
            c = new ConsumerSetup(c.name(), c.durable(), c.start(), begin + model.wallClock
                    + c.startAt() * Steps.SECOND, c.acks(),
                    c.ackWait(), c.maxDeliver(), c.backoff(), c.filters(), c.maxPending(), c.maxWaiting(),
                            c.headersOnly(), c.push(),
                    c.heartbeat(), c.threshold());
        String expected = model.create(c);
        if (expected != null)
            same("answer", expected, create(c));
    }

    private void update(Steps.UpdateConsumer s) throws Mismatch, IOException {
        ModelConsumer consumer = model.consumers.get(s.name());
        if (consumer == null || consumer.setup.start().equals("last_per_subject") && s.filters().isEmpty())
            return;
        ConsumerSetup c = consumer.setup;
        boolean timed = c.backoff().isEmpty() && !c.acks().equals("none");
        ConsumerSetup changed = new ConsumerSetup(c.name(), c.durable(), c.start(), c.startAt(), c.acks(),
                timed ? s.ackWait() : c.ackWait(), timed ? s.maxDeliver() : c.maxDeliver(), c.backoff(), s.filters(),
                s.maxPending(), c.maxWaiting(), s.headersOnly(), c.push(), c.heartbeat(), c.threshold());
        // The same configuration again changes nothing.
        String expected = changed.json().equals(c.json()) ? "success" : model.update(consumer, changed);
        same("answer", expected, create(changed));
    }

    private void pull(Steps.Pull s) throws IOException {
        int number = subscribePull();
        JsonObject body = new JsonObject();
        body.addProperty("batch", s.batch());
        body.addProperty("expires", s.expires() * Steps.MILLI);
        body.addProperty("no_wait", s.noWait());
        body.addProperty("max_bytes", s.maxBytes());
        body.addProperty("idle_heartbeat", s.heartbeat() * Steps.MILLI);
        ModelConsumer consumer = model.consumers.get(s.consumer());
        if (consumer == null)
            model.expected.put("pull" + number, new ArrayList<>(List.of("_INBOX.pull." + number + "||503|")));
        else
            consumer.pull(number, s);
        model.deliver();
        wire.publish("$JS.API.CONSUMER.MSG.NEXT.S." + s.consumer(), "_INBOX.pull." + number, "", body.toString());
    }

    private int subscribePull() throws IOException {
        openPulls.add(++pulls);
        wire.subscribe("_INBOX.pull." + pulls, "pull" + pulls);
        return pulls;
    }

    private void leave(Steps.Leave s) throws IOException {
        ModelConsumer consumer = model.consumers.get(s.consumer());
        if (consumer == null || consumer.pulls.isEmpty())
            return;
        consumer.pulls.peek().gone = true;
        wire.unsubscribe("pull" + consumer.pulls.peek().number);
    }

    private void listen(Steps.Listen s) throws IOException {
        if (s.on() ? !model.listening.add(s.consumer()) : !model.listening.remove(s.consumer()))
            return;
        if (s.on())
            wire.subscribe("deliver." + s.consumer(), "push" + s.consumer());
        else
            wire.unsubscribe("push" + s.consumer());
        ModelConsumer consumer = model.consumers.get(s.consumer());
        if (consumer != null && consumer.setup.push())
            consumer.listen(s.on());
        model.deliver();
    }

    private void ack(Steps.Ack s) throws Mismatch, IOException {
        List<String> subjects = model.acks.getOrDefault(s.consumer(), List.of());
        if (s.back() >= subjects.size())
            return;
        String subject = subjects.get(subjects.size() - 1 - s.back());
        boolean next = s.payload().startsWith("+NXT");
        int number = next ? subscribePull() : 0;
        ModelConsumer consumer = model.consumers.get(s.consumer());
        boolean taken = consumer != null && !consumer.setup.acks().equals("none");
        boolean answered = !taken || consumer.ack(subject, s.payload(), number);
        model.deliver();
        if (next && !taken)
            model.expected.put("pull" + number, new ArrayList<>(List.of("_INBOX.pull." + number + "||503|")));
        if (next)
            wire.publish(subject, "_INBOX.pull." + number, "", s.payload());
        else if (s.answered() && answered)
            same("answer", taken ? "|" : "503|", wire.request(subject, "", s.payload()));
        else
            wire.publish(subject, "", "", s.payload());
    }

    // ---- time --------------------------------------------------------------------------------------------------

    /** Lets the time go on, from one event to the next. */
    private void advance(long target) throws Mismatch, IOException {
        while (true) {
            TreeMap<Long, String> events = new TreeMap<>();
            model.events((time, what) -> {
                String other = time == Long.MAX_VALUE ? null : events.put(time, what);
                ambiguous |= other != null && !other.equals(what);
            });
            if (events.isEmpty() || events.firstKey() > target)
                break;
            ambiguous |= events.subMap(events.firstKey(), events.firstKey()
                    + TOO_CLOSE).values().stream().distinct().count() > 1;
            if (ambiguous)
                return;
            model.now = events.firstKey();
            model.run();
            clock.set(model.now);
            settle();
        }
        model.now = target;
        clock.set(target);
    }

    /** Returns when the actor has done what was due. */
    private void settle() throws IOException {
        // What is due is done behind the first request, before the second.
        for (int i = 0; i < 2; i++)
            json("$JS.API.STREAM.INFO.S", "");
    }

    // ---- comparison --------------------------------------------------------------------------------------------

    private void check() throws Mismatch, IOException {
        // The stream answers when it has done what the step caused.
        json("$JS.API.STREAM.INFO.S", "");
        for (ModelConsumer consumer : List.copyOf(model.consumers.values()))
            removeIdle(consumer);
        same("state", model.state(), state(json("$JS.API.STREAM.INFO.S",
                "{\"deleted_details\":true,\"subjects_filter\":\">\"}")));
        for (ModelConsumer consumer : model.consumers.values()) {
            JsonObject info = json("$JS.API.CONSUMER.INFO.S." + consumer.setup.name(), "");
            same("consumer " + consumer.setup.name(), info(consumer), info(info));
            int waiting = info.has("num_waiting") ? info.get("num_waiting").getAsInt() : -1;
            long least = consumer.pulls.stream().filter(pull -> !pull.gone).count();
            if (waiting < least || waiting > consumer.pulls.size())
                throw new Mismatch(step, "num_waiting of " + consumer.setup.name(), least, waiting);
        }
        for (int open : List.copyOf(openPulls))
            checkReceived("pull" + open);
        for (String name : model.acks.keySet())
            checkReceived("push" + name);
        Set<Integer> still = new HashSet<>();
        model.consumers.values().forEach(consumer -> consumer.pulls.forEach(pull -> still.add(pull.number)));
        for (int open : List.copyOf(openPulls)) {
            if (!still.contains(open)) {
                openPulls.remove(open);
                wire.unsubscribe("pull" + open);
            }
        }
    }

    private void checkReceived(String sid) throws Mismatch {
        List<String> expected = model.expected.remove(sid);
        same("received by " + sid, expected == null ? List.of() : expected, wire.taken(sid));
    }

    /** A consumer that may have been removed because it was idle is, if the server says so. */
    private void removeIdle(ModelConsumer consumer) throws Mismatch, IOException {
        long threshold = consumer.setup.threshold() * Steps.MILLI;
        if (threshold == 0 || consumer.hasTaker() || model.now < consumer.lastActivity + threshold)
            return;
        boolean gone = json("$JS.API.CONSUMER.INFO.S." + consumer.setup.name(), "").has("error");
        long latest = Math.max(consumer.lastTaker, consumer.lastActivity) + threshold;
        if (!gone && !consumer.hasAckRunning() && model.now > latest + consumer.setup.wait(9))
            throw new Mismatch(step, "idle consumer " + consumer.setup.name(), "gone", "there");
        if (gone)
            model.remove(consumer);
    }

    private static String state(JsonObject answer) {
        JsonObject state = answer.getAsJsonObject("state");
        Map<String, Object> shown = new LinkedHashMap<>();
        for (String name : new String[] {"messages", "bytes", "first_seq", "last_seq"})
            shown.put(name, state.get(name).getAsLong());
        Map<String, Integer> subjects = new TreeMap<>();
        if (state.has("subjects"))
            state.getAsJsonObject("subjects").entrySet().forEach(e -> subjects.put(e.getKey(),
                    e.getValue().getAsInt()));
        shown.put("subjects", subjects);
        List<Long> gaps = new ArrayList<>();
        for (JsonElement gap : state.has("deleted") ? state.getAsJsonArray("deleted") : new JsonArray())
            gaps.add(gap.getAsLong());
        long numDeleted = state.has("num_deleted") ? state.get("num_deleted").getAsLong() : 0;
        shown.put("deleted", numDeleted == gaps.size() ? gaps : gaps + " but num_deleted " + numDeleted);
        shown.put("consumers", state.get("consumer_count").getAsInt());
        return shown.toString();
    }

    private static String info(ModelConsumer c) {
        return "delivered " + c.consumerSequence + " " + (c.consumerSequence == 0 ? c.floor : c.delivered) + ", floor "
                + c.floorConsumerSequence + " " + c.floor + ", ack pending " + c.pending.size() + ", redelivered "
                + c.redelivered()
                + ", pending " + c.available() + ", bound " + c.listened;
    }

    private static String info(JsonObject info) {
        if (info.has("error"))
            return info.toString();
        return "delivered " + position(info, "delivered") + ", floor " + position(info, "ack_floor") + ", ack pending "
                + info.get("num_ack_pending") + ", redelivered " + info.get("num_redelivered") + ", pending "
                + info.get("num_pending")
                + ", bound " + info.has("push_bound");
    }

    private static String position(JsonObject info, String name) {
        JsonObject position = info.getAsJsonObject(name);
        return position.get("consumer_seq") + " " + position.get("stream_seq");
    }
}
