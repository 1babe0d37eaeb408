package io.jnatsd.jetstream.api;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.jnatsd.jetstream.config.ErrorCode;
import io.jnatsd.jetstream.config.JetStreamException;
import io.jnatsd.jetstream.config.Retention;
import io.jnatsd.jetstream.config.StreamConfig;
import io.jnatsd.jetstream.config.StreamConfigCheck;
import io.jnatsd.jetstream.store.StoredMessage;
import io.jnatsd.jetstream.store.SubjectFilter;
import io.jnatsd.jetstream.stream.Stream;
import io.jnatsd.jetstream.stream.Times;
import io.jnatsd.protocol.Subject;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Predicate;

/** The requests about streams and their messages (JetStream: stream API). Threads: the actor of the API. */
final class StreamRequests {
    private static final int PAGE_OF_NAMES = 1024, PAGE_OF_INFOS = 256, PAGE_OF_SUBJECTS = 100_000;

    private final Streams streams;

    StreamRequests(Streams streams) {
        this.streams = streams;
    }

    record Page(long offset, String subject) {
    }

    record InfoRequest(long offset, boolean deletedDetails, String subjectsFilter) {
    }

    record PurgeRequest(String filter, long seq, long keep) {
    }

    record DeleteRequest(long seq, boolean noErase) {
    }

    record GetRequest(long seq, String lastBySubj, String nextBySubj, Instant startTime, Long batch, Long maxBytes) {
    }

    boolean exists(String name) {
        return streams.find(name) != null;
    }

    JsonObject create(String name, byte[] body) throws JetStreamException, InterruptedException {
        StreamConfig config = read(body);
        if (!config.name().equals(name))
            throw new JetStreamException(ErrorCode.STREAM_NAME_MISMATCH);
        checkPath(name);
        StreamConfigCheck.checkNew(config, streams.limits());
        if (config.numReplicas() > 1)
            throw new JetStreamException(ErrorCode.REPLICAS_NOT_SUPPORTED);
        JsonObject answer = Json.object(info(streams.create(config)));
        answer.addProperty("did_create", true);
        return answer;
    }

    private StreamConfig read(byte[] body) throws JetStreamException {
        return Json.read(body, StreamConfig.class).within(streams.limits());
    }

    private static void checkPath(String name) throws JetStreamException {
        if (name.indexOf('/') >= 0 || name.indexOf('\\') >= 0)
            throw new JetStreamException(ErrorCode.STREAM_NAME_PATH);
    }

    /** Returns a stream as answers to other requests than STREAM.INFO show it. */
    private StreamInfo info(Stream stream) throws JetStreamException, InterruptedException {
        return stream.call(s -> StreamInfo.of(s, null, null, false));
    }

    JsonObject update(String name, byte[] body) throws JetStreamException, InterruptedException {
        StreamConfig config = read(body);
        StreamConfigCheck.check(config, streams.limits());
        if (!config.name().equals(name))
            throw new JetStreamException(ErrorCode.STREAM_NAME_MISMATCH);
        Stream stream = streams.get(name);
        if (config.numReplicas() > 1)
            throw new JetStreamException(ErrorCode.REPLICAS_NOT_SUPPORTED);
        streams.checkSubjects(config);
        StreamConfig before = stream.call(Stream::config);
        checkUpdate(before, config);
        streams.update(stream, before, config);
        return Json.object(info(stream));
    }

    private static void checkUpdate(StreamConfig before, StreamConfig after) throws JetStreamException {
        refuse(!before.maxConsumers().equals(after.maxConsumers()), "change MaxConsumers");
        refuse(before.storage() != after.storage(), "change storage type");
        refuse(before.retention() != after.retention()
                && (before.retention() == Retention.WORKQUEUE || after.retention() == Retention.WORKQUEUE),
                "change retention policy to/from workqueue");
        refuse(before.sealed() && !after.sealed(), "unseal a sealed stream");
        refuse(before.denyDelete() && !after.denyDelete(), "cancel deny message deletes");
        refuse(before.denyPurge() && !after.denyPurge(), "cancel deny purge");
        if (!Objects.equals(before.mirror(), after.mirror()))
            throw new JetStreamException(ErrorCode.MIRROR_UPDATE);
    }

