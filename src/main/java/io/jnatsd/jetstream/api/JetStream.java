package io.jnatsd.jetstream.api;

import com.google.gson.JsonObject;
import io.jnatsd.delivery.Destination;
import io.jnatsd.delivery.Traffic;
import io.jnatsd.jetstream.config.ErrorCode;
import io.jnatsd.jetstream.config.JetStreamException;
import io.jnatsd.jetstream.config.ServerLimits;
import io.jnatsd.jetstream.consumer.DeliverSubjects;
import io.jnatsd.jetstream.store.StoreFolder;
import io.jnatsd.jetstream.stream.ApiLevel;
import io.jnatsd.jetstream.stream.Environment;
import io.jnatsd.jetstream.stream.Inbox;
import io.jnatsd.jetstream.stream.MemoryLimit;
import io.jnatsd.jetstream.stream.MemoryPool;
import io.jnatsd.jetstream.stream.Output;
import io.jnatsd.jetstream.stream.Stream;
import io.jnatsd.jetstream.stream.StreamClock;
import io.jnatsd.log.Log;
import io.jnatsd.log.Threads;
import io.jnatsd.monitor.JetStreamSource;
import io.jnatsd.protocol.Arguments;
import io.jnatsd.protocol.Message;
import io.jnatsd.protocol.Subject;
import io.jnatsd.subject.SubjectSpace;
import io.jnatsd.subject.Subscription;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.LongSupplier;

/**
 * JetStream of one server: answers the requests under {@code $JS.API} one after the other, and owns the streams.
 *
 * <p>Threads: a virtual thread, the actor of the API, answers; all public methods any thread.
 */
public final class JetStream implements Runnable {
    private static final String PREFIX = "$JS.API.", TYPE = "io.nats.jetstream.api.v1.";

    /** Memory for what waits for actors: enough for a few large messages. */
    private static final long INBOXES = Math.max(Runtime.getRuntime().maxMemory() / 16, 8 * 1024 * 1024);
    /** In a heap that is larger than twice this, streams and consumers may take what the messages leave of one half. */
    private static final long KEPT = 256 * 1024 * 1024;

    private static final byte[] PULL = bytes("CONSUMER.MSG.NEXT."), DIRECT_GET = bytes("DIRECT.GET.");

    private final Environment environment;
    private final Streams streams;
    private final Endpoints endpoints;
    private final Advisories advisories;
    /** Null without a domain. */
    private final DomainSubjects domain;
    private final Inbox inbox;
    private final Output output;
    private final JetStreamMonitor monitor;
    private final ApiReports reports;
    /** Requests that were refused and are not reported yet. Used by the actor. */
    private long dropped;

    /**
     * What JetStream needs of the server.
     *
     * @param domain the name in the subjects {@code $JS.<domain>.API.>}, empty for none
     * @param maxRequests the number of requests that may wait
     */
    public record Server(String name, String domain, int maxRequests, SubjectSpace subjects, Traffic traffic, Threads threads, Log log,
            LongSupplier ids, ScheduledExecutorService timer, StreamClock clock) {
        /** With the time of the operating system. */
        public Server(String name, String domain, int maxRequests, SubjectSpace subjects, Traffic traffic, Threads threads, Log log,
                LongSupplier ids, ScheduledExecutorService timer) {
            this(name, domain, maxRequests, subjects, traffic, threads, log, ids, timer, StreamClock.SYSTEM);
        }
    }

    /**
     * What streams may take.
     *
     * @param memory the bytes that all may take together
     * @param folder the folder of those in files; null if all are in memory
     * @param files the bytes that files may take
     * @param syncInterval nanoseconds after which files are forced to the disk; 0 for before each answer
     */
    public record Storage(long memory, Path folder, long files, long syncInterval) {
        /** With all streams in memory. */
        public static Storage inMemory(long memory) {
            return new Storage(memory, null, 0, 0);
        }
    }

    /**
     * Returns the memory for streams and consumers themselves.
     *
     * @param memory what their messages may take
     */
    private static long objects(long memory) {
        long heap = Runtime.getRuntime().maxMemory();
        return heap / 24 + Math.max(heap / 2 - KEPT - memory, 0);
    }

    private static byte[] bytes(String subject) {
        return (PREFIX + subject).getBytes(StandardCharsets.ISO_8859_1);
    }

