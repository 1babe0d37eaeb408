package io.jnatsd.jetstream.api;

import io.jnatsd.jetstream.config.ErrorCode;
import io.jnatsd.jetstream.config.JetStreamException;
import io.jnatsd.jetstream.config.ServerLimits;
import io.jnatsd.jetstream.config.StreamConfig;
import io.jnatsd.jetstream.config.SubjectSet;
import io.jnatsd.jetstream.stream.Environment;
import io.jnatsd.jetstream.stream.Stream;
import io.jnatsd.protocol.Arguments;
import io.jnatsd.text.Quoted;
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

    private final Environment environment;
    private final String server;
    private final Map<String, Entry> streams = new ConcurrentSkipListMap<>();
    /** The subjects of all streams. Used by the actor of the API. */
    private final SubjectSet captured = new SubjectSet();
    /** Written by a reload. */
    private volatile ServerLimits limits;

    Streams(Environment environment, String server, ServerLimits limits) {
        this.environment = environment;
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
        if (config.storage() == StreamConfig.Storage.FILE)
            environment.log().warn("Stream " + Quoted.of(Arguments.text(config.name())) + " asks for files; its messages are kept in memory");
        Stream created = Stream.create(environment, config);
        // Before it subscribes: a request is answered by the API exactly if the stream does not get it.
        streams.put(config.name(), new Entry(created, config));
        created.start();
        config.captured().forEach(captured::add);
        return created;
    }

    private void reserve(StreamConfig config, long bytes) throws JetStreamException {
        if (bytes > 0 && !environment.memory().reserve(bytes))
            throw new JetStreamException(config.storage() == StreamConfig.Storage.FILE ? ErrorCode.INSUFFICIENT_STORAGE
                    : ErrorCode.INSUFFICIENT_MEMORY);
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
        stream.call(s -> {
            s.update(after);
            return null;
        });
        if (more < 0)
            environment.memory().release(-more);
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
        if (removed.config.maxBytes() > 0)
            environment.memory().release(removed.config.maxBytes());
    }

    /** Ends all streams; whoever waits for messages is told. */
    void close() {
        for (Entry each : streams.values())
            each.stream.close("409 Server Shutdown");
        streams.clear();
    }
}