    private static void refuse(boolean changed, String what) throws JetStreamException {
        if (changed)
            throw new JetStreamException(ErrorCode.STREAM_INVALID_CONFIG, "stream configuration update can not " + what);
    }

    JsonObject info(String name, byte[] body) throws JetStreamException, InterruptedException {
        InfoRequest request = Json.readOptional(body, InfoRequest.class, new InfoRequest(0, false, null));
        Stream stream = streams.get(name);
        String filter = request.subjectsFilter;
        boolean filtered = isSet(filter);
        JsonObject answer = paging(0, 0, 0);
        StreamInfo info = stream.call(s -> {
            if (!filtered)
                return StreamInfo.of(s, streams.server(), null, request.deletedDetails);
            TreeMap<String, Long> all = new TreeMap<>();
            if (Subject.isValidPattern(filter))
                s.store().subjects(SubjectFilter.of(filter), all::put);
            if (all.isEmpty())
                return StreamInfo.of(s, streams.server(), null, request.deletedDetails);
            long offset = Math.clamp(request.offset, 0, all.size());
            Map<String, Long> page = new TreeMap<>();
            all.entrySet().stream().skip(offset).limit(PAGE_OF_SUBJECTS).forEach(e -> page.put(e.getKey(), e.getValue()));
            answer.addProperty("total", all.size());
            answer.addProperty("offset", offset);
            answer.addProperty("limit", PAGE_OF_SUBJECTS);
            return StreamInfo.of(s, streams.server(), page.isEmpty() ? null : page, request.deletedDetails);
        });
        Json.object(info).entrySet().forEach(e -> answer.add(e.getKey(), e.getValue()));
        return answer;
    }

    static JsonObject paging(long total, long offset, long limit) {
        JsonObject answer = new JsonObject();
        answer.addProperty("total", total);
        answer.addProperty("offset", offset);
        answer.addProperty("limit", limit);
        return answer;
    }

    JsonObject names(byte[] body) throws JetStreamException {
        Page page = Json.readOptional(body, Page.class, new Page(0, null));
        List<String> all = streams.all().stream().filter(captures(page)).map(Stream::name).toList();
        long offset = Math.clamp(page.offset, 0, all.size());
        JsonObject answer = paging(all.size(), offset, PAGE_OF_NAMES);
        answer.add("streams", Json.tree(all.stream().skip(offset).limit(PAGE_OF_NAMES).toList()));
        return answer;
    }

    JsonObject list(byte[] body) throws JetStreamException, InterruptedException {
        Page page = Json.readOptional(body, Page.class, new Page(0, null));
        List<Stream> all = streams.all().stream().filter(captures(page)).toList();
        long offset = Math.clamp(page.offset, 0, all.size());
        JsonObject answer = paging(all.size(), offset, PAGE_OF_INFOS);
        JsonArray infos = new JsonArray();
        for (Stream stream : all.stream().skip(offset).limit(PAGE_OF_INFOS).toList())
            infos.add(Json.object(info(stream)));
        answer.add("streams", infos);
        return answer;
    }

    private Predicate<Stream> captures(Page page) {
        String subject = page.subject;
        return stream -> subject == null || subject.isEmpty()
                || streams.config(stream).captured().stream().anyMatch(own -> StreamConfigCheck.overlap(own, subject));
    }

    JsonObject delete(String name, byte[] body) throws JetStreamException, InterruptedException {
        requireEmpty(body);
        streams.delete(streams.get(name));
        return success();
    }

    static void requireEmpty(byte[] body) throws JetStreamException {
        if (!Json.isEmpty(body))
            throw new JetStreamException(ErrorCode.NOT_EMPTY);
    }

    static JsonObject success() {
        JsonObject answer = new JsonObject();
        answer.addProperty("success", true);
        return answer;
    }

