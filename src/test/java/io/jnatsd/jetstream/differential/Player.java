package io.jnatsd.jetstream.differential;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import io.jnatsd.jetstream.differential.Link.Received;
import io.jnatsd.jetstream.differential.Script.Step;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Plays cases against one server. The steps:
 *
 * <pre>
 * stream S JSON            creates a stream; name and memory storage are added to the JSON
 * update S JSON            the same for an update
 * consumer S C JSON        creates a durable consumer; the JSON is its config without the name
 * api ENDPOINT BODY        a request to $JS.API.ENDPOINT
 * request SUBJECT BODY     a request to any subject, or a publish that is answered by a PubAck; one answer
 * pub SUBJECT BODY         another word for it
 * silent SUBJECT BODY      a request that need not be answered; waits 100 ms, and for a later answer
 * send SUBJECT BODY        a publish without a reply subject
 * sub NAME SUBJECT QUEUE   subscribes; the queue group may be missing
 * unsub NAME
 * expect NAME N            waits for N messages of a subscription
 * listen NAME MILLIS       takes what arrives in that time
 * pull S C N BODY          a pull request, and N messages (statuses, too) that answer it
 * open NAME S C BODY       a pull request that is answered on a subscription with this name
 * ack I BODY               acknowledges the I-th of the messages that the last expect, listen or pull has seen, with
 *                          a reply subject, and waits for the reply
 * tell I BODY              the same without a reply subject
 * wait MILLIS
 * until PATH=VALUE ENDPOINT BODY   repeats an API request until its answer has that value
 * keep NAME PATH           remembers a value of the last answer as %NAME%; it is the same for the comparison
 * repeat N STEP            %i% is 1 to N
 * </pre>
 *
 * In front of a body of {@code request}, {@code pub}, {@code silent} and {@code send} may be headers: {@code [Name:
 * value|Name: value]}. Everywhere, {@code %x*20%} is a text of 20 times {@code x}.
 *
 * <p>Threads: one.
 */
final class Player implements AutoCloseable {
    private static final long PATIENCE_MILLIS = 5000, SILENCE_MILLIS = 100;
    private static final Pattern MANY = Pattern.compile("%(.)\\*(\\d+)%"), HEADERS = Pattern.compile("\\[(\\w[\\w-]*: ?[^\\]]*)] ?(.*)");
    private static final String API = "$JS.API.";

    private final Link link;
    private int inboxes;
    /** By the name under which a step asked to keep them. */
    private final Map<String, String> kept = new HashMap<>();
    private JsonElement lastAnswer;
    private List<Received> lastMessages = List.of();

    Player(int port) throws IOException {
        link = new Link(port);
    }

    /** Returns what was kept: the values by name. */
    Map<String, String> kept() {
        return kept;
    }

    /** Plays a step; returns what the server did, one element for each answer. */
    List<JsonElement> play(Step step) throws IOException, InterruptedException {
        if (!step.verb().equals("repeat"))
            return List.of(playOne(step));
        String[] parts = step.rest().split(" ", 2);
        List<JsonElement> all = new ArrayList<>();
        for (int i = 1; i <= Integer.parseInt(parts[0]); i++) {
            kept.put("i", String.valueOf(i));
            all.add(playOne(Script.step(step.place(), parts[1])));
        }
        kept.remove("i");
        return all;
    }

