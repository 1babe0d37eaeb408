package io.jnatsd.jetstream.model;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.jnatsd.jetstream.stream.Times;
import java.util.List;

/** The configuration of a consumer of a script. Times are milliseconds; 0 and an empty text stand for nothing. */
record ConsumerSetup(String name, boolean durable, String start, long startAt, String acks, long ackWait,
        int maxDeliver,
        List<Long> backoff, List<String> filters, int maxPending, int maxWaiting, boolean headersOnly, boolean push,
        long heartbeat, long threshold) {
    JsonObject json() {
        JsonObject json = new JsonObject();
        json.addProperty(durable ? "durable_name" : "name", name);
        json.addProperty("deliver_policy", start);
        if (start.equals("by_start_sequence"))
            json.addProperty("opt_start_seq", startAt);
        if (start.equals("by_start_time"))
            json.addProperty("opt_start_time", Times.text(startAt));
        json.addProperty("ack_policy", acks);
        json.addProperty("max_deliver", maxDeliver);
        json.addProperty("ack_wait", ackWait * Steps.MILLI);
        if (!backoff.isEmpty()) {
            JsonArray times = new JsonArray();
            backoff.forEach(time -> times.add(time * Steps.MILLI));
            json.add("backoff", times);
        }
        if (filters.size() == 1)
            json.addProperty("filter_subject", filters.getFirst());
        else if (!filters.isEmpty())
            json.add("filter_subjects", Steps.array(filters.toArray(String[]::new)));
        if (!acks.equals("none"))
            json.addProperty("max_ack_pending", maxPending);
        json.addProperty("headers_only", headersOnly);
        json.addProperty("inactive_threshold", threshold * Steps.MILLI);
        if (push) {
            json.addProperty("deliver_subject", "deliver." + name);
            json.addProperty("idle_heartbeat", heartbeat * Steps.MILLI);
        } else {
            json.addProperty("max_waiting", maxWaiting);
        }
        return json;
    }

    /** Returns how long after a delivery a message is delivered again, in nanoseconds. */
    long wait(int deliveries) {
        return (backoff.isEmpty() ? ackWait : backoff.get(Math.min(deliveries, backoff.size()) - 1)) * Steps.MILLI;
    }

    int mostPending() {
        return acks.equals("none") || maxPending < 0 ? Integer.MAX_VALUE : maxPending;
    }

    int mostDeliveries() {
        return maxDeliver <= 0 ? Integer.MAX_VALUE : maxDeliver;
    }
}
