package io.jnatsd.jetstream.api;

import io.jnatsd.jetstream.config.ErrorCode;
import io.jnatsd.jetstream.config.JetStreamException;
import io.jnatsd.jetstream.config.ServerLimits;
import io.jnatsd.jetstream.config.StreamConfig;
import io.jnatsd.jetstream.config.SubjectSet;
import io.jnatsd.jetstream.store.FileStore;
import io.jnatsd.jetstream.store.MemoryStore;
import io.jnatsd.jetstream.store.MessageStore;
import io.jnatsd.jetstream.stream.Environment;
import io.jnatsd.jetstream.stream.MemoryLimit;
import io.jnatsd.jetstream.stream.Stream;
import io.jnatsd.protocol.Arguments;
import io.jnatsd.text.Quoted;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Predicate;

/**
 * The streams of a server by name. Threads: the actor of the API changes it; any thread reads.
 */
final class Streams {
    /** A stream with the configuration that was applied last. */
    private record Entry(Stream stream, StreamConfig config) {
    }

    /** How long the end of the server waits for the files of streams. */
    private static final long PATIENCE = 10_000_000_000L;

    private final Environment environment;
    private final StreamFiles files;
    private final String server;
    private final Map<String, Entry> streams = new ConcurrentSkipListMap<>();
    /** The subjects of all streams. Used by the actor of the API. */
    private final SubjectSet captured = new SubjectSet();
    /** Written by a reload. */
    private volatile ServerLimits limits;

    /** @param files null if all streams are in memory */
    Streams(Environment environment, StreamFiles files, String server, ServerLimits limits) {
        this.environment = environment;
        this.files = files;
        this.server = server;
        this.limits = limits;
    }

    /** Returns what streams and consumers may ask for. Any thread. */
    ServerLimits limits() {
        return limits;
    }

    /** Changes what new streams and consumers may ask for. Any thread. */
    void limits(ServerLimits changed) {
        limits = changed;
    }

    /** Returns the name of the server, which answers show. */
    String server() {
        return server;
    }

    List<Stream> all() {
        return streams.values().stream().map(Entry::stream).toList();
    }

    /** Returns the streams whose configurations a condition selects. */
    List<Stream> matching(Predicate<StreamConfig> condition) {
        return streams.values().stream().filter(entry -> condition.test(entry.config)).map(Entry::stream).toList();
    }

    /** Returns the bytes that the streams of a type reserve. */
    long reserved(StreamConfig.Storage storage) {
        return streams.values().stream().filter(entry -> entry.config.storage() == storage)
                .mapToLong(entry -> Math.max(entry.config.maxBytes(), 0)).sum();
    }

    /** Returns a stream, null if there is none with this name. */
    Stream find(String name) {
        Entry entry = streams.get(name);
        return entry == null ? null : entry.stream;
    }

    Stream get(String name) throws JetStreamException {
        Stream found = find(name);
        if (found == null)
            throw new JetStreamException(ErrorCode.STREAM_NOT_FOUND);
        return found;
    }

    /** Returns whether there is a stream with this name, and it answers direct gets. Any thread. */
    boolean allowsDirect(String name) {
        Entry entry = streams.get(name);
        return entry != null && entry.config.allowDirect();
    }

    StreamConfig config(Stream stream) {
        return streams.get(stream.name()).config;
    }

    /** Returns the stream with this configuration; one that exists must have the same. */
    Stream create(StreamConfig config) throws JetStreamException {
        Entry existing = streams.get(config.name());
        if (existing != null) {
            if (existing.config.equals(config))
                return existing.stream;
            throw new JetStreamException(ErrorCode.STREAM_NAME_IN_USE);
        }
        checkSubjects(config);
        if (!environment.objects().admits(config.memory()))
            throw new JetStreamException(ErrorCode.INSUFFICIENT_MEMORY);
        reserve(config, config.maxBytes());
        Instant now = Instant.now();
        Stream created;
        try {
            created = Stream.create(environment, config, store(config, now), now);
        } catch (JetStreamException | RuntimeException e) {
            release(config, config.maxBytes());
            throw e;
        }
        start(created, config);
        return created;
    }

    private MessageStore store(StreamConfig config, Instant created) throws JetStreamException {
        if (isInFiles(config))
            return files.create(config, created);
        if (config.storage() == StreamConfig.Storage.FILE)
            environment.log().warn("Stream " + Quoted.of(Arguments.text(config.name()))
                    + " asks for files; its messages are kept in memory, since there is no store_dir");
        return new MemoryStore(Stream.sizes(config), config.firstSeq() == null ? 1 : config.firstSeq());
    }

