package io.jnatsd.jetstream.stream;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonPrimitive;
import com.google.gson.Strictness;
import io.jnatsd.delivery.Destination;
import io.jnatsd.jetstream.store.StoredMessage;
import io.jnatsd.jetstream.store.SubjectFilter;
import io.jnatsd.protocol.Arguments;
import io.jnatsd.protocol.Subject;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.util.List;

/**
 * Answers requests for single messages with the message itself (JetStream: direct get). Threads: the actor of the
 * stream.
 */
final class DirectGet {
    private static final Gson GSON = new GsonBuilder().setStrictness(Strictness.STRICT).create();
    private static final String NOT_FOUND = "404 Message Not Found";
    /** Tokens of the request before the subject: {@code $JS.API.DIRECT.GET.<stream>}. */
    private static final int TOKENS = 5;

    private record Request(long seq, String lastBySubject, String nextBySubject, String startTime) {
        /** @throws IllegalStateException or NumberFormatException if a field is of the wrong type */
        static Request of(JsonElement json) {
            JsonObject fields = json.isJsonNull() ? new JsonObject() : json.getAsJsonObject();
            JsonPrimitive seq = field(fields, "seq");
            if (seq != null && !seq.isNumber())
                throw new IllegalStateException("seq is no number");
            long number = seq == null ? 0 : Long.parseUnsignedLong(seq.getAsString());
            // No stream has a sequence that is negative as a long.
            return new Request(number < 0 ? Long.MAX_VALUE : number, Arguments.chars(text(fields, "last_by_subj")),
                    Arguments.chars(text(fields, "next_by_subj")), text(fields, "start_time"));
        }

        private static JsonPrimitive field(JsonObject fields, String name) {
            JsonElement found = fields.get(name);
            return found == null || found.isJsonNull() ? null : found.getAsJsonPrimitive();
        }

        private static String text(JsonObject fields, String name) {
            JsonPrimitive found = field(fields, name);
            if (found != null && !found.isString())
                throw new IllegalStateException(name + " is no text");
            return found == null ? "" : found.getAsString();
        }
    }

    private final Stream stream;
    private final Output output;
    private final StoredMessage message = new StoredMessage();

    DirectGet(Stream stream, Output output) {
        this.stream = stream;
        this.output = output;
    }

    /** Answers a request with a JSON body. */
    void get(Inbox.Contents m) {
        String body = new String(m.bytes(), m.payloadStart(), m.payloadLength(), StandardCharsets.UTF_8);
        if (body.isBlank()) {
            refuse(m, "408 Empty Request");
            return;
        }
        Request request;
        long since = 0;
        try {
            request = Request.of(GSON.fromJson(body, JsonElement.class));
            if (!request.startTime.isEmpty())
                since = stream.store().firstSince(Times.nanos(Times.parse(request.startTime)));
        } catch (JsonParseException | IllegalStateException | NumberFormatException | DateTimeException e) {
            refuse(m, "408 Malformed Request");
            return;
        }
        boolean last = !request.lastBySubject.isEmpty(), next = !request.nextBySubject.isEmpty();
        boolean byTime = !request.startTime.isEmpty();
        if (request.seq == 0 && !last && !next && !byTime)
            refuse(m, "408 Empty Request");
        else if (last && (next || request.seq > 0) || byTime && (last || request.seq > 0))
            refuse(m, "408 Bad Request");
        else if (!isFilter(request.lastBySubject) || !isFilter(request.nextBySubject))
            refuse(m, NOT_FOUND);
        else
            answer(m, last ? stream.store().last(SubjectFilter.of(request.lastBySubject))
                    : next ? stream.store().next(List.of(SubjectFilter.of(request.nextBySubject)), byTime ? since : request.seq)
                    : byTime ? since : request.seq);
    }

    private static boolean isFilter(String text) {
        return text.isEmpty() || Subject.isValidPattern(text);
    }

    /** Answers a request for the last message of the subject at the end of the request's subject. */
    void getLast(Inbox.Contents m) {
        if (m.payloadLength() > 0) {
            refuse(m, "408 Bad Request");
            return;
        }
        byte[] bytes = m.bytes();
        int at = m.subjectStart(), end = at + m.subjectLength();
        for (int dots = 0; dots < TOKENS; at++)
            if (bytes[at] == '.')
                dots++;
        answer(m, Subject.hasWildcard(bytes, at, end - at)
                ? stream.store().last(SubjectFilter.of(new String(bytes, at, end - at, StandardCharsets.ISO_8859_1)))
                : stream.store().last(bytes, at, end - at));
    }

    private void refuse(Inbox.Contents m, String status) {
        output.status(new Destination(m.reply()), status, "", "");
    }

    private void answer(Inbox.Contents m, long sequence) {
        if (sequence <= 0 || !stream.store().load(sequence, message)) {
            refuse(m, NOT_FOUND);
            return;
        }
        output.answer(m, message, "Nats-Stream: " + stream.name() + "\r\nNats-Subject: " + message.subjectText()
                + "\r\nNats-Sequence: " + message.sequence() + "\r\nNats-Time-Stamp: " + Times.text(message.time()) + "\r\n");
        message.clear();
    }
}
