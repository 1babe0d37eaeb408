package io.jnatsd.jetstream.stream;

import com.google.gson.Gson;
import com.google.gson.JsonParseException;
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
    private static final Gson GSON = new Gson();
    /** Tokens of the request before the subject: {@code $JS.API.DIRECT.GET.<stream>}. */
    private static final int TOKENS = 5;

    private record Request(long seq, String last_by_subj, String next_by_subj, String start_time) {
        /** Returns the request with subjects as the store has them, one char per byte. */
        Request chars() {
            return new Request(seq, chars(last_by_subj), chars(next_by_subj), start_time);
        }

        private static String chars(String subject) {
            return subject == null ? null : Arguments.chars(subject);
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
        if (!m.hasReply())
            return;
        String body = new String(m.bytes(), m.payloadStart(), m.payloadLength(), StandardCharsets.UTF_8);
        if (body.isBlank()) {
            refuse(m, "408 Empty Request");
            return;
        }
        Request request;
        long since = 0;
        try {
            request = GSON.fromJson(body, Request.class);
            if (request == null)
                throw new JsonParseException("no object");
            if (isSet(request.start_time))
                since = stream.store().firstSince(Times.nanos(Times.parse(request.start_time)));
        } catch (JsonParseException | DateTimeException e) {
            refuse(m, "408 Malformed Request");
            return;
        }
        request = request.chars();
        boolean last = isSet(request.last_by_subj), next = isSet(request.next_by_subj), byTime = isSet(request.start_time);
        if (request.seq == 0 && !last && !next && !byTime)
            refuse(m, "408 Empty Request");
        else if (request.seq < 0 || last && (next || request.seq > 0) || byTime && (last || request.seq > 0)
                || !isFilter(request.last_by_subj) || !isFilter(request.next_by_subj))
            refuse(m, "408 Bad Request");
        else
            answer(m, last ? stream.store().last(SubjectFilter.of(request.last_by_subj))
                    : next ? stream.store().next(List.of(SubjectFilter.of(request.next_by_subj)), byTime ? since : request.seq)
                    : byTime ? since : request.seq);
    }

    private static boolean isSet(String text) {
        return text != null && !text.isEmpty();
    }

    private static boolean isFilter(String text) {
        return !isSet(text) || Subject.isValidPattern(text);
    }

    /** Answers a request for the last message of the subject at the end of the request's subject. */
    void getLast(Inbox.Contents m) {
        if (!m.hasReply())
            return;
        if (m.payloadLength() > 0) {
            refuse(m, "408 Bad Request");
            return;
        }
        String subject = m.subject();
        int at = 0;
        for (int i = 0; i < TOKENS; i++)
            at = subject.indexOf('.', at) + 1;
        answer(m, stream.store().last(SubjectFilter.of(subject.substring(at))));
    }

    private void refuse(Inbox.Contents m, String status) {
        output.status(new Destination(m.reply()), status, "", "");
    }

    private void answer(Inbox.Contents m, long sequence) {
        if (sequence <= 0 || !stream.store().load(sequence, message)) {
            refuse(m, "404 Message Not Found");
            return;
        }
        output.republish(m.reply(), message, "Nats-Stream: " + stream.name() + "\r\nNats-Subject: " + message.subjectText()
                + "\r\nNats-Sequence: " + message.sequence() + "\r\nNats-Time-Stamp: " + Times.text(message.time()) + "\r\n", false);
    }
}