    private boolean isInFiles(StreamConfig config) {
        return files != null && config.storage() == StreamConfig.Storage.FILE;
    }

    /** Starts the streams that are in files. Called before the actor of the API runs. */
    void recover() throws IOException, InterruptedException {
        for (StreamFiles.Found each : files.recover(environment)) {
            if (each.config().maxBytes() > 0 && !environment.files().reserve(each.config().maxBytes()))
                environment.log().warn("Stream " + Quoted.of(Arguments.text(each.config().name()))
                        + " reserves more than max_file_store has left");
            start(each.stream(), each.config());
        }
    }

    private void start(Stream created, StreamConfig config) {
        // Before it subscribes: a request is answered by the API exactly if the stream does not get it.
        streams.put(config.name(), new Entry(created, config));
        created.start();
        config.captured().forEach(captured::add);
    }

    private void reserve(StreamConfig config, long bytes) throws JetStreamException {
        if (bytes > 0 && !limit(config).reserve(bytes))
            throw new JetStreamException(config.storage() == StreamConfig.Storage.FILE ? ErrorCode.INSUFFICIENT_STORAGE
                    : ErrorCode.INSUFFICIENT_MEMORY);
    }

    private void release(StreamConfig config, long bytes) {
        if (bytes > 0)
            limit(config).release(bytes);
    }

    private MemoryLimit limit(StreamConfig config) {
        return isInFiles(config) ? environment.files() : environment.memory();
    }

    /** @throws JetStreamException if another stream captures one of the subjects, or only one user may use them */
    void checkSubjects(StreamConfig config) throws JetStreamException {
        if (environment.traffic().hasSystemUser() && config.captured().stream().anyMatch(subject -> subject.startsWith("$SYS.")))
            throw new JetStreamException(ErrorCode.STREAM_INVALID_CONFIG, "subjects under $SYS are for the system user");
        Entry present = streams.get(config.name());
        List<String> own = present == null ? List.of() : present.config.captured();
        own.forEach(captured::remove);
        boolean overlaps = config.captured().stream().anyMatch(captured::overlaps);
        own.forEach(captured::add);
        if (overlaps)
            throw new JetStreamException(ErrorCode.SUBJECTS_OVERLAP);
    }

    void update(Stream stream, StreamConfig before, StreamConfig after) throws JetStreamException, InterruptedException {
        long more = Math.max(after.maxBytes(), 0) - Math.max(before.maxBytes(), 0);
        reserve(after, more);
        try {
            if (isInFiles(after))
                files.update(after);
            stream.call(s -> {
                s.update(after);
                return null;
            });
        } catch (JetStreamException e) {
            release(after, more);
            throw e;
        }
        release(after, -more);
        streams.put(stream.name(), new Entry(stream, after));
        before.captured().forEach(captured::remove);
        after.captured().forEach(captured::add);
    }

    void delete(Stream stream) throws JetStreamException, InterruptedException {
        try {
            stream.call(s -> {
                s.delete();
                return null;
            });
        } finally {
            // After it has unsubscribed, for the reason given in create.
            forget(stream);
        }
    }

    private void forget(Stream stream) {
        Entry removed = streams.remove(stream.name());
        if (removed == null)
            return;
        removed.config.captured().forEach(captured::remove);
        release(removed.config, removed.config.maxBytes());
        if (stream.store() instanceof FileStore store)
            files.removed(store);
    }

    /** Returns the files of streams, null if all are in memory. Any thread. */
    StreamFiles files() {
        return files;
    }

    /** Ends all streams; whoever waits for messages is told. Files are complete afterwards. */
    void close() {
        List<Entry> ended = List.copyOf(streams.values());
        ended.forEach(each -> each.stream.close("409 Server Shutdown"));
        streams.clear();
        if (files == null)
            return;
        try {
            long end = System.nanoTime() + PATIENCE;
            for (Entry each : ended)
                if (isInFiles(each.config) && !each.stream.awaitEnd(end - System.nanoTime()))
                    environment.log().warn("Stream " + Quoted.of(Arguments.text(each.config.name()))
                            + " could not be closed in time; its next start takes longer");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            files.close();
        }
    }
}
