package io.jnatsd.jetstream.stream;

import io.jnatsd.jetstream.config.StreamConfig;
import io.jnatsd.jetstream.store.MessageStore;

/**
 * What a stream takes of the memory and the disk that all streams share. Threads: the actor of the stream, or who creates
 * the stream before that.
 */
final class StreamUsage {
    /** The memory of an empty stream: the arrays of its inbox and output, its thread and its tables. */
    private static final int STREAM_BYTES = 20 * 1024;

    private final Environment environment;
    /** Memory of messages, and of the index of those in files. */
    private long memory;
    private long disk;
    /** The memory of the stream beside its messages and its consumers. */
    private long objects;

    StreamUsage(Environment environment) {
        this.environment = environment;
    }

    void configured(StreamConfig config) {
        long before = objects;
        objects = STREAM_BYTES + config.memory();
        environment.objects().add(objects - before);
    }

    /** @param beside memory of the stream beside its store */
    void changed(MessageStore store, long beside) {
        long nowMemory = store.memory() + beside, nowDisk = store.diskBytes();
        environment.memory().changed(nowMemory - memory);
        environment.files().changed(nowDisk - disk);
        memory = nowMemory;
        disk = nowDisk;
    }

    /** Returns whether there is room for a message of this size. */
    boolean hasRoom(boolean inFiles, long size, long indexSize) {
        return inFiles ? environment.files().hasRoom(size) && environment.memory().hasRoom(indexSize)
                : environment.memory().hasRoom(size);
    }

    /** The stream has ended. */
    void end() {
        environment.memory().changed(-memory);
        environment.files().changed(-disk);
        environment.objects().give(objects);
    }
}
