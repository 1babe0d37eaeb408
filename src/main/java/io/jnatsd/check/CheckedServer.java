package io.jnatsd.check;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.jnatsd.text.Quoted;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.TreeMap;

/**
 * What one server says of itself and of the others.
 *
 * @param name its name, in quotes; its id, if it has no name
 * @param cluster the name of its cluster, in quotes; empty for none
 * @param skew how far its clock is ahead of the one of this machine
 * @param roundTrip the time in which the clock was read
 * @param unwell why it is not healthy; empty if it is
 * @param sees the addresses of the servers to which it has a route, by their ids
 */
record CheckedServer(String id, String name, String version, String cluster, int clients, Duration skew,
        Duration roundTrip, String unwell, Map<String, String> sees) {

    /** Asks a server. Its clock is asked for last, since the first request takes longest. */
    static CheckedServer ask(MonitoringPages pages) throws IOException {
        try {
            JsonObject health = pages.get("/healthz"), routes = pages.get("/routez");
            Instant before = Instant.now();
            JsonObject varz = pages.get("/varz");
            Duration roundTrip = Duration.between(before, Instant.now());
            String id = text(varz, "server_id"), name = text(varz, "server_name");
            if (id.isEmpty())
                throw new CheckFailure("is not the monitoring port of a NATS server");
            String cluster = varz.get("cluster") instanceof JsonObject block ? text(block, "name") : "";
            Instant now = OffsetDateTime.parse(text(varz, "now")).toInstant();
            String status = text(health, "status");
            return new CheckedServer(id, Quoted.of(name.isEmpty() ? id : name), text(varz, "version"),
                    cluster.isEmpty() ? "" : Quoted.of(cluster), varz.get("connections").getAsInt(),
                    Duration.between(before.plus(roundTrip.dividedBy(2)), now), roundTrip,
                    status.isEmpty() || status.equals("ok") ? "" : text(health, "error"), sees(routes));
        } catch (DateTimeParseException | ClassCastException | IllegalStateException | NullPointerException
                | NumberFormatException e) {
            throw new CheckFailure("is not the monitoring port of a NATS server", e);
        }
    }

    private static Map<String, String> sees(JsonObject routez) {
        Map<String, String> sees = new TreeMap<>();
        if (routez.has("routes") && routez.get("routes").isJsonArray())
            for (JsonElement element : routez.getAsJsonArray("routes")) {
                JsonObject route = element.getAsJsonObject();
                sees.put(text(route, "remote_id"), text(route, "ip") + ":" + text(route, "port"));
            }
        return sees;
    }

    /** Returns the value of a string or a number; empty if it is missing. */
    private static String text(JsonObject in, String key) {
        JsonElement value = in.get(key);
        return value == null || !value.isJsonPrimitive() ? "" : value.getAsString();
    }
}
