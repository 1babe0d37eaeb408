package io.jnatsd.jetstream.api;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.jnatsd.delivery.Destination;
import io.jnatsd.delivery.Traffic;
import io.jnatsd.jetstream.config.ErrorCode;
import io.jnatsd.jetstream.config.JetStreamException;
import io.jnatsd.jetstream.stream.Environment;
import io.jnatsd.jetstream.stream.Inbox;
import io.jnatsd.jetstream.stream.MemoryLimit;
import io.jnatsd.jetstream.stream.Output;
import io.jnatsd.jetstream.stream.Stream;
import io.jnatsd.jetstream.stream.StreamClock;
import io.jnatsd.log.Log;
import io.jnatsd.log.Threads;
import io.jnatsd.monitor.JetStreamSource;
import io.jnatsd.protocol.Subject;
import io.jnatsd.subject.SubjectSpace;
import io.jnatsd.subject.Subscription;
import java.nio.charset.StandardCharsets;
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

    private final Environment environment;
    private final Streams streams;
    private final StreamRequests streamRequests;
    private final ConsumerRequests consumerRequests;
    private final Advisories advisories = new Advisories(this::expired);
    private final Inbox inbox;
    private final Output output;
    private final JetStreamMonitor monitor;

    /** What JetStream needs of the server. */
    public record Server(String name, SubjectSpace subjects, Traffic traffic, Threads threads, Log log, LongSupplier ids,
            ScheduledExecutorService timer, StreamClock clock) {
        /** With the time of the operating system. */
        public Server(String name, SubjectSpace subjects, Traffic traffic, Threads threads, Log log, LongSupplier ids,
                ScheduledExecutorService timer) {
            this(name, subjects, traffic, threads, log, ids, timer, StreamClock.SYSTEM);
        }
    }

    private JetStream(Server server, long memory) {
        environment = new Environment(server.subjects, server.traffic, server.threads, server.log, server.ids, server.timer,
                server.clock, new MemoryLimit(memory), advisories);
        streams = new Streams(environment, server.name);
        streamRequests = new StreamRequests(streams);
        consumerRequests = new ConsumerRequests(streams);
        monitor = new JetStreamMonitor(streams, environment.memory());
        inbox = new Inbox(server.ids.getAsLong(), "$JS.API", server.subjects.announcedTable());
        output = new Output(server.traffic, inbox);
    }

    /**
     * Starts JetStream. Requests are answered from the time this returns.
     *
     * @param memory the bytes that all streams may take together
     */
    public static JetStream start(Server server, long memory) {
        JetStream started = new JetStream(server, memory);
        started.inbox.subscribe(Inbox.Kind.API, PREFIX + ">");
        server.subjects.watch(started::interestChanged);
        if (!server.threads.start("jetstream-api", started))
            started.inbox.close();
        return started;
    }

    /** Ends all streams. */
    public void close() {
        environment.subjects().watch(null);
        streams.close();
        inbox.close();
    }

    private void expired(String stream, String consumer) {
        inbox.post(() -> publish(advisories.consumer(stream, consumer, "delete")));
    }

    /** A subscription has come or gone: push consumers begin or stop. Called under locks, so that it only posts. */
    private void interestChanged(Subscription sub) {
        byte[] pattern = sub.subject().getBytes(StandardCharsets.ISO_8859_1);
        for (Stream stream : streams.all())
            if (stream.hasPushConsumers())
                stream.tell(s -> s.interestChanged(subject -> {
                    byte[] bytes = Subject.bytes(subject);
                    return Subject.matches(pattern, bytes, 0, bytes.length);
                }));
    }

    @Override
    public void run() {
        Inbox.Contents contents = new Inbox.Contents();
        Queue<Runnable> tasks = new ArrayDeque<>();
        try {
            while ((contents = inbox.take(contents, tasks)) != null) {
                for (Runnable task; (task = tasks.poll()) != null;)
                    environment.threads().run(inbox, "task of JetStream", task::run);
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

    private void answer(Inbox.Contents m) throws InterruptedException {
        String subject = m.subject();
        byte[] body = Arrays.copyOfRange(m.bytes(), m.payloadStart(), m.payloadStart() + m.payloadLength());
        String[] tokens = subject.split("\\.", -1);
        String endpoint = tokens.length > 3 ? tokens[2] + "." + tokens[3] : tokens[2];
        if (endpoint.equals("CONSUMER.MSG") || endpoint.equals("DIRECT.GET")) {
            answerUnknown(m, tokens);
            return;
        }
        monitor.countRequest();
        Request request = new Request(tokens, subject, body);
        JsonObject answer = new JsonObject();
        try {
            answer.addProperty("type", TYPE + "system_response");
            type(request, answer);
            handle(request).entrySet().forEach(e -> answer.add(e.getKey(), e.getValue()));
        } catch (JetStreamException e) {
            monitor.countError();
            request.defaults.entrySet().forEach(each -> answer.add(each.getKey(), each.getValue()));
            answer.add("error", error(e));
        }
        byte[] json = Json.bytes(answer);
        if (m.hasReply())
            output.publish(m.reply(), json);
        if (request.advisory != null)
            publish(request.advisory);
        if (output.hasInterest(Advisories.auditSubject()))
            output.publish(Advisories.auditSubject(), advisories.audit(streams.server(), subject,
                    new String(body, StandardCharsets.UTF_8), new String(json, StandardCharsets.UTF_8)));
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

    /** A pull or a direct get that no stream has subscribed to is answered as if JetStream were not there. */
    private void answerUnknown(Inbox.Contents m, String[] tokens) throws InterruptedException {
        if (!m.hasReply())
            return;
        boolean pull = tokens[2].equals("CONSUMER");
        Stream stream = streams.find(tokens.length > (pull ? 5 : 4) ? tokens[pull ? 5 : 4] : "");
        boolean handled = stream != null && (pull ? tokens.length == 7 : streams.config(stream).allowDirect());
        if (!handled)
            output.status(new Destination(m.reply()), "503", "", "");
    }

    /** One request: the tokens of its subject, what it is answered with, and what is published about it. */
    private static final class Request {
        private final String[] tokens;
        private final String subject;
        private final byte[] body;
        /** What an answer with an error has beside the error. */
        private JsonObject defaults = new JsonObject();
        private Advisories.Action advisory;

        Request(String[] tokens, String subject, byte[] body) {
            this.tokens = tokens;
            this.subject = subject;
            this.body = body;
        }

        String token(int i) {
            return tokens[i];
        }

        boolean is(String endpoint, int tokenCount) {
            return tokens.length == tokenCount && subject.startsWith(PREFIX + endpoint);
        }
    }

    /** Sets the type of the answer, which errors have, too. */
    private static void type(Request r, JsonObject answer) {
        String endpoint = r.subject.substring(PREFIX.length());
        for (String[] each : TYPES)
            if (endpoint.equals(each[0]) || endpoint.startsWith(each[0] + ".")) {
                answer.addProperty("type", TYPE + each[1] + "_response");
                return;
            }
    }

    private static final String[][] TYPES = {{"INFO", "account_info"}, {"STREAM.CREATE", "stream_create"},
            {"STREAM.UPDATE", "stream_update"}, {"STREAM.NAMES", "stream_names"}, {"STREAM.LIST", "stream_list"},
            {"STREAM.INFO", "stream_info"}, {"STREAM.DELETE", "stream_delete"}, {"STREAM.PURGE", "stream_purge"},
            {"STREAM.MSG.GET", "stream_msg_get"}, {"STREAM.MSG.DELETE", "stream_msg_delete"},
            {"STREAM.LEADER.STEPDOWN", "stream_leader_stepdown"}, {"STREAM.PEER.REMOVE", "stream_remove_peer"},
            {"CONSUMER.CREATE", "consumer_create"}, {"CONSUMER.DURABLE.CREATE", "consumer_create"},
            {"CONSUMER.NAMES", "consumer_names"}, {"CONSUMER.LIST", "consumer_list"}, {"CONSUMER.INFO", "consumer_info"},
            {"CONSUMER.DELETE", "consumer_delete"}, {"CONSUMER.LEADER.STEPDOWN", "consumer_leader_stepdown"},
            {"META.LEADER.STEPDOWN", "meta_leader_stepdown"}, {"SERVER.REMOVE", "meta_server_remove"}};

    private JsonObject handle(Request r) throws JetStreamException, InterruptedException {
        String group = r.token(2);
        if (group.equals("INFO") && r.tokens.length == 3)
            return accountInfo();
        if (group.equals("STREAM"))
            return handleStream(r);
        if (group.equals("CONSUMER"))
            return handleConsumer(r);
        if (r.is("META.LEADER.STEPDOWN", 5) || r.is("SERVER.REMOVE", 4))
            throw new JetStreamException(ErrorCode.CLUSTER_REQUIRED);
        throw new JetStreamException(ErrorCode.BAD_REQUEST);
    }

    private JsonObject handleStream(Request r) throws JetStreamException, InterruptedException {
        if (r.is("STREAM.NAMES", 4) || r.is("STREAM.LIST", 4)) {
            r.defaults = StreamRequests.paging(0, 0, 0);
            r.defaults.add("streams", new JsonArray());
            return r.token(3).equals("NAMES") ? streamRequests.names(r.body) : streamRequests.list(r.body);
        }
        if (r.is("STREAM.MSG.GET.", 6))
            return streamRequests.messageGet(r.token(5), r.body);
        if (r.is("STREAM.MSG.DELETE.", 6))
            return streamRequests.messageDelete(r.token(5), r.body);
        if (r.is("STREAM.LEADER.STEPDOWN.", 6) || r.is("STREAM.PEER.REMOVE.", 6))
            throw new JetStreamException(ErrorCode.CLUSTER_REQUIRED);
        if (r.tokens.length != 5)
            throw new JetStreamException(ErrorCode.BAD_REQUEST);
        String name = r.token(4);
        return switch (r.token(3)) {
            case "CREATE" -> {
                boolean isNew = streams.find(name) == null;
                JsonObject answer = streamRequests.create(name, r.body);
                r.advisory = isNew ? advisories.stream(name, "create") : null;
                yield answer;
            }
            case "UPDATE" -> {
                JsonObject answer = streamRequests.update(name, r.body);
                r.advisory = advisories.stream(name, "modify");
                yield answer;
            }
            case "INFO" -> {
                r.defaults = StreamRequests.paging(0, 0, 0);
                yield streamRequests.info(name, r.body);
            }
            case "DELETE" -> {
                JsonObject answer = streamRequests.delete(name, r.body);
                r.advisory = advisories.stream(name, "delete");
                yield answer;
            }
            case "PURGE" -> streamRequests.purge(name, r.body);
            default -> throw new JetStreamException(ErrorCode.BAD_REQUEST);
        };
    }

    private JsonObject handleConsumer(Request r) throws JetStreamException, InterruptedException {
        if (r.is("CONSUMER.LEADER.STEPDOWN.", 7))
            throw new JetStreamException(ErrorCode.CLUSTER_REQUIRED);
        if (r.subject.startsWith(PREFIX + "CONSUMER.DURABLE.CREATE")) {
            if (r.tokens.length != 7)
                throw new JetStreamException(ErrorCode.DURABLE_NAME_NOT_IN_SUBJECT);
            return created(r, r.token(5), consumerRequests.createDurable(r.token(5), r.token(6), r.body));
        }
        if (r.tokens.length < 5)
            throw new JetStreamException(ErrorCode.BAD_REQUEST);
        String stream = r.token(4);
        switch (r.token(3)) {
            case "CREATE" -> {
                if (r.tokens.length == 5)
                    return created(r, stream, consumerRequests.createEphemeral(stream, r.body));
                String filter = r.tokens.length == 6 ? null
                        : String.join(".", Arrays.asList(r.tokens).subList(6, r.tokens.length));
                return created(r, stream, consumerRequests.createNamed(stream, r.token(5), filter, r.body));
            }
            case "NAMES", "LIST" -> {
                r.defaults = StreamRequests.paging(0, 0, 0);
                r.defaults.add("consumers", new JsonArray());
                return r.token(3).equals("NAMES") ? consumerRequests.names(stream, r.body) : consumerRequests.list(stream, r.body);
            }
            default -> {
                if (r.tokens.length != 6)
                    throw new JetStreamException(ErrorCode.BAD_REQUEST);
            }
        }
        String consumer = r.token(5);
        switch (r.token(3)) {
            case "INFO" -> {
                return consumerRequests.info(stream, consumer, r.body);
            }
            case "DELETE" -> {
                JsonObject answer = consumerRequests.delete(stream, consumer, r.body);
                r.advisory = advisories.consumer(stream, consumer, "delete");
                return answer;
            }
            default -> throw new JetStreamException(ErrorCode.BAD_REQUEST);
        }
    }

    private JsonObject created(Request r, String stream, ConsumerRequests.Created created) {
        if (created.isNew())
            r.advisory = advisories.consumer(stream, created.info().name(), "create");
        return Json.object(created.info());
    }

    /** Returns what the monitor shows. */
    public JetStreamSource monitor() {
        return monitor;
    }

    private JsonObject accountInfo() {
        JsonObject info = monitor.usage(), totals = monitor.totals();
        info.add("streams", totals.get("streams"));
        info.add("consumers", totals.get("consumers"));
        JsonObject limits = new JsonObject();
        for (String name : new String[] {"max_memory", "max_storage", "max_streams", "max_consumers", "max_ack_pending",
                "memory_max_stream_bytes", "storage_max_stream_bytes"})
            limits.addProperty(name, -1);
        limits.addProperty("max_bytes_required", false);
        info.add("limits", limits);
        info.add("api", totals.get("api"));
        return info;
    }
}
