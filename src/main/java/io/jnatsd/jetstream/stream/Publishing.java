package io.jnatsd.jetstream.stream;

import com.google.gson.JsonPrimitive;
import io.jnatsd.jetstream.config.ErrorCode;
import io.jnatsd.jetstream.config.JetStreamException;
import io.jnatsd.jetstream.config.Retention;
import io.jnatsd.jetstream.config.StreamConfig;
import io.jnatsd.jetstream.config.StreamConfig.Discard;
import io.jnatsd.jetstream.config.SubjectTransform;
import io.jnatsd.jetstream.store.MessageStore;
import io.jnatsd.jetstream.store.StoreException;
import io.jnatsd.jetstream.store.StoredMessage;
import io.jnatsd.jetstream.store.SubjectFilter;
import io.jnatsd.protocol.Arguments;
import io.jnatsd.protocol.Subject;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * How a published message gets into a stream: the checks in their order, the limits, and what follows from a stored
 * message (JetStream: publishing). Threads: the actor of the stream.
 */
final class Publishing {
    private static final byte[] SYSTEM = {'$', 'S', 'Y', 'S', '.'};
    private static final int MOST_HEADERS = 65_535;
    /** Memory of a message beside its bytes, at most. */
    private static final int OVERHEAD = 128;
    /** The answer to a message that is stored, behind the sequence. */
    private static final byte[] END = bytes("}"), REPEATED = bytes(",\"duplicate\": true}");

    /** The errors that say that a limit keeps a message out. Others answer a wrong publisher. */
    private static final Set<ErrorCode> LIMITS = EnumSet.of(ErrorCode.MESSAGE_TOO_LARGE, ErrorCode.HEADERS_TOO_LARGE,
            ErrorCode.INSUFFICIENT_RESOURCES, ErrorCode.STORE_FAILED);

    private final Stream stream;
    private final MessageStore store;
    private final boolean persistent;
    private final HeldAnswers held = new HeldAnswers();
    private final Dedup dedup = new Dedup();
    private final PublishHeaders headers = new PublishHeaders();
    private final StoredMessage message = new StoredMessage();
    /** The answer to a message that is stored, before the sequence. */
    private final byte[] stored;
    /** The message id of the last message, empty if it had none. */
    private String lastId = "";
    private long lastTime;
    private SubjectTransform transform;
    private SubjectTransform republish;
    /** The message that is being published. */
    private byte[] subject;
    private int subjectStart;
    private int subjectLength;
    private byte[] body;
    private int bodyStart;
    private int bodyLength;
    private int headerLength;
    private String id;
    private String rollup;
    /** It repeats one that is stored. */
    private boolean repeated;

