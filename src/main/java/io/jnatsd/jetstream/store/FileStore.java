package io.jnatsd.jetstream.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;

/**
 * The messages of a stream in files. Records are appended to the last {@link Segment}; a removed message is an entry in
 * the {@link DeleteLog}, until its segment is removed or written anew. The index is in memory, as that of a memory stream.
 *
 * <p>What is stored and removed is collected, and written by {@link #flush}: the caller tells nobody before. What was
 * written survives the end of the process; it survives a loss of power when it was forced, by {@link #flush} or by a
 * {@link SyncThread}, as configured. While the disk is nearly full, each message is written at once, and one that cannot
 * be written changes nothing.
 *
 * <p>Threads: the actor of the stream, which is a platform thread. Any thread may call {@link #force}.
 */
public final class FileStore extends IndexedStore {
    /** The bytes that are collected before they are written. */
    private static final int BUFFER = 1024 * 1024, SMALLEST_BUFFER = 16 * 1024;
    /** Segments grow with the stream, which has about so many. */
    private static final int SEGMENTS = 64;
    /** The free space of the disk below which each message is written at once, and how often it is read. */
    private static final long NEARLY_FULL = 128L * 1024 * 1024, SPACE_PAUSE = 100_000_000;

    /**
     * How a stream is stored.
     *
     * @param segmentBytes the smallest and the largest size of a segment
     * @param always each flush also forces
     */
    public record Settings(int segmentBytes, int largestSegmentBytes, boolean always, StoreReports reports) {
    }

    private final Path folder;
    private final Settings settings;
    private final Checksum checksum;
    private final DeleteLog deletes;
    private final ConsumerLog consumers;
    private final HighWater highWater;
    private final ReadCache cache = new ReadCache();
    private final Compaction compaction;
    private final NavigableMap<Long, Segment> segments = new TreeMap<>();
    private Segment[] bySlot = new Segment[4];
    private final OpenSegments opened = new OpenSegments();
    /** A segment was begun; the folder is to be forced, too. Cleared by the thread that forces. */
    private volatile boolean folderChanged;
    private final Queue<Segment> unforced = new ConcurrentLinkedQueue<>();
    /** Segments without messages, whose files are removed by the next flush. */
    private final List<Segment> empty = new ArrayList<>();
    private Segment active;
    /** What is not written yet begins at {@code written}; what is before it was written last, and is at the end of the active segment. */
    private byte[] buffer = new byte[SMALLEST_BUFFER];
    private int written;
    private int filled;
    private long kept;
    private boolean nearlyFull;
    private long spaceRead;
    /** Why messages cannot be written, null if they can. */
    private String failure;
    private final LostMessages lost = new LostMessages();
    private long diskBytes;
    private boolean closed;
    private long changes;

    private FileStore(Path folder, long uid, MessageSize sizes, long firstSequence, Settings settings) {
        super(sizes, firstSequence);
        this.folder = folder;
        this.settings = settings;
        this.checksum = new Checksum(uid);
        this.deletes = new DeleteLog(folder, checksum);
        this.consumers = new ConsumerLog(folder, checksum);
        this.highWater = new HighWater(folder, checksum);
        this.compaction = new Compaction(this, cache, deletes);
        kept = firstSequence - 1;
    }

    /**
     * Opens a store in an existing folder of its own, which is empty for a new stream.
     *
     * @param uid a random number that belongs to the stream for good
     * @param firstSequence the first sequence of a new stream
     * @throws IOException if the files cannot be read or written
     */
    public static FileStore open(Path folder, long uid, MessageSize sizes, long firstSequence, Settings settings)
            throws IOException {
        FileStore store = new FileStore(folder, uid, sizes, firstSequence, settings);
        try {
            store.recover();
        } catch (IOException | RuntimeException e) {
            store.closeFiles();
            throw e;
        }
        return store;
    }

    private void recover() throws IOException {
        HighWater.State state = highWater.open();
        SegmentRecovery recovery = new SegmentRecovery(this, checksum, deletes.open(), settings.reports());
        List<Segment> found = recovery.run(folder);
        consumers.open();
        raise(recovery.isTorn() || !state.certain() ? state.reserved() : state.used());
        kept = last();
        highWater.begin(kept);
        if (found.isEmpty())
            begin(kept + 1);
        else
            active = found.getLast();
        for (Segment each : found)
            if (each.live == 0 && each != active)
                drop(each);
        flush();
    }