    JsonObject purge(String name, byte[] body) throws JetStreamException, InterruptedException {
        PurgeRequest request = Json.readOptional(body, PurgeRequest.class, new PurgeRequest(null, 0, 0));
        Stream stream = streams.get(name);
        if (request.seq > 0 && request.keep > 0)
            throw new JetStreamException(ErrorCode.BAD_REQUEST);
        String filter = isSet(request.filter) ? request.filter : ">";
        long purged = stream.call(s -> {
            if (s.config().sealed())
                throw new JetStreamException(ErrorCode.SEALED);
            if (s.config().denyPurge())
                throw new JetStreamException(ErrorCode.PURGE, "stream purge not permitted");
            if (!Subject.isValidPattern(filter))
                return 0L;
            return s.purge(SubjectFilter.of(filter), Math.max(request.seq, 0), Math.max(request.keep, 0));
        });
        JsonObject answer = success();
        answer.addProperty("purged", purged);
        return answer;
    }

    JsonObject messageDelete(String name, byte[] body) throws JetStreamException, InterruptedException {
        if (Json.isEmpty(body))
            throw new JetStreamException(ErrorCode.BAD_REQUEST);
        DeleteRequest request = Json.read(body, DeleteRequest.class);
        streams.get(name).call(s -> {
            if (s.config().sealed())
                throw new JetStreamException(ErrorCode.SEALED);
            if (s.config().denyDelete())
                throw new JetStreamException(ErrorCode.MESSAGE_DELETE, "message delete not permitted");
            // nats-server's stores differ here, and clients' tests know it.
            if (s.config().storage() == StreamConfig.Storage.FILE && request.seq > s.store().state().last())
                throw new JetStreamException(ErrorCode.MESSAGE_DELETE, "stream store EOF");
            if (!request.noErase)
                s.store().overwrite(request.seq);
            if (!s.store().remove(request.seq))
                throw new JetStreamException(ErrorCode.SEQUENCE_NOT_FOUND, String.valueOf(request.seq));
            return null;
        });
        return success();
    }

    JsonObject messageGet(String name, byte[] body) throws JetStreamException, InterruptedException {
        if (Json.isEmpty(body))
            throw new JetStreamException(ErrorCode.BAD_REQUEST);
        GetRequest request = Json.read(body, GetRequest.class);
        boolean last = isSet(request.lastBySubj), next = isSet(request.nextBySubj);
        boolean byTime = request.startTime != null;
        if (request.seq == 0 && !last && !next && !byTime || request.seq < 0 || last && (next || request.seq > 0)
                || byTime && (last || request.seq > 0) || request.batch != null || request.maxBytes != null)
            throw new JetStreamException(ErrorCode.BAD_REQUEST);
        // No message has a subject that is not valid.
        if (!isFilter(request.lastBySubj) || !isFilter(request.nextBySubj))
            throw new JetStreamException(ErrorCode.NO_MESSAGE);
        JsonObject message = streams.get(name).call(s -> {
            long from = byTime ? s.store().firstSince(Times.nanos(request.startTime)) : request.seq;
            long sequence = last ? s.store().last(SubjectFilter.of(request.lastBySubj))
                    : next ? s.store().next(List.of(SubjectFilter.of(request.nextBySubj)), from) : from;
            StoredMessage found = new StoredMessage();
            if (sequence <= 0 || !s.store().load(sequence, found))
                throw new JetStreamException(ErrorCode.NO_MESSAGE);
            return message(found);
        });
        JsonObject answer = new JsonObject();
        answer.add("message", message);
        return answer;
    }

    private static boolean isSet(String text) {
        return text != null && !text.isEmpty();
    }

    private static boolean isFilter(String text) {
        return !isSet(text) || Subject.isValidPattern(text);
    }

    private static JsonObject message(StoredMessage found) {
        JsonObject message = new JsonObject();
        message.addProperty("subject", found.subjectText());
        message.addProperty("seq", found.sequence());
        byte[] headers = found.headers(), payload = found.payload();
        if (headers != null)
            message.addProperty("hdrs", Base64.getEncoder().encodeToString(headers));
        if (payload.length > 0)
            message.addProperty("data", Base64.getEncoder().encodeToString(payload));
        message.addProperty("time", Times.text(found.time()));
        return message;
    }
}
