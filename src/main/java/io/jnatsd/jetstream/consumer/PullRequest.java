package io.jnatsd.jetstream.consumer;

import com.google.gson.Gson;
import com.google.gson.JsonParseException;
import io.jnatsd.delivery.Destination;
import java.nio.charset.StandardCharsets;

/** A request for messages that waits at a consumer. Threads: the actor of the stream. */
final class PullRequest {
    private static final Gson GSON = new Gson();
    static final int UNLIMITED = -1;

    /** The JSON of a request; what is missing is 0. */
    record Body(int batch, long expires, boolean no_wait, int max_bytes, long idle_heartbeat) {
        /** @throws JsonParseException if the text is neither JSON nor a number */
        static Body parse(byte[] payload, int start, int length) {
            String text = new String(payload, start, length, StandardCharsets.UTF_8).strip();
            if (text.isEmpty())
                return new Body(1, 0, false, 0, 0);
            if (text.startsWith("{"))
                return GSON.fromJson(text, Body.class);
            try {
                return new Body(Math.max(Integer.parseInt(text), 1), 0, false, 0, 0);
            } catch (NumberFormatException e) {
                throw new JsonParseException("invalid character '" + text.charAt(0) + "' looking for beginning of value", e);
            }
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
        bytesLeft = body.max_bytes > 0 ? body.max_bytes : UNLIMITED;
        noWait = body.no_wait;
        deadline = body.expires > 0 ? Host.after(now, body.expires) : Long.MAX_VALUE;
        heartbeat = body.idle_heartbeat;
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
