package io.jnatsd.jetstream.consumer;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonPrimitive;
import com.google.gson.Strictness;
import io.jnatsd.delivery.Destination;
import java.nio.charset.StandardCharsets;

/** A request for messages that waits at a consumer. Threads: the actor of the stream. */
final class PullRequest {
    private static final Gson STRICT = new GsonBuilder().setStrictness(Strictness.STRICT).create();
    static final int UNLIMITED = -1;

    /** The JSON of a request; what is missing is 0. */
    record Body(int batch, long expires, boolean noWait, int maxBytes, long idleHeartbeat) {
        /** @throws JsonParseException if the text begins like JSON and is no valid request */
        static Body parse(byte[] payload, int start, int length) {
            String text = new String(payload, start, length, StandardCharsets.UTF_8).strip();
            if (!text.startsWith("{") && !text.startsWith("["))
                return new Body(text.matches("\\d{1,9}") ? Integer.parseInt(text) : 1, 0, false, 0, 0);
            if (!(STRICT.fromJson(text, JsonElement.class) instanceof JsonObject json))
                throw new JsonParseException("expected an object");
            return new Body((int) Math.min(integer(json, "batch"), Integer.MAX_VALUE), integer(json, "expires"),
                    isTrue(json, "no_wait"), (int) Math.min(integer(json, "max_bytes"), Integer.MAX_VALUE),
                    integer(json, "idle_heartbeat"));
        }

        private static long integer(JsonObject json, String name) {
            JsonElement value = json.get(name);
            if (value == null || value.isJsonNull())
                return 0;
            try {
                if (value instanceof JsonPrimitive primitive && primitive.isNumber())
                    return Long.parseLong(primitive.getAsString());
            } catch (NumberFormatException e) {
                // A fraction or a number out of range, which is no integer either.
            }
            throw new JsonParseException(name + " must be an integer");
        }

        private static boolean isTrue(JsonObject json, String name) {
            JsonElement value = json.get(name);
            if (value == null || value.isJsonNull())
                return false;
            if (value instanceof JsonPrimitive primitive && primitive.isBoolean())
                return primitive.getAsBoolean();
            throw new JsonParseException(name + " must be true or false");
        }
    }

    final Destination reply;
    /** Messages still wanted. */
    int missing;
    /** Bytes still wanted, {@link #UNLIMITED} for any number. */
    int bytesLeft;
    /** Ends when there is nothing more to be had. */
    final boolean noWait;
    /** When it ends, {@link Long#MAX_VALUE} for never. */
    final long deadline;
    final long heartbeat;
    /** When the next heartbeat is due, {@link Long#MAX_VALUE} for never. */
    long nextHeartbeat = Long.MAX_VALUE;
    /** At least one message was delivered to it. */
    boolean served;

    PullRequest(String reply, Body body, long now) {
        this.reply = new Destination(reply);
        missing = Math.max(body.batch, 1);
        bytesLeft = body.maxBytes > 0 ? body.maxBytes : UNLIMITED;
        noWait = body.noWait;
        deadline = body.expires > 0 ? Host.after(now, body.expires) : Long.MAX_VALUE;
        heartbeat = body.idleHeartbeat;
        active(now);
    }

    /** A message or a heartbeat was sent. */
    void active(long now) {
        if (heartbeat > 0)
            nextHeartbeat = Host.after(now, heartbeat);
    }

    /** Returns when it ends or a heartbeat is due, {@link Long#MAX_VALUE} for never. */
    long due() {
        return Math.min(deadline, nextHeartbeat);
    }

    /** The headers that say how much it did not get. */
    String pendingHeaders() {
        return "Nats-Pending-Messages: " + missing + "\r\nNats-Pending-Bytes: " + Math.max(bytesLeft, 0) + "\r\n";
    }
}
