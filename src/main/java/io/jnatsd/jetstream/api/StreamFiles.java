package io.jnatsd.jetstream.api;

import io.jnatsd.jetstream.config.ConsumerConfig;
import io.jnatsd.jetstream.config.ErrorCode;
import io.jnatsd.jetstream.config.JetStreamException;
import io.jnatsd.jetstream.config.StreamConfig;
import io.jnatsd.jetstream.consumer.Consumers;
import io.jnatsd.jetstream.store.FileStore;
import io.jnatsd.jetstream.store.StoreFolder;
import io.jnatsd.jetstream.store.SyncThread;
import io.jnatsd.jetstream.stream.Environment;
import io.jnatsd.jetstream.stream.FileReports;
import io.jnatsd.jetstream.stream.Stream;
import io.jnatsd.log.Log;
import io.jnatsd.log.Threads;
import io.jnatsd.protocol.Arguments;
import io.jnatsd.text.Quoted;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;

/**
 * The files of streams: where they are, how they are created, and how the streams are found again at a start. File work
 * is done by platform threads. Threads: the actor of the API; the start before that; any thread reads {@link #failed}.
 */
final class StreamFiles {
    /** With {@code always}, how often files are forced that have no messages. */
    private static final long USUAL_INTERVAL = 1_000_000_000;
    private static final int SEGMENT = 8 * 1024 * 1024, LARGEST_SEGMENT = 64 * 1024 * 1024;

    /** What the file of a stream has; {@code uid} is a random number, the seed of its checksums. */
    private record Saved(Instant created, Long uid, StreamConfig config) {
    }

    /** A stream that was found, before it is started. */
    record Found(Stream stream, StreamConfig config) {
    }

    private final StoreFolder folder;
    private final SyncThread sync;
    private final boolean always;
    private final Threads threads;
    private final Log log;
    private final SecureRandom random = new SecureRandom();
    /** The streams that could not be opened, by the names of their folders, with the reasons. */
    private final Map<String, String> failed = new ConcurrentSkipListMap<>();

    /** @param interval nanoseconds after which files are forced to the disk; 0 for before each answer */
    StreamFiles(StoreFolder folder, long interval, Threads threads, Log log) {
        this.folder = folder;
        this.always = interval == 0;
        this.threads = threads;
        this.log = log;
        this.sync = new SyncThread(always ? USUAL_INTERVAL : interval,
                e -> log.error("Files of JetStream cannot be forced to the disk: " + e));
        // With always, it forces what is written beside messages.
        threads.startPlatform("jetstream-sync", sync);
    }

    /** Configurations as JSON. */
    static Environment.Configs configs() {
        return new Environment.Configs() {
            @Override
            public byte[] json(ConsumerConfig config) {
                return Json.bytes(Json.tree(config));
            }

            @Override
            public ConsumerConfig consumer(byte[] json) {
                try {
                    return Json.read(json, ConsumerConfig.class);
                } catch (JetStreamException e) {
                    return null;
                }
            }
        };
    }

    /** Returns what could not be opened, and why. */
    Map<String, String> failed() {
        return failed;
    }

    SyncThread sync() {
        return sync;
    }

