package io.jnatsd.system;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The JSON object that a request may contain: which servers are to respond, and what they are to show. Threads:
 * immutable.
 */
record RequestOptions(JsonObject fields) {
    private static final List<String> STATES = List.of("open", "closed", "all");
    /** Options that have other names than the parameters of the monitoring port. */
    private static final Map<String, String> JETSTREAM_NAMES = Map.of("account", "acc", "consumer", "consumers", "leader_only",
            "leader-only");

    static RequestOptions of(byte[] body) throws BadRequest {
        String text = new String(body, StandardCharsets.UTF_8).strip();
        if (text.isEmpty())
            return new RequestOptions(new JsonObject());
        try {
            if (JsonParser.parseString(text) instanceof JsonObject object)
                return new RequestOptions(object);
        } catch (JsonParseException e) {
            throw new BadRequest("invalid JSON: " + String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
        }
        throw new BadRequest("invalid JSON: expected an object");
    }

    /**
     * Returns whether the request addresses this server: each of its names must contain the one in the request. This
     * server has neither tags nor a domain.
     */
    boolean address(String name, String host, String cluster) {
        return name.contains(text("server_name")) && host.contains(text("host")) && cluster.contains(text("cluster"))
                && text("domain").isEmpty() && (!(fields.get("tags") instanceof JsonElement tags) || tags.isJsonNull()
                        || tags.isJsonArray() && tags.getAsJsonArray().isEmpty());
    }

    private String text(String name) {
        return fields.get(name) instanceof JsonPrimitive value ? value.getAsString() : "";
    }

    /**
     * Returns the same options under the names of the monitoring endpoints, a few of which are different.
     *
     * @param jsz whether the request is for JSZ, some of whose options mean others elsewhere
     */
    Map<String, String> asQuery(boolean jsz) {
        Map<String, String> query = new HashMap<>();
        fields.entrySet().forEach(field -> {
            if (field.getValue() instanceof JsonPrimitive value)
                query.put(jsz ? JETSTREAM_NAMES.getOrDefault(field.getKey(), field.getKey()) : field.getKey(), value.getAsString());
        });
        if (text("subscriptions").equals("true"))
            query.put("subs", "1");
        if (text("subscriptions_detail").equals("true"))
            query.put("subs", "detail");
        int state = text("state").matches("[0-2]") ? Integer.parseInt(text("state")) : -1;
        if (state >= 0)
            query.put("state", STATES.get(state));
        return query;
    }

    /** Returns the id of the client to act on. */
    long cid() throws BadRequest {
        String cid = text("cid");
        if (!cid.matches("[0-9]{1,18}"))
            throw new BadRequest("invalid cid: " + (cid.isEmpty() ? "none given" : cid));
        return Long.parseLong(cid);
    }
}