    private JsonElement playOne(Step step) throws IOException, InterruptedException {
        String rest = substituted(step.rest());
        String[] one = split(rest, 2), two = split(rest, 3), three = split(rest, 4);
        switch (step.verb()) {
            case "stream" -> lastAnswer = api("STREAM.CREATE." + one[0], streamConfig(one[0], one[1]));
            case "update" -> lastAnswer = api("STREAM.UPDATE." + one[0], streamConfig(one[0], one[1]));
            case "consumer" -> lastAnswer = api("CONSUMER.DURABLE.CREATE." + two[0] + "." + two[1], consumerRequest(two));
            case "api" -> lastAnswer = api(one[0], one[1]);
            case "request", "pub" -> lastAnswer = request(one[0], one[1], PATIENCE_MILLIS);
            case "silent" -> lastAnswer = request(one[0], one[1], SILENCE_MILLIS);
            case "send" -> publish(one[0], "", one[1]);
            case "sub" -> {
                link.subscribe(two[0], two[1], two[2]);
                link.roundTrip();
            }
            case "unsub" -> {
                link.unsubscribe(one[0]);
                link.roundTrip();
            }
            case "expect" -> lastAnswer = expect(one[0], Integer.parseInt(one[1]));
            case "listen" -> lastAnswer = listen(one[0], Long.parseLong(one[1]));
            case "open" -> open(three);
            case "pull" -> lastAnswer = pull(three);
            case "ack" -> lastAnswer = request(message(one[0]).reply(), one[1], PATIENCE_MILLIS);
            case "tell" -> publish(message(one[0]).reply(), "", one[1]);
            case "wait" -> Thread.sleep(Long.parseLong(rest));
            case "until" -> lastAnswer = until(two);
            case "keep" -> kept.put(one[0], text(find(lastAnswer, one[1])));
            default -> throw new IOException(step + ": unknown step");
        }
        return switch (step.verb()) {
            case "send", "sub", "unsub", "open", "tell", "wait", "keep" -> new JsonObject();
            default -> lastAnswer;
        };
    }

    private String substituted(String text) {
        String all = MANY.matcher(text).replaceAll(m -> Matcher.quoteReplacement(m.group(1).repeat(Integer.parseInt(m.group(2)))));
        for (var each : kept.entrySet())
            all = all.replace("%" + each.getKey() + "%", each.getValue());
        return all;
    }

    private static String[] split(String text, int count) {
        String[] parts = text.split(" ", count), all = new String[count];
        for (int i = 0; i < count; i++)
            all[i] = i < parts.length ? parts[i] : "";
        return all;
    }

    private static String streamConfig(String name, String json) {
        JsonObject config = JsonParser.parseString(json.isEmpty() ? "{}" : json).getAsJsonObject();
        config.addProperty("name", name);
        if (!config.has("storage"))
            config.addProperty("storage", "memory");
        return config.toString();
    }

    private static String consumerRequest(String[] parts) {
        JsonObject request = new JsonObject(), config = JsonParser.parseString(parts[2].isEmpty() ? "{}" : parts[2]).getAsJsonObject();
        config.addProperty("durable_name", parts[1]);
        request.addProperty("stream_name", parts[0]);
        request.add("config", config);
        return request.toString();
    }

    private JsonElement api(String endpoint, String body) throws IOException, InterruptedException {
        return request(API + endpoint, body, PATIENCE_MILLIS);
    }

    private String subscribeInbox() throws IOException {
        String inbox = "_INBOX." + ++inboxes;
        link.subscribe(inbox, inbox, "");
        return inbox;
    }

    private void publish(String subject, String reply, String body) throws IOException, InterruptedException {
        Matcher headers = HEADERS.matcher(body);
        if (headers.matches())
            link.publish(subject, reply, headers.group(1).replace("|", "\r\n") + "\r\n", headers.group(2));
        else
            link.publish(subject, reply, "", body);
        // A request has an answer to wait for.
        if (reply.isEmpty())
            link.roundTrip();
    }

    private JsonElement request(String subject, String body, long millis) throws IOException, InterruptedException {
        String inbox = subscribeInbox();
        publish(subject, inbox, body);
        Received answer = link.next(inbox, millis);
        if (answer == null && millis == SILENCE_MILLIS) {
            // A busy server has answered when it has answered a later request.
            api("INFO", "");
            answer = link.next(inbox, 1);
        }
        link.unsubscribe(inbox);
        return answer == null ? new JsonPrimitive("nothing") : json(answer);
    }

    private Received message(String number) throws IOException {
        int i = Integer.parseInt(number);
        if (i > lastMessages.size() || lastMessages.get(i - 1).reply() == null)
            throw new IOException("no message " + i + " that can be acknowledged");
        return lastMessages.get(i - 1);
    }