    /** Runs file work on a platform thread. */
    private <T> T work(String what, Callable<T> task) throws JetStreamException {
        CompletableFuture<T> result = new CompletableFuture<>();
        boolean started = threads.startPlatform("jetstream-files", () -> {
            try {
                result.complete(task.call());
            } catch (Throwable e) {
                result.completeExceptionally(e);
            }
        });
        if (!started)
            throw new JetStreamException(ErrorCode.STORE_FAILED, what + ": no thread");
        try {
            return result.get();
        } catch (ExecutionException e) {
            log.error("JetStream: " + what + ": " + e.getCause());
            throw new JetStreamException(ErrorCode.STORE_FAILED, what + ": " + e.getCause().getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new JetStreamException(ErrorCode.STORE_FAILED, what + ": interrupted");
        }
    }

    private FileStore.Settings settings(StreamConfig config) {
        return new FileStore.Settings(SEGMENT, LARGEST_SEGMENT, always, new FileReports(log, config.name()));
    }

    /** Creates the files of a stream. */
    FileStore create(StreamConfig config, Instant created) throws JetStreamException {
        Path own = folder.stream(config.name());
        if (failed.containsKey(own.getFileName().toString()))
            throw new JetStreamException(ErrorCode.STORE_FAILED, "the files of a stream with this name cannot be read");
        FileStore store = work("the files of stream " + Quoted.of(Arguments.text(config.name())) + " cannot be created", () -> {
            // What is left of a stream that was not created or removed completely.
            StoreFolder.delete(own);
            Files.createDirectories(own);
            long uid = random.nextLong();
            FileStore opened = FileStore.open(own, uid, Stream.sizes(config), config.firstSeq() == null ? 1 : config.firstSeq(),
                    settings(config));
            // From now on it is found at a start.
            StoreFolder.writeConfig(own, Json.bytes(Json.tree(new Saved(created, uid, config))));
            return opened;
        });
        sync.add(store);
        return store;
    }

    /** Keeps a changed configuration. */
    void update(StreamConfig config) throws JetStreamException {
        Path own = folder.stream(config.name());
        work("the configuration of stream " + Quoted.of(Arguments.text(config.name())) + " cannot be written", () -> {
            Saved before = read(own);
            StoreFolder.writeConfig(own, Json.bytes(Json.tree(new Saved(before.created, before.uid, config))));
            return null;
        });
    }

    private static Saved read(Path own) throws IOException {
        byte[] json = StoreFolder.readConfig(own);
        try {
            return json == null ? null : Json.read(json, Saved.class);
        } catch (JetStreamException e) {
            throw new IOException("the configuration is not valid", e);
        }
    }

    /** Opens all streams. One that cannot be opened does not keep others from it; its files stay as they are. */
    List<Found> recover(Environment environment) throws IOException, InterruptedException {
        Semaphore running = new Semaphore(Runtime.getRuntime().availableProcessors());
        List<CompletableFuture<Found>> results = new ArrayList<>();
        for (Path each : folder.streams()) {
            CompletableFuture<Found> result = new CompletableFuture<>();
            results.add(result);
            running.acquire();
            boolean started = threads.startPlatform("jetstream-recovery", () -> {
                try {
                    result.complete(recover(each, environment));
                } catch (Throwable e) {
                    fail(each, e);
                    result.complete(null);
                } finally {
                    running.release();
                }
            });
            if (!started)
                throw new IOException("no thread for the files of " + each);
        }
        List<Found> found = new ArrayList<>();
        for (CompletableFuture<Found> each : results)
            if (each.join() instanceof Found stream)
                found.add(stream);
        return found;
    }

    private void fail(Path own, Throwable e) {
        failed.put(own.getFileName().toString(), String.valueOf(e.getMessage()));
        log.error("JetStream: the stream in " + own + " cannot be opened, and its files are not touched: " + e);
    }

    private Found recover(Path own, Environment environment) throws IOException, JetStreamException {
        Saved saved = read(own);
        if (saved == null)
            return null;
        StreamConfig config = saved.config;
        String name = "'$G > " + Arguments.text(config.name()) + "'";
        log.notice("  Starting restore for stream " + name);
        long start = System.nanoTime();
        FileStore store = FileStore.open(own, saved.uid, Stream.sizes(config), config.firstSeq() == null ? 1 : config.firstSeq(),
                settings(config));
        store.skipTo(Consumers.lastKnown(store.consumers().values()));
        Stream stream = Stream.create(environment, config, store, saved.created);
        log.notice("  Restored " + store.state().messages() + " messages for stream " + name + " in "
                + (System.nanoTime() - start) / 1_000_000 + "ms");
        if (!store.consumers().isEmpty())
            log.notice("  Recovering " + store.consumers().size() + " consumers for stream - " + name);
        for (String lost : stream.restore(Map.copyOf(store.consumers())))
            log.error("JetStream: consumer " + Quoted.of(Arguments.text(lost)) + " of stream " + name + " cannot be restored");
        sync.add(store);
        return new Found(stream, config);
    }

    void removed(FileStore store) {
        sync.remove(store);
    }

    void close() {
        sync.close();
        folder.close();
    }
}
