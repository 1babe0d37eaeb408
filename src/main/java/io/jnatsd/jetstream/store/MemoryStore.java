package io.jnatsd.jetstream.store;

/**
 * The messages of a memory stream: headers and payloads are in an {@link Arena}. Threads: the actor of the stream.
 */
public final class MemoryStore extends IndexedStore {
    private final Arena arena = new Arena(this::moved);

    /**
     * @param sizes what a message counts for {@code max_bytes}
     * @param firstSequence the sequence of the first message, 1 or more
     */
    public MemoryStore(MessageSize sizes, long firstSequence) {
        super(sizes, firstSequence);
    }

    @Override
    long write(long sequence, long time, byte[] subject, int subjectStart, int subjectLength, byte[] body, int bodyStart,
            int bodyLength, int headerLength) {
        return arena.add(sequence, body, bodyStart, bodyLength, headerLength);
    }

    @Override
    void forget(long sequence, long address, int size) {
        arena.remove(address);
    }

    @Override
    boolean read(StoredMessage into, long sequence, long address, int size) {
        into.array = arena.array(address);
        into.start = arena.start(address);
        into.length = arena.length(address);
        into.headerLength = arena.headerLength(address);
        return true;
    }

    @Override
    void skipped(long sequence, long time) {
    }

    @Override
    public long memory() {
        return arena.bytes() + indexMemory();
    }
}