    // ---- segments ----------------------------------------------------------------------------------------------

    /** Adds a segment whose file exists. */
    Segment register(long base) {
        int slot = 0;
        while (slot < bySlot.length && bySlot[slot] != null)
            slot++;
        if (slot == bySlot.length)
            bySlot = Arrays.copyOf(bySlot, 2 * slot);
        Segment added = new Segment(folder, base, slot);
        bySlot[slot] = added;
        segments.put(base, added);
        return added;
    }

    private void forget(Segment segment) {
        segments.remove(segment.base);
        bySlot[segment.slot] = null;
        opened.remove(segment);
        cache.forget(segment);
    }

    static long address(Segment segment, int offset) {
        return (long) segment.slot << 32 | offset;
    }

    private Segment segment(long address) {
        return bySlot[(int) (address >>> 32)];
    }

    /** Begins a segment. */
    private void begin(long base) throws IOException {
        Segment next = register(base);
        try {
            next.create();
        } catch (IOException e) {
            forget(next);
            throw e;
        }
        diskBytes += Segment.HEADER;
        folderChanged = true;
        active = next;
        written = filled = 0;
    }

    /** Ends the active segment, whose index is written, and begins another. */
    private void roll(long next) throws IOException {
        Segment full = active;
        begin(next);
        if (settings.always())
            full.force();
        if (full.live == 0)
            drop(full);
        else
            writeIndex(full, next - 1);
        opened.used(full);
    }

    /** Without an index, a start takes longer. */
    void writeIndex(Segment segment, long last) {
        try {
            SegmentIndex.write(this, segment, last, checksum);
        } catch (IOException e) {
            deleteIndex(segment);
        }
    }

    static void deleteIndex(Segment segment) {
        try {
            Files.deleteIfExists(segment.indexPath());
        } catch (IOException e) {
            // Its checksum says that it is not whole.
        }
    }

    private void drop(Segment segment) {
        diskBytes -= segment.end;
        forget(segment);
        empty.add(segment);
    }

    private int segmentSize() {
        return (int) Math.clamp(diskBytes / SEGMENTS, settings.segmentBytes(), settings.largestSegmentBytes());
    }

    // ---- writing -----------------------------------------------------------------------------------------------

    @Override
    long write(long sequence, long time, byte[] subject, int subjectStart, int subjectLength, byte[] body, int bodyStart,
            int bodyLength, int headerLength) {
        try {
            int length = LogRecord.HEAD + subjectLength + bodyLength, at = room(sequence, length);
            System.arraycopy(subject, subjectStart, buffer, at + LogRecord.HEAD, subjectLength);
            System.arraycopy(body, bodyStart, buffer, at + LogRecord.HEAD + subjectLength, bodyLength);
            int offset = put(at, length, LogRecord.MESSAGE, sequence, time, subjectLength, headerLength);
            int size = sizes().of(subjectLength, bodyLength, headerLength);
            active.records++;
            active.live++;
            active.recordBytes += size;
            active.liveBytes += size;
            return address(active, offset);
        } catch (IOException e) {
            throw failed(e);
        }
    }

    @Override
    void skipped(long sequence, long time) {
        try {
            put(room(sequence, LogRecord.HEAD), LogRecord.HEAD, LogRecord.SKIPPED, sequence, time, 0, -1);
        } catch (IOException e) {
            throw failed(e);
        }
    }

    /** Makes room for a record; returns where it begins in the buffer. */
    private int room(long sequence, int length) throws IOException {
        highWater.use(sequence);
        int padded = LogRecord.padded(length);
        if (active.end + (filled - written) + padded > segmentSize() && active.end + filled - written > Segment.HEADER) {
            writeBuffer();
            roll(sequence);
        }
        if (written == filled && written > 0)
            written = filled = 0;
        if (filled + padded > buffer.length) {
            if (filled + padded > BUFFER) {
                writeBuffer();
                written = filled = 0;
            }
            if (filled + padded > buffer.length)
                buffer = Arrays.copyOf(buffer, Math.max(Math.min(2 * buffer.length, BUFFER), filled + padded));
        }
        return filled;
    }

