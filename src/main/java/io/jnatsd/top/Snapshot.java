package io.jnatsd.top;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The data of a server and its clients at one moment. Servers of other versions may omit fields; a missing field is 0
 * or empty. Threads: immutable.
 */
record Snapshot(JsonObject varz, JsonObject connz, long nanos) {

    static String text(JsonObject from, String name) {
        JsonElement value = from.get(name);
        return value == null || !value.isJsonPrimitive() ? "" : clean(value.getAsString());
    }

    /**
     * Removes control characters. Names from clients and servers may contain any text, including escape sequences for
     * the terminal.
     */
    static String clean(String text) {
        return text.replaceAll("\\p{C}", "?");
    }

    static double number(JsonObject from, String name) {
        JsonElement value = from.get(name);
        return value != null && value.isJsonPrimitive() && value.getAsJsonPrimitive().isNumber() ? value.getAsDouble()
                : 0;
    }

    List<JsonObject> connections() {
        List<JsonObject> all = new ArrayList<>();
        if (connz.get("connections") != null && connz.get("connections").isJsonArray())
            connz.getAsJsonArray("connections").forEach(c -> all.add(c.getAsJsonObject()));
        return all;
    }

    /** Returns the rate of a counter for each connection; NaN for a new connection. */
    Map<String, Double> connectionRates(Snapshot before, String counter) {
        Map<String, Double> was = new HashMap<>(), rates = new HashMap<>();
        if (isSameRun(before))
            before.connections().forEach(c -> was.put(text(c, "cid"), number(c, counter)));
        for (JsonObject c : connections()) {
            Double then = was.get(text(c, "cid"));
            rates.put(text(c, "cid"), then == null ? Double.NaN : (number(c, counter) - then) / seconds(before));
        }
        return rates;
    }

    /** Returns the rate of a counter of the server; NaN for the first snapshot and after a restart of the server. */
    double rate(Snapshot before, String counter) {
        return isSameRun(before) ? (number(varz, counter) - number(before.varz, counter)) / seconds(before)
                : Double.NaN;
    }

    private boolean isSameRun(Snapshot before) {
        return before != null && nanos > before.nanos && text(varz, "server_id").equals(text(before.varz, "server_id"))
                && text(varz, "start").equals(text(before.varz, "start"));
    }

    /**
     * Returns the time between the snapshots by the server's clock, or by the local clock if the server does not send
     * its time.
     */
    private double seconds(Snapshot before) {
        Instant now = time(varz), then = time(before.varz);
        if (now != null && then != null && now.isAfter(then))
            return java.time.Duration.between(then, now).toNanos() / 1e9;
        return (nanos - before.nanos) / 1e9;
    }

    private static Instant time(JsonObject varz) {
        try {
            return OffsetDateTime.parse(text(varz, "now")).toInstant();
        } catch (DateTimeParseException e) {
            return null;
        }
    }
}
