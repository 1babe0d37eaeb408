package io.jnatsd.monitor;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;

/** What the monitor shows of JetStream. Threads: any thread; the methods may wait for a stream. */
public interface JetStreamSource {
    /** Returns memory, storage, what is reserved of both, streams, consumers, messages, bytes, and {@code api}. */
    JsonObject totals();

    /**
     * Returns the streams by name.
     *
     * @param consumers whether each has its consumers
     * @param config whether streams and consumers have their configurations
     */
    JsonArray streams(boolean consumers, boolean config);
}
