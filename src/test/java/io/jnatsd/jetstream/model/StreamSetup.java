package io.jnatsd.jetstream.model;

import com.google.gson.JsonObject;

/** The configuration of the stream of a script. Times are milliseconds; 0 stands for no limit. */
record StreamSetup(boolean memory, String retention, boolean discardNew, boolean newPerSubject, int maxMsgs,
        int maxBytes,
        int maxPerSubject, int maxMsgSize, long maxAge, long window, boolean rollup, boolean denyDelete,
                boolean denyPurge,
        boolean sealed, long firstSeq, boolean direct, int maxConsumers) {
    static final long DEFAULT_WINDOW = 120_000;

    JsonObject json() {
        JsonObject json = new JsonObject();
        json.addProperty("name", "S");
        json.add("subjects", Steps.array("s.>"));
        json.addProperty("storage", memory ? "memory" : "file");
        json.addProperty("retention", retention);
        json.addProperty("discard", discardNew ? "new" : "old");
        json.addProperty("discard_new_per_subject", newPerSubject);
        json.addProperty("max_msgs", maxMsgs);
        json.addProperty("max_bytes", maxBytes);
        json.addProperty("max_msgs_per_subject", maxPerSubject);
        json.addProperty("max_msg_size", maxMsgSize);
        json.addProperty("max_age", maxAge * Steps.MILLI);
        json.addProperty("duplicate_window", window * Steps.MILLI);
        json.addProperty("allow_rollup_hdrs", rollup);
        json.addProperty("deny_delete", denyDelete);
        json.addProperty("deny_purge", denyPurge);
        json.addProperty("sealed", sealed);
        json.addProperty("first_seq", firstSeq);
        json.addProperty("allow_direct", direct);
        json.addProperty("max_consumers", maxConsumers);
        return json;
    }

    /** Returns what a sealed stream is made of it. */
    StreamSetup normal() {
        long usual = maxAge > 0 ? Math.min(DEFAULT_WINDOW, maxAge) : DEFAULT_WINDOW;
        return new StreamSetup(memory, retention, discardNew || sealed, newPerSubject, maxMsgs, maxBytes, maxPerSubject,
                maxMsgSize, sealed ? 0 : maxAge, window == 0 ? usual : window, rollup && !sealed, denyDelete || sealed,
                denyPurge || sealed, sealed, firstSeq, direct, maxConsumers);
    }
}