    private JsonArray expect(String sid, int count) throws InterruptedException {
        lastMessages = new ArrayList<>();
        for (Received each; lastMessages.size() < count && (each = link.next(sid, PATIENCE_MILLIS)) != null;)
            lastMessages.add(each);
        return json(lastMessages);
    }

    private JsonArray listen(String sid, long millis) throws InterruptedException {
        lastMessages = new ArrayList<>();
        long deadline = System.nanoTime() + millis * 1_000_000, left;
        while ((left = (deadline - System.nanoTime()) / 1_000_000) > 0) {
            Received each = link.next(sid, left);
            if (each != null)
                lastMessages.add(each);
        }
        return json(lastMessages);
    }

    private JsonArray pull(String[] parts) throws IOException, InterruptedException {
        String inbox = subscribeInbox();
        publish(API + "CONSUMER.MSG.NEXT." + parts[0] + "." + parts[1], inbox, parts[3]);
        return expect(inbox, Integer.parseInt(parts[2]));
    }

    private void open(String[] parts) throws IOException, InterruptedException {
        String inbox = "_INBOX.open." + parts[0];
        link.subscribe(parts[0], inbox, "");
        publish(API + "CONSUMER.MSG.NEXT." + parts[1] + "." + parts[2], inbox, parts[3]);
    }

    private JsonElement until(String[] parts) throws IOException, InterruptedException {
        String[] condition = split(parts[0].replace('=', ' '), 2);
        long deadline = System.nanoTime() + PATIENCE_MILLIS * 1_000_000;
        while (true) {
            JsonElement answer = api(parts[1], parts[2]);
            JsonElement found = find(answer, condition[0]);
            if (text(found).equals(condition[1]) || System.nanoTime() > deadline)
                return answer;
            Thread.sleep(20);
        }
    }

    /** Returns the element of an answer's payload at a path of names and numbers; null if there is none. */
    private static JsonElement find(JsonElement answer, String path) {
        JsonElement at = answer instanceof JsonObject message ? message.get("payload") : null;
        for (String name : path.split("\\."))
            at = at instanceof JsonObject object ? object.get(name)
                    : at instanceof JsonArray array && Integer.parseInt(name) < array.size() ? array.get(Integer.parseInt(name)) : null;
        return at;
    }

    private static String text(JsonElement element) {
        return element == null ? "" : element.isJsonPrimitive() ? element.getAsString() : element.toString();
    }

    private static JsonArray json(List<Received> messages) {
        JsonArray all = new JsonArray();
        messages.forEach(each -> all.add(json(each)));
        return all;
    }

    private static JsonObject json(Received message) {
        JsonObject json = new JsonObject();
        if (!message.subject().startsWith("_INBOX."))
            json.addProperty("subject", message.subject());
        if (message.reply() != null)
            json.addProperty("reply", message.reply());
        if (message.headers() != null) {
            String[] lines = message.headers().split("\r\n");
            json.addProperty("status", lines[0]);
            JsonArray headers = new JsonArray();
            for (int i = 1; i < lines.length; i++)
                headers.add(lines[i]);
            json.add("headers", headers);
        }
        json.add("payload", payload(new String(message.payload().getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8)));
        return json;
    }

    private static JsonElement payload(String text) {
        if (text.startsWith("{")) {
            try {
                return JsonParser.parseString(text);
            } catch (com.google.gson.JsonSyntaxException e) {
                // A text that only looks like JSON.
            }
        }
        return new JsonPrimitive(text);
    }

    /** Deletes all streams. */
    void deleteStreams() throws IOException, InterruptedException {
        link.roundTrip();
        JsonElement names = find(api("STREAM.NAMES", ""), "streams");
        if (names instanceof JsonArray streams)
            for (JsonElement name : streams)
                api("STREAM.DELETE." + name.getAsString(), "");
        // A stream of all subjects has answered before the API.
        until(new String[] {"total=0", "STREAM.NAMES", ""});
    }

    @Override
    public void close() throws IOException {
        link.close();
    }
}