    /** Completes a record in the buffer; returns its offset in the segment. */
    private int put(int at, int length, int kind, long sequence, long time, int subjectLength, int headerLength) throws IOException {
        int padded = LogRecord.padded(length), offset = active.end + at - written;
        LogRecord.seal(buffer, at, length, kind, sequence, time, subjectLength, headerLength, checksum);
        Arrays.fill(buffer, at + length, at + padded, (byte) 0);
        filled += padded;
        changes++;
        if (!nearlyFull && failure == null)
            return offset;
        try {
            writeBuffer();
            writable();
        } catch (IOException e) {
            // Nobody knows of the record yet.
            filled = at;
            throw e;
        }
        return offset;
    }

    private void writeBuffer() throws IOException {
        int length = filled - written;
        if (length == 0)
            return;
        active.append(buffer, written, length);
        if (active.isToBeForced().compareAndSet(false, true))
            unforced.add(active);
        diskBytes += length;
        written = filled;
    }

    private StoreException failed(IOException e) {
        String reason = Objects.requireNonNullElse(e.getMessage(), e.getClass().getSimpleName());
        if (failure == null)
            settings.reports().failing(reason);
        failure = reason;
        return new StoreException(reason);
    }

    @Override
    public void flush() {
        if (closed)
            return;
        try {
            writeBuffer();
            if (settings.always())
                force();
            kept = last();
            // First what gives room back: the disk may be full.
            removeEmpty();
            emptyActive();
            deletes.write();
            consumers.write();
            if (settings.always())
                force();
            if (!nearlyFull)
                writable();
        } catch (IOException e) {
            filled = written;
            StoreException failed = failed(e);
            rollBack(kept);
            throw failed;
        }
        readSpace();
        compact();
    }

    @Override
    public long kept() {
        return kept;
    }

    @Override
    public long changes() {
        return changes;
    }

    @Override
    public boolean isPersistent() {
        return true;
    }

    private void readSpace() {
        long now = System.nanoTime();
        if (now - spaceRead < SPACE_PAUSE && spaceRead != 0)
            return;
        spaceRead = now;
        nearlyFull = folder.toFile().getUsableSpace() < NEARLY_FULL;
    }

    /** Something was written. */
    private void writable() {
        if (failure != null)
            settings.reports().recovered();
        failure = null;
    }

    private void removeEmpty() throws IOException {
        for (Segment each; !empty.isEmpty(); empty.removeLast()) {
            each = empty.getLast();
            each.delete();
        }
    }

    /** Removes the records of the active segment when all its messages were removed. */
    private void emptyActive() throws IOException {
        if (active.live > 0 || active.recordBytes < Compaction.WORTH)
            return;
        highWater.used(last());
        resized(active, Segment.HEADER - active.end);
        active.end = Segment.HEADER;
        active.truncate(Segment.HEADER);
        active.records = 0;
        active.recordBytes = 0;
        written = filled = 0;
        deleteIndex(active);
    }

    // ---- removing ----------------------------------------------------------------------------------------------

    @Override
    public void overwrite(long sequence) {
        long address = address(sequence);
        if (address < 0)
            return;
        try {
            writeBuffer();
            written = filled = 0;
            Segment segment = segment(address);
            if (segment != active)
                opened.used(segment);
            cache.forget(segment);
            segment.overwrite((int) address, checksum);
        } catch (IOException e) {
            throw failed(e);
        }
    }

    @Override
    void forget(long sequence, long address, int size) {
        Segment segment = segment(address);
        changes++;
        segment.live--;
        segment.liveBytes -= size;
        deletes.add(sequence, first() == sequence);
        if (segment.live == 0 && segment != active)
            drop(segment);
    }

    /** Gives room on the disk back. */
    private void compact() {
        if (failure != null)
            return;
        try {
            compaction.run();
        } catch (IOException e) {
            // Only room is lost; it is tried again.
        }
    }

    /** Returns the segments, in order. */
    NavigableMap<Long, Segment> all() {
        return segments;
    }

    boolean isActive(Segment segment) {
        return segment == active;
    }

    /** A segment was found, or was written anew, and has so many more bytes than before. */
    void resized(Segment segment, long more) {
        diskBytes += more;
        cache.forget(segment);
    }

    // ---- reading -----------------------------------------------------------------------------------------------

    /** The longest record of a message that counts so many bytes. */
    int mostLength(int size) {
        return LogRecord.padded(LogRecord.HEAD + size - sizes().of(0, 0, -1));
    }

