package io.jnatsd.jetstream.store;

import java.util.List;
import java.util.function.BiConsumer;

/**
 * The messages of one stream, in the order of their sequences. Sequences grow by one with each message, and are never
 * used again (JetStream: sequences and time).
 *
 * <p>A store does what it is told; which messages are stored and which are removed is decided by the stream.
 *
 * <p>Threads: the actor of the stream.
 */
public interface MessageStore {
    /**
     * The state of a store.
     *
     * @param first the first sequence; {@code last + 1} if there are no messages
     * @param firstTime the time of the first message, 0 if there are none
     * @param last the last sequence that was given to a message
     * @param lastTime the time of the last message that was stored, 0 if there was none
     */
    record State(long messages, long bytes, long first, long firstTime, long last, long lastTime, int subjects) {
    }

    /**
     * Messages that were damaged.
     *
     * @param sequences of those whose sequence is known, at most a thousand
     */
    record Lost(long messages, List<Long> sequences, long bytes) {
        public static final Lost NONE = new Lost(0, List.of(), 0);
    }

    /** Is told of each message that is removed, before it is gone. It must not change the store. */
    interface Removals {
        /** @param message valid during the call; it has subject, sequence and time only */
        void removed(StoredMessage message);
    }

    /** Sets who is told of removed messages. */
    void onRemoval(Removals removals);

    /**
     * Stores a message behind all others.
     *
     * @param subject the array that holds the subject
     * @param body the array that holds headers and payload
     * @param headerLength the number of bytes of headers, -1 for a message without headers
     * @param time in nanoseconds since 1970; not before that of the last message
     * @return its sequence
     * @throws StoreException if it cannot be stored; then nothing has changed
     */
    long append(byte[] subject, int subjectStart, int subjectLength, byte[] body, int bodyStart, int bodyLength,
            int headerLength, long time);

    /** Gives the next sequence to no message, as if it had been stored and removed; returns the sequence. */
    long skip(long time);

    /** Removes a message; returns false if there is none with this sequence. */
    boolean remove(long sequence);

    /** Overwrites the bytes of a message on the disk, which is about to be removed. */
    default void overwrite(long sequence) {
    }

    /** Removes the first message. */
    void removeFirst();

    /** Removes the first message on a subject; returns false if the subject has none. */
    boolean removeFirstOf(byte[] subject, int start, int length);

    /**
     * Removes messages.
     *
     * @param filter which subjects
     * @param below only sequences below this one; 0 for all
     * @param keep the number of messages to keep, the newest; 0 for none
     * @return the number of messages removed
     */
    long purge(SubjectFilter filter, long below, long keep);

    /** Returns whether there is a message with a sequence. */
    boolean has(long sequence);

    /** Loads a message; returns false if there is none with this sequence, or it is damaged: then it is removed. */
    boolean load(long sequence, StoredMessage into);

    /** Returns the first sequence from this one on that a filter selects, or -1. */
    long next(List<SubjectFilter> filters, long from);

    /** Returns the last sequence up to this one that a filter selects, or -1. */
    long previous(List<SubjectFilter> filters, long upTo);

    /** Returns the last sequence of a subject, 0 if it has no messages. */
    long last(byte[] subject, int start, int length);

    /** Returns the last sequence that a filter selects, 0 if there is none. */
    long last(SubjectFilter filter);

    /** Returns the number of messages on a subject. */
    long count(byte[] subject, int start, int length);

    /** Returns the number of messages from a sequence on that any of the filters selects. They must not overlap. */
    long count(List<SubjectFilter> filters, long from);

    /** Returns the last sequence of each subject that any of the filters selects, ascending. */
    long[] lastOfEach(List<SubjectFilter> filters);

    /** Calls back with each subject that a filter selects, one char per byte, and the number of its messages. */
    void subjects(SubjectFilter filter, BiConsumer<String, Long> visitor);

    /** Returns the first sequence whose time is not before this one; {@code last + 1} if there is none. */
    long firstSince(long time);

    /** Returns at most {@code most} sequences between the first and the last that have no message, ascending. */
    long[] gaps(int most);

    State state();

    /** Returns the bytes of memory that the store takes. */
    long memory();

    // ---- files -----------------------------------------------------------------------------------------------

    /** Returns whether the store has files: what was stored or removed is to be told to others after {@link #flush}. */
    default boolean isPersistent() {
        return false;
    }

    /**
     * Has what was stored and removed survive the end of the process.
     *
     * @throws StoreException if that fails; the messages behind {@link #kept} have been removed again
     */
    default void flush() {
    }

    /** Returns a number that changes with what {@link #flush} has to write. */
    default long changes() {
        return 0;
    }

    /** Returns the last sequence that survives the end of the process. */
    default long kept() {
        return Long.MAX_VALUE;
    }

    default Lost lost() {
        return Lost.NONE;
    }

    /** Returns the bytes of the files. */
    default long diskBytes() {
        return 0;
    }

    /** Returns the number of files with messages. */
    default int segments() {
        return 0;
    }

    /** Keeps the state of a consumer with the next {@link #flush}. */
    default void saveConsumer(String name, byte[] state) {
    }

    /** Does not keep a consumer any more. */
    default void forgetConsumer(String name) {
    }

    /** The stream has had no work for a while: gives back what it only needs for work. */
    default void rest() {
    }

    /** Removes all files. */
    default void delete() {
    }

    /** Writes what is not written yet, and closes the files. */
    default void close() {
    }
}