    private JetStream(Server server, Storage storage, StreamFiles files, ServerLimits limits) {
        advisories = new Advisories(server.domain, this::expired);
        environment = new Environment(server.domain, server.subjects, server.traffic, server.threads, server.log, server.ids,
                server.timer, server.clock, new MemoryLimit(storage.memory), new MemoryLimit(storage.files),
                new MemoryPool(INBOXES), new MemoryPool(objects(storage.memory)), new DeliverSubjects<>(), advisories, StreamFiles.configs());
        streams = new Streams(environment, files, Arguments.chars(server.name), limits);
        endpoints = new Endpoints(new StreamRequests(streams), new ConsumerRequests(streams), advisories, r -> accountInfo());
        monitor = new JetStreamMonitor(streams, environment);
        reports = new ApiReports(environment);
        inbox = new Inbox(server.ids.getAsLong(), "$JS.API", server.subjects.announcedTable(), environment.inboxes(),
                server.maxRequests, new Owner());
        output = new Output(server.traffic, inbox);
        domain = server.domain.isEmpty() ? null : new DomainSubjects(environment);
    }

    /**
     * Starts JetStream with the streams that are in files. Requests are answered from the time this returns.
     *
     * @throws IOException if the folder cannot be used
     */
    public static JetStream start(Server server, Storage storage, ServerLimits limits) throws IOException {
        StreamFiles files = storage.folder == null ? null
                : new StreamFiles(StoreFolder.open(storage.folder), storage.syncInterval, server.threads, server.log);
        JetStream started = new JetStream(server, storage, files, limits);
        server.subjects.watch(started::interestChanged);
        if (files != null)
            started.recover(files);
        started.inbox.subscribe(Inbox.Kind.API, PREFIX + ">");
        if (!server.threads.start("jetstream-api", started))
            started.inbox.close();
        if (started.domain != null)
            started.domain.start();
        return started;
    }

    private void recover(StreamFiles files) throws IOException {
        try {
            streams.recover();
        } catch (IOException e) {
            files.close();
            throw e;
        } catch (InterruptedException e) {
            files.close();
            Thread.currentThread().interrupt();
            throw new IOException("the start was interrupted", e);
        }
    }

    /** Applies changed limits; what exists already is kept. */
    public void apply(Storage storage, ServerLimits limits) {
        environment.memory().most(storage.memory);
        environment.files().most(storage.files);
        environment.objects().most(objects(storage.memory));
        streams.limits(limits);
    }

    /** Ends all streams. */
    public void close() {
        environment.subjects().watch(null);
        if (domain != null)
            domain.close();
        streams.close();
        inbox.close();
    }

    private void expired(String stream, String consumer) {
        inbox.post(() -> publish(advisories.consumer(stream, consumer, "delete")));
    }

    /** A subscription has come or gone: push consumers begin or stop. Called under locks, so that it only posts. */
    private void interestChanged(Subscription sub) {
        for (Stream stream : environment.deliverSubjects().of(sub.subject()))
            stream.interestChanged(sub.subject());
    }

    @Override
    public void run() {
        Queue<Runnable> tasks = new ArrayDeque<>();
        try {
            for (Inbox.Contents contents; (contents = inbox.take(tasks)) != null;) {
                for (Runnable task; (task = tasks.poll()) != null;)
                    environment.threads().run(inbox, "task of JetStream", task::run);
                reportDropped();
                while (contents.next()) {
                    Inbox.Contents m = contents;
                    environment.threads().run(inbox, "request to JetStream", () -> answer(m));
                    output.flush();
                }
                output.flush();
            }
        } catch (InterruptedException e) {
            environment.log().debug("JetStream was interrupted");
        } finally {
            inbox.close();
        }
    }

    private final class Owner implements Inbox.Owner {
        @Override
        public void refuse(Inbox.Kind kind, String reply) {
            dropped++;
            monitor.countError();
            JsonObject answer = new JsonObject();
            answer.addProperty("type", TYPE + "system_response");
            answer.add("error", error(new JetStreamException(ErrorCode.TOO_MANY_REQUESTS)));
            output.publish(reply, Json.bytes(answer));
        }

        @Override
        public void lost(long messages) {
            dropped += messages;
        }