    Publishing(Stream stream, MessageStore store) {
        this.stream = stream;
        this.store = store;
        this.persistent = store.isPersistent();
        String domain = stream.environment().domain();
        this.stored = bytes("{\"stream\":" + quoted(stream.name()) + (domain.isEmpty() ? "" : ", \"domain\":" + quoted(domain))
                + ", \"seq\":");
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** Applies a configuration, which has been checked. */
    void configure(StreamConfig config) throws JetStreamException {
        transform = config.subjectTransform() == null ? null : SubjectTransform.of(config.subjectTransform());
        // An id that is too old for the window before or for the new one does not come back with a longer one.
        dedup.forget(stream.now(), Math.min(stream.config().window(), config.window()));
        republish = config.republish() == null ? null : SubjectTransform.of(
                new StreamConfig.Transform(config.republish().src(), config.republish().dest()));
    }

    /** Forgets the last message, whose memory would not be given back. */
    void release() {
        subject = body = null;
        headers.clear();
        message.clear();
    }

    long memory() {
        return dedup.memory();
    }

    /** Stores a message or refuses it, and answers. */
    void publish(Inbox.Contents m) {
        // A stream must not show what only the system user may see.
        if (isForSystemUser(m) && stream.environment().traffic().hasSystemUser())
            return;
        boolean answered = m.hasReply() && stream.config().acknowledges();
        try {
            long sequence = store(m);
            if (answered && persistent)
                held.add(m, sequence, repeated);
            else if (answered)
                answer(m.bytes(), m.replyStart(), m.replyLength(), sequence, repeated);
        } catch (JetStreamException e) {
            if (LIMITS.contains(e.error()))
                stream.reports().refused(1, m.subject(), Arguments.text(e.getMessage()));
            if (answered)
                refuse(m.reply(), e);
        } catch (StoreException e) {
            if (answered)
                refuse(m.reply(), new JetStreamException(ErrorCode.STORE_FAILED, e.getMessage()));
        }
    }

    private void answer(byte[] bytes, int replyStart, int replyLength, long sequence, boolean repeats) {
        stream.output().answer(bytes, replyStart, replyLength, stored, sequence, repeats ? REPEATED : END);
    }

    /**
     * Writes what was stored and removed, and answers the messages that were held until then.
     *
     * @return what could not be written, null if everything was
     */
    StoreException flush() {
        if (!persistent)
            return null;
        try {
            store.flush();
            held.release(this::answer);
            return null;
        } catch (StoreException e) {
            // The store has reported it.
            long kept = store.kept();
            dedup.forgetBehind(kept);
            JetStreamException refusal = new JetStreamException(ErrorCode.STORE_FAILED, e.getMessage());
            held.release((bytes, replyStart, replyLength, sequence, repeats) -> {
                if (sequence <= kept)
                    answer(bytes, replyStart, replyLength, sequence, repeats);
                else
                    refuse(new String(bytes, replyStart, replyLength, StandardCharsets.ISO_8859_1), refusal);
            });
            return e;
        }
    }

    /** Remembers the ids of the messages that a file stream had when it was opened. */
    void restore() {
        MessageStore.State state = store.state();
        lastTime = state.lastTime();
        long now = stream.now(), wallClock = stream.wallClock(), since = wallClock - stream.config().window();
        for (long at = store.next(List.of(), store.firstSince(since)); at >= 0; at = store.next(List.of(), at + 1)) {
            if (!store.load(at, message))
                continue;
            headers.set(message.array(), message.start(), message.headerLength());
            String known = headers.get(PublishHeaders.MSG_ID);
            lastId = known == null ? "" : known;
            if (known != null)
                dedup.add(known, at, now - Math.max(wallClock - message.time(), 0));
        }
        release();
    }

    private static boolean isForSystemUser(Inbox.Contents m) {
        return Subject.startsWith(m.bytes(), m.subjectStart(), m.subjectLength(), SYSTEM);
    }

    /** Answers a message that is not stored. */
    void refuse(String reply, JetStreamException e) {
        if (stream.config().acknowledges())
            stream.output().publish(reply, "{\"error\":{\"code\":" + e.error().code() + ",\"err_code\":"
                    + e.error().number() + ",\"description\":" + quoted(e.getMessage()) + "},\"stream\":"
                    + quoted(stream.name()) + ",\"seq\":0}");
    }

    /** Returns a text as JSON. The name of a stream may have quotes, too. */
    private static String quoted(String text) {
        return new JsonPrimitive(text).toString();
    }

    /** Returns the sequence of the message, or of the one that it repeats. */
    private long store(Inbox.Contents m) throws JetStreamException {
        StreamConfig config = stream.config();
        if (config.sealed())
            throw new JetStreamException(ErrorCode.SEALED);
        take(m);
        Long duplicate = checkHeaders(config);
        repeated = duplicate != null;
        if (repeated)
            return duplicate;
        long time = time();
        checkSize(config);
        if (config.retention() == Retention.INTEREST && !stream.isWanted(subject, subjectStart, subjectLength)) {
            long skipped = store.skip(time);
            remember(skipped, time);
            return skipped;
        }
        checkRoom(config);
        long before = republish == null ? 0 : store.last(subject, subjectStart, subjectLength);
        long sequence = store.append(subject, subjectStart, subjectLength, body, bodyStart, bodyLength, headerLength, time);
        remember(sequence, time);
        stream.stored(subject, subjectStart, subjectLength);
        if (rollup != null)
            store.purge(rollup.equals("all") ? SubjectFilter.ALL : SubjectFilter.of(subjectText()), sequence, 0);
        if (republish != null)
            republish(sequence, before);
        stream.limits().stored(subject, subjectStart, subjectLength);
        return sequence;
    }

    private String subjectText() {
        return new String(subject, subjectStart, subjectLength, StandardCharsets.ISO_8859_1);
    }

    private void take(Inbox.Contents m) {
        subject = m.bytes();
        subjectStart = m.subjectStart();
        subjectLength = m.subjectLength();
        body = m.bytes();
        bodyStart = m.bodyStart();
        bodyLength = m.bodyLength();
        // Some clients publish with a header block of zero bytes: that is a message without headers.
        headerLength = m.headerLength() > 0 ? m.headerLength() : -1;
        id = null;
        rollup = null;
        headers.set(body, bodyStart, headerLength);
        if (transform == null)
            return;
        String changed = transform.apply(m.subject());
        if (changed != null) {
            subject = changed.getBytes(StandardCharsets.ISO_8859_1);
            subjectStart = 0;
            subjectLength = subject.length;
        }
    }

    /** Returns the sequence of the message that this one repeats, null if it is new. */
    private Long checkHeaders(StreamConfig config) throws JetStreamException {
        if (headerLength < 0)
            return null;
        String expected = headers.get(PublishHeaders.EXPECTED_STREAM);
        if (expected != null && !expected.equals(stream.name()))
            throw new JetStreamException(ErrorCode.STREAM_MISMATCH);
        // First of all, so that a publish that is sent again with the sequence it expected is answered as before.
        id = headers.get(PublishHeaders.MSG_ID);
        if (id != null && config.window() > 0) {
            Long sequence = dedup.sequence(id, stream.now(), config.window());
            if (sequence != null)
                return sequence;
        }
        checkSubjectSequence();
        Long last = headers.number(PublishHeaders.EXPECTED_LAST_SEQUENCE);
        if (last != null && last != store.state().last())
            throw new JetStreamException(ErrorCode.WRONG_LAST_SEQUENCE, String.valueOf(store.state().last()));
        String lastExpected = headers.get(PublishHeaders.EXPECTED_LAST_MSG_ID);
        if (lastExpected != null && !lastExpected.equals(lastId))
            throw new JetStreamException(ErrorCode.WRONG_LAST_MSG_ID, lastId);
        checkRollup(config);
        return null;
    }

    private void checkSubjectSequence() throws JetStreamException {
        Long expected = headers.number(PublishHeaders.EXPECTED_LAST_SUBJECT_SEQUENCE);
        String other = headers.get(PublishHeaders.EXPECTED_LAST_SUBJECT_SEQUENCE_SUBJECT);
        if (expected == null)
            return;
        long last = other == null ? store.last(subject, subjectStart, subjectLength)
                : store.last(SubjectFilter.of(other));
        if (expected != last)
            throw new JetStreamException(ErrorCode.WRONG_LAST_SEQUENCE, String.valueOf(last));
    }

    private void checkRollup(StreamConfig config) throws JetStreamException {
        String value = headers.get(PublishHeaders.ROLLUP);
        if (value == null)
            return;
        if (!config.allowRollupHdrs() || config.denyPurge())
            throw new JetStreamException(ErrorCode.ROLLUP, "rollup not permitted");
        rollup = value.toLowerCase(Locale.ROOT);
        if (!rollup.equals("sub") && !rollup.equals("all"))
            throw new JetStreamException(ErrorCode.ROLLUP, "rollup value invalid: \"" + rollup + "\"");
    }

    private void checkSize(StreamConfig config) throws JetStreamException {
        if (config.maxMsgSize() >= 0 && bodyLength > config.maxMsgSize())
            throw new JetStreamException(ErrorCode.MESSAGE_TOO_LARGE);
        if (headerLength > MOST_HEADERS)
            throw new JetStreamException(ErrorCode.HEADERS_TOO_LARGE);
        long size = (long) bodyLength + subjectLength + OVERHEAD;
        if (!stream.usage().hasRoom(persistent, size, OVERHEAD)) {
            stream.reports().memoryFull(size);
            throw new JetStreamException(ErrorCode.INSUFFICIENT_RESOURCES);
        }
    }

    /** With {@code discard: new}, a message for which there is no room is refused. */
    private void checkRoom(StreamConfig config) throws JetStreamException {
        if (config.discard() != Discard.NEW)
            return;
        long perSubject = config.maxMsgsPerSubject();
        boolean replaces = perSubject > 0 && store.count(subject, subjectStart, subjectLength) >= perSubject;
        if (replaces && config.refusesPerSubject() && rollup == null)
            throw new JetStreamException(ErrorCode.STORE_FAILED, "maximum messages per subject exceeded");
        MessageStore.State state = store.state();
        if (config.maxMsgs() >= 0 && state.messages() >= config.maxMsgs() && !replaces)
            throw new JetStreamException(ErrorCode.STORE_FAILED, "maximum messages exceeded");
        long size = stream.sizes().of(subjectLength, bodyLength, headerLength);
        if (config.maxBytes() >= 0 && state.bytes() + size - (replaces ? replacedSize() : 0) > config.maxBytes())
            throw new JetStreamException(ErrorCode.STORE_FAILED, "maximum bytes exceeded");
    }

    private long replacedSize() {
        long first = store.next(List.of(SubjectFilter.of(subjectText())), 0);
        return store.load(first, message) ? stream.sizes().of(message.subjectLength(), message.length(), message.headerLength()) : 0;
    }

    /** Returns the time of the message, which is never before that of another. */
    private long time() {
        lastTime = Math.max(lastTime, stream.wallClock());
        return lastTime;
    }

    private void remember(long sequence, long time) {
        lastId = id == null ? "" : id;
        if (id != null && stream.config().window() > 0)
            dedup.add(id, sequence, stream.now());
    }

    private void republish(long sequence, long before) {
        String from = subjectText(), to = republish.apply(from);
        if (to == null)
            return;
        store.load(sequence, message);
        boolean headersOnly = stream.config().republish().headersOnly() != null;
        String more = "Nats-Stream: " + stream.name() + "\r\nNats-Subject: " + from + "\r\nNats-Sequence: "
                + sequence + "\r\nNats-Time-Stamp: " + Times.text(message.time()) + "\r\nNats-Last-Sequence: "
                + before + "\r\n" + (headersOnly ? "Nats-Msg-Size: " + (message.length() - Math.max(message.headerLength(), 0)) + "\r\n" : "");
        stream.output().republish(to, message, more, headersOnly);
    }
}
