package io.jnatsd.jetstream.differential;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Compares what two servers answered, after what differs by nature has been replaced. Threads: stateless.
 */
final class Answers {
    private static final String ABSENT = "absent", NEVER = "0001-01-01T00:00:00Z";

    /** What a field of this name is replaced by, whatever its value is. */
    private static final Map<String, String> NATURAL = Map.ofEntries(Map.entry("created", "time"), Map.entry("first_ts", "time"),
            Map.entry("last_ts", "time"), Map.entry("ts", "time"), Map.entry("time", "time"), Map.entry("timestamp", "time"),
            Map.entry("last_active", "time"), Map.entry("id", "id"), Map.entry("server", "server"), Map.entry("client", "client"),
            Map.entry("leader", "server"), Map.entry("ack_time", "duration"), Map.entry("api", "counts"));

    /** Parts of texts that differ by nature. */
    private static final Map<Pattern, String> IN_TEXT = Map.of(
            Pattern.compile("^(\\$JS\\.ACK\\.[^.]+\\.[^.]+\\.\\d+\\.\\d+\\.\\d+)\\.\\d+\\."), "$1.<time>.",
            Pattern.compile("^(\\$JS\\.FC\\.[^.]+\\.[^.]+)\\.\\w+$"), "$1.<id>",
            Pattern.compile("^(Nats-Consumer-Stalled: \\$JS\\.FC\\.[^.]+\\.[^.]+)\\.\\w+$"), "$1.<id>",
            Pattern.compile("^(Nats-Time-Stamp: ).*$"), "$1<time>");

    private Answers() {
    }

    /** A field that is not the same. The path has no indexes: {@code streams[].config.name}. */
    record Difference(String path, String theirs, String ours) {
        @Override
        public String toString() {
            return (path.isEmpty() ? "the answer" : path) + ": nats-server has " + theirs + ", jnatsd " + ours;
        }
    }

    /**
     * Returns an answer without what differs by nature.
     *
     * @param kept texts that the script knows by a name, by this name
     */
    static JsonElement normal(JsonElement answer, Map<String, String> kept) {
        return switch (answer) {
            case JsonObject object -> {
                JsonObject normal = new JsonObject();
                object.entrySet().forEach(e -> normal.add(e.getKey(), field(e.getKey(), e.getValue(), kept)));
                yield normal;
            }
            case JsonArray array -> {
                JsonArray normal = new JsonArray();
                array.forEach(each -> normal.add(normal(each, kept)));
                yield normal;
            }
            case JsonPrimitive value when value.isString() -> new JsonPrimitive(text(value.getAsString(), kept));
            default -> answer;
        };
    }

    private static JsonElement field(String name, JsonElement value, Map<String, String> kept) {
        String natural = NATURAL.get(name);
        if (name.equals("response") && value instanceof JsonPrimitive text && text.getAsString().startsWith("{"))
            return normal(JsonParser.parseString(text.getAsString()), kept);
        boolean never = value instanceof JsonPrimitive text && text.getAsString().equals(NEVER);
        return natural == null || never ? normal(value, kept) : new JsonPrimitive("<" + natural + ">");
    }

    private static String text(String value, Map<String, String> kept) {
        String text = value;
        for (var each : kept.entrySet())
            if (!each.getValue().isEmpty())
                text = text.replace(each.getValue(), "%" + each.getKey() + "%");
        for (var each : IN_TEXT.entrySet())
            text = each.getKey().matcher(text).replaceAll(each.getValue());
        return text;
    }

    /** Returns the fields in which two answers differ. */
    static List<Difference> compare(JsonElement theirs, JsonElement ours) {
        JsonElement theirError = error(theirs), ourError = error(ours);
        // All fields of a success and an error differ, which is one difference.
        if ((theirError == null) != (ourError == null))
            return List.of(new Difference("error", text(theirError), text(ourError)));
        List<Difference> found = new ArrayList<>();
        compare("", theirs, ours, found);
        return found;
    }

    private static void compare(String path, JsonElement theirs, JsonElement ours, List<Difference> found) {
        if (theirs instanceof JsonObject a && ours instanceof JsonObject b) {
            Set<String> names = new TreeSet<>(a.keySet());
            names.addAll(b.keySet());
            for (String name : names)
                // The path of a field of an answer begins in its payload.
                compare(name.equals("payload") ? path : path.isEmpty() ? name : path + "." + name, a.get(name), b.get(name), found);
        } else if (theirs instanceof JsonArray a && ours instanceof JsonArray b) {
            for (int i = 0; i < Math.max(a.size(), b.size()); i++)
                compare(path + "[]", i < a.size() ? a.get(i) : null, i < b.size() ? b.get(i) : null, found);
        } else if (!text(theirs).equals(text(ours))) {
            found.add(new Difference(path, text(theirs), text(ours)));
        }
    }

    private static JsonElement error(JsonElement answer) {
        return answer instanceof JsonObject message && message.get("payload") instanceof JsonObject payload ? payload.get("error") : null;
    }

    private static String text(JsonElement element) {
        return element == null ? ABSENT : element.toString();
    }
}