    @Override
    boolean read(StoredMessage into, long sequence, long address, int size) {
        Segment segment = segment(address);
        int offset = (int) address, most = mostLength(size);
        // The buffer also has what was written last.
        int bufferStart = active.end - written;
        if (segment == active && offset >= bufferStart)
            return set(into, buffer, offset - bufferStart, filled - (offset - bufferStart), sequence, segment, offset);
        if (segment != active)
            opened.used(segment);
        try {
            ReadCache.Block block = cache.get(segment, offset, Math.min(offset + most, segment.end));
            return set(into, block.bytes, block.index(offset), Math.min(most, segment.end - offset), sequence, segment, offset);
        } catch (IOException e) {
            throw new StoreException("cannot read message " + sequence + " in " + segment.path() + ": " + e);
        }
    }

    boolean isMessage(byte[] in, int at, int available, long sequence) {
        return available >= LogRecord.HEAD && LogRecord.isHead(in, at, checksum) && LogRecord.length(in, at) <= available
                && LogRecord.sequence(in, at) == sequence && LogRecord.kind(in, at) == LogRecord.MESSAGE && LogRecord.isWhole(in, at, checksum);
    }

    private boolean set(StoredMessage into, byte[] in, int at, int available, long sequence, Segment segment, int offset) {
        if (!isMessage(in, at, available, sequence)) {
            lost(segment.path(), offset, sequence, available);
            return false;
        }
        int subjectLength = LogRecord.subjectLength(in, at);
        into.array = in;
        into.start = at + LogRecord.HEAD + subjectLength;
        into.length = LogRecord.bodyLength(in, at);
        into.headerLength = LogRecord.headerLength(in, at);
        return true;
    }

    /** Counts a damaged message; its sequence is 0 if it is not known. */
    void lost(Path file, long offset, long sequence, long bytes) {
        lost.add(sequence, bytes);
        settings.reports().damaged(file, offset, sequence);
    }

    @Override
    public Lost lost() {
        return lost.all();
    }

    // ---- consumers ---------------------------------------------------------------------------------------------

    /** Returns the states of consumers by name. */
    public Map<String, byte[]> consumers() {
        return consumers.states();
    }

    @Override
    public void saveConsumer(String name, byte[] state) {
        changes++;
        consumers.put(name, state);
    }

    @Override
    public void forgetConsumer(String name) {
        if (consumers.remove(name))
            changes++;
    }

    /** Gives the sequences up to this one to no message: a consumer knows them. */
    public void skipTo(long sequence) {
        raise(sequence);
        kept = last();
    }

    // ---- life --------------------------------------------------------------------------------------------------

    /** Returns whether something was written that was not forced. Any thread. */
    boolean isDirty() {
        return !unforced.isEmpty() || others().anyMatch(StoreFile::isDirty);
    }

    /** Has what was written survive a loss of power. Any thread. */
    public void force() throws IOException {
        if (folderChanged) {
            folderChanged = false;
            StoreFolder.force(folder);
        }
        for (Segment each; (each = unforced.poll()) != null;) {
            // Before: what is written meanwhile is forced now or the next time.
            each.isToBeForced().set(false);
            each.force();
        }
        for (StoreFile each : others().filter(StoreFile::isDirty).toList())
            each.force();
    }

    /** Returns the files beside the segments. */
    private Stream<StoreFile> others() {
        return Stream.of(deletes.file(), consumers.file(), highWater.file());
    }

    @Override
    public void close() {
        if (closed)
            return;
        try {
            flush();
            force();
            if (active.live > 0)
                writeIndex(active, last());
            highWater.end(last());
        } catch (IOException | StoreException e) {
            settings.reports().failing("close: " + e.getMessage());
        } finally {
            closed = true;
            closeFiles();
        }
    }

    /** Gives all file descriptors back; files are opened again when they are used. */
    private void closeFiles() {
        segments.values().forEach(Segment::close);
        others().forEach(StoreFile::close);
        opened.clear();
    }

    @Override
    public void rest() {
        if (!isDirty())
            closeFiles();
    }

    @Override
    public void delete() {
        closed = true;
        closeFiles();
        try {
            StoreFolder.delete(folder);
        } catch (IOException e) {
            settings.reports().failing("delete: " + e);
        }
    }

    @Override
    public long diskBytes() {
        return diskBytes;
    }

    @Override
    public int segments() {
        return segments.size();
    }

    @Override
    public long memory() {
        return indexMemory() + buffer.length + cache.memory();
    }
}