        /** Pulls and direct gets that a stream answers are not for the API. */
        @Override
        public boolean takes(Message m) {
            byte[] in = m.buffer();
            int start = m.subjectStart(), length = m.subjectLength();
            if (!Subject.startsWith(in, start, length, PULL) && !Subject.startsWith(in, start, length, DIRECT_GET))
                return true;
            String subject = new String(in, start, length, StandardCharsets.ISO_8859_1);
            return !isAnsweredByStream(subject.substring(PREFIX.length()).split("\\.", -1));
        }
    }

    /** Reports requests that were refused. */
    private void reportDropped() {
        if (dropped > 0)
            reports.dropped(dropped);
        if (dropped > 0 && output.hasInterest(Advisories.limitSubject()))
            output.publish(Advisories.limitSubject(), advisories.limitReached(streams.server(), dropped));
        dropped = 0;
    }

    private void answer(Inbox.Contents m) throws InterruptedException {
        String subject = m.subject();
        byte[] body = Arrays.copyOfRange(m.bytes(), m.payloadStart(), m.payloadStart() + m.payloadLength());
        String[] tokens = subject.substring(PREFIX.length()).split("\\.", -1);
        if (subject.startsWith(PREFIX + "CONSUMER.MSG.") || subject.startsWith(PREFIX + "DIRECT.GET.")) {
            // What a stream answers has not been taken.
            if (m.hasReply())
                output.status(new Destination(m.reply()), "503", "", "");
            return;
        }
        monitor.countRequest();
        Request request = new Request(tokens, body);
        byte[] json = Json.bytes(answer(subject, request, ApiLevel.isTooHigh(m)));
        if (m.hasReply())
            output.publish(m.reply(), json);
        if (request.advisory() != null)
            publish(request.advisory());
        if (output.hasInterest(Advisories.auditSubject()))
            output.publish(Advisories.auditSubject(), advisories.audit(streams.server(), subject,
                    new String(body, StandardCharsets.ISO_8859_1), new String(json, StandardCharsets.ISO_8859_1)));
    }

    private JsonObject answer(String subject, Request request, boolean refused) throws InterruptedException {
        Endpoints.Endpoint endpoint = endpoints.find(request.tokens());
        JsonObject answer = new JsonObject();
        answer.addProperty("type", TYPE + endpoint.type() + "_response");
        JsonObject rest;
        try {
            if (refused)
                throw new JetStreamException(ErrorCode.API_LEVEL);
            rest = endpoint.operation().run(request);
        } catch (JetStreamException e) {
            monitor.countError();
            reports.failed(subject, e);
            rest = endpoint.empty();
            rest.add("error", error(e));
        }
        rest.entrySet().forEach(field -> answer.add(field.getKey(), field.getValue()));
        return answer;
    }

    private void publish(Advisories.Action action) {
        output.publish(action.subject(), action.json());
    }

    private static JsonObject error(JetStreamException e) {
        JsonObject error = new JsonObject();
        error.addProperty("code", e.error().code());
        error.addProperty("err_code", e.error().number());
        error.addProperty("description", e.getMessage());
        return error;
    }

    /** Returns whether a stream has a subscription for a pull or a direct get. */
    private boolean isAnsweredByStream(String[] tokens) {
        return tokens[0].equals("CONSUMER") ? tokens.length == 5 && streams.find(tokens[3]) != null
                : tokens.length > 2 && streams.allowsDirect(tokens[2]);
    }

    /** Returns what the streams use, for tests of what they give back. */
    Environment environment() {
        return environment;
    }

    /** Returns what the monitor shows. */
    public JetStreamSource monitor() {
        return monitor;
    }

    private JsonObject accountInfo() {
        JsonObject info = monitor.account(), totals = monitor.totals();
        info.add("streams", totals.get("streams"));
        info.add("consumers", totals.get("consumers"));
        JsonObject limits = new JsonObject();
        for (String name : new String[] {"max_memory", "max_storage", "max_streams", "max_consumers", "max_ack_pending",
                "memory_max_stream_bytes", "storage_max_stream_bytes"})
            limits.addProperty(name, -1);
        limits.addProperty("max_bytes_required", false);
        info.add("limits", limits);
        if (!environment.domain().isEmpty())
            info.addProperty("domain", environment.domain());
        info.add("api", totals.get("api"));
        return info;
    }
}
