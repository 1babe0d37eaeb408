package io.jnatsd.monitor;

import com.google.gson.JsonObject;
import java.util.List;
import java.util.Map;

/** What the monitor shows of JetStream. Threads: any thread. */
public interface JetStreamSource {
    /**
     * Returns memory, storage, what is reserved of both, streams, consumers, messages, bytes, and {@code api}. Does not
     * wait for streams.
     */
    JsonObject totals();

    /**
     * Returns the names of the streams in order. Does not wait for streams.
     *
     * @param filter a text that the name or a subject must contain, in lower case; empty for all
     */
    List<String> streams(String filter, StreamSort sort);

    /**
     * Returns one stream. Waits until it answers.
     *
     * @return null if there is no such stream, or the thread was interrupted
     */
    JsonObject stream(String name, Detail detail);

    /**
     * Returns whether there is a stream, and a consumer of it. Waits until the stream answers.
     *
     * @param consumer empty for none
     */
    boolean has(String stream, String consumer);

    /** Returns the words for what a consumer does or waits for. */
    List<String> deliveryStates();

    /**
     * What is shown of a stream beside its state.
     *
     * @param config whether stream and consumers have their configurations
     * @param consumers whether there are consumers
     * @param offset the first consumer, in the order of their names
     * @param limit the most consumers
     */
    record Detail(boolean config, boolean consumers, int offset, int limit) {
    }

    /** The order of streams. */
    enum StreamSort {
        NAME, MESSAGES, BYTES, CONSUMERS, LAST_SEQ
    }

    /**
     * The files of streams.
     *
     * @param most bytes that they may have
     * @param failed the streams that could not be opened, by the names of their folders, with the reasons
     * @param lost messages that were damaged
     * @param forced how often the files of a stream were forced to the disk
     * @param forcedSeconds how long that took
     */
    record Files(long most, Map<String, String> failed, long segments, long lost, long forced, double forcedSeconds) {
    }

    /** Returns what is known of files; null if all streams are in memory. */
    Files files();
}
