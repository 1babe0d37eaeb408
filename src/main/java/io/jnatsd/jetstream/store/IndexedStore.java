package io.jnatsd.jetstream.store;

import io.jnatsd.jetstream.store.SubjectTree.StoredSubject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.stream.LongStream;

/**
 * The index of the messages of a stream, which is in memory for every kind of stream: what is known of each message in
 * {@link Page}s, and subjects in a {@link SubjectTree}. A message of a subject refers to the next one, so that the
 * oldest of a subject is removed without a search. Subclasses keep headers and payloads.
 *
 * <p>Threads: the actor of the stream.
 */
abstract sealed class IndexedStore implements MessageStore permits MemoryStore, FileStore {
    /** Memory of a message in a page, and of a subject in the tree without its token, as measured. */
    private static final int PAGE_BYTES = 18, SUBJECT_BYTES = 72;

    private final MessageSize sizes;
    private final SubjectTree tree = new SubjectTree();
    /** The pages from {@link #firstPage} on; null for an empty one. */
    private Page[] pages = new Page[4];
    /** The number of the page at index 0: its first sequence divided by the size of a page. */
    private long firstPage;

    private long messages;
    private long bytes;
    private long first;
    private long last;
    private long lastTime;
    private Removals removals = message -> { };
    private final StoredMessage removed = new StoredMessage();

    /**
     * @param sizes what a message counts for {@code max_bytes}
     * @param firstSequence the sequence of the first message, 1 or more
     */
    IndexedStore(MessageSize sizes, long firstSequence) {
        this.sizes = sizes;
        first = firstSequence;
        last = firstSequence - 1;
        firstPage = first / Page.SIZE;
    }

    /**
     * Stores a message; returns its address.
     *
     * @throws StoreException if that is not possible; then nothing has changed
     */
    abstract long write(long sequence, long time, byte[] subject, int subjectStart, int subjectLength, byte[] body, int bodyStart,
            int bodyLength, int headerLength);

    /** A message was removed from the index. */
    abstract void forget(long sequence, long address, int size);

    /** Sets what a message has beside its subject and time; returns false if it is damaged. */
    abstract boolean read(StoredMessage into, long sequence, long address, int size);

    /** The last sequence has no message. */
    abstract void skipped(long sequence, long time);

    @Override
    public void onRemoval(Removals receiver) {
        removals = receiver;
    }

    @Override
    public long append(byte[] subject, int subjectStart, int subjectLength, byte[] body, int bodyStart, int bodyLength,
            int headerLength, long time) {
        long sequence = last + 1;
        long address = write(sequence, time, subject, subjectStart, subjectLength, body, bodyStart, bodyLength, headerLength);
        add(sequence, time, tree.getOrAdd(subject, subjectStart, subjectLength),
                sizes.of(subjectLength, bodyLength, headerLength), address);
        return sequence;
    }

    /** Returns a subject for {@link #add}, which must be called with it next. */
    final StoredSubject subject(byte[] from, int start, int length) {
        return tree.getOrAdd(from, start, length);
    }

    /** Adds a message behind all others. */
    final void add(long sequence, long time, StoredSubject subject, int size, long address) {
        if (subject.count == 0) {
            subject.first = sequence;
        } else {
            Page before = page(subject.last);
            before.next(before.index(subject.last), sequence);
        }
        subject.last = sequence;
        tree.count(subject, 1);
        pageToFill(sequence).add(sequence, time, subject, size, address);
        if (messages == 0)
            first = sequence;
        messages++;
        bytes += size;
        last = sequence;
        lastTime = time;
    }

    /** Visits a message of the index. */
    interface Visitor {
        void message(long sequence, long time, StoredSubject subject, int size, long address);
    }

    /** Visits the messages between two sequences. The visitor may not add or remove any. */
    final void forEach(long from, long to, Visitor visitor) {
        for (long at = firstFrom(from); at >= 0 && at <= to; at = firstFrom(at + 1)) {
            Page page = page(at);
            int index = page.index(at);
            visitor.message(at, page.time(index), page.subject(index), page.size(index), page.address(index));
        }
    }

    /** Visits the ranges of sequences between two that have no message. */
    final void gaps(long from, long to, DeleteLog.Removed visitor) {
        long expected = from;
        for (long at = firstFrom(from); at >= 0 && at <= to; at = firstFrom(at + 1)) {
            if (at > expected)
                visitor.range(expected, at - 1);
            expected = at + 1;
        }
        if (expected <= to)
            visitor.range(expected, to);
    }

    /** Removes the messages behind a sequence, which could not be kept. */
    final void rollBack(long kept) {
        for (long at = firstFrom(kept + 1); at >= 0; at = firstFrom(at + 1))
            remove(at);
    }

    /** Returns the address of a message, -1 if there is none with this sequence. */
    final long address(long sequence) {
        Page page = page(sequence);
        int index = page == null ? -1 : page.index(sequence);
        return index < 0 ? -1 : page.address(index);
    }

    final long first() {
        return first;
    }

    final long last() {
        return last;
    }

    final MessageSize sizes() {
        return sizes;
    }

    /** Gives the sequences up to this one to no message. */
    final void raise(long sequence) {
        last = Math.max(last, sequence);
        if (messages == 0)
            first = last + 1;
    }

    @Override
    public long skip(long time) {
        last++;
        if (messages == 0)
            first = last + 1;
        lastTime = time;
        skipped(last, time);
        return last;
    }

    /** Returns the page of a sequence, null if it has no messages. */
    private Page page(long sequence) {
        long index = sequence / Page.SIZE - firstPage;
        return index < 0 || index >= pages.length ? null : pages[(int) index];
    }

    private Page pageToFill(long sequence) {
        long number = sequence / Page.SIZE;
        if (messages == 0) {
            firstPage = number;
        } else if (number - firstPage >= pages.length) {
            int unused = (int) (first / Page.SIZE - firstPage), used = pages.length - unused;
            Page[] to = unused > pages.length / 2 ? pages : new Page[(int) Math.max(2L * used, number - firstPage - unused + 1)];
            System.arraycopy(pages, unused, to, 0, used);
            if (to == pages)
                Arrays.fill(pages, used, pages.length, null);
            pages = to;
            firstPage += unused;
            return pageToFill(sequence);
        }
        int index = (int) (number - firstPage);
        if (pages[index] == null)
            pages[index] = new Page(number * Page.SIZE);
        return pages[index];
    }

    /** A message is at another address now. */
    final void moved(long sequence, long address) {
        Page page = page(sequence);
        page.moved(page.index(sequence), address);
    }

    @Override
    public boolean remove(long sequence) {
        Page page = page(sequence);
        int index = page == null ? -1 : page.index(sequence);
        if (index < 0)
            return false;
        describe(removed, sequence, page, index);
        removals.removed(removed);
        StoredSubject subject = page.subject(index);
        unlink(subject, sequence, page.next(index));
        long address = page.address(index);
        int size = page.size(index);
        messages--;
        bytes -= size;
        page.remove(index, sequence / Page.SIZE != last / Page.SIZE);
        if (page.isEmpty())
            pages[(int) (sequence / Page.SIZE - firstPage)] = null;
        // Afterwards, because others may move.
        forget(sequence, address, size);
        tree.count(subject, -1);
        if (sequence == first)
            first = messages == 0 ? last + 1 : firstFrom(sequence + 1);
        return true;
    }

    /** Takes a message out of the chain of its subject. */
    private void unlink(StoredSubject subject, long sequence, long next) {
        if (subject.first == sequence) {
            subject.first = next;
            return;
        }
        long at = subject.first;
        Page page = page(at);
        while (page.next(page.index(at)) != sequence) {
            at = page.next(page.index(at));
            page = page(at);
        }
        page.next(page.index(at), next);
        if (subject.last == sequence)
            subject.last = at;
    }

    /** Returns the first sequence from this one on that has a message, or -1. */
    private long firstFrom(long sequence) {
        for (long at = Math.max(sequence, first); at <= last; at = (at / Page.SIZE + 1) * Page.SIZE) {
            Page page = page(at);
            long found = page == null ? -1 : page.firstFrom(at);
            if (found >= 0)
                return found;
        }
        return -1;
    }

    private long lastUpTo(long sequence) {
        for (long at = Math.min(sequence, last); at >= first; at = at / Page.SIZE * Page.SIZE - 1) {
            Page page = page(at);
            long found = page == null ? -1 : page.lastUpTo(at);
            if (found >= 0)
                return found;
        }
        return -1;
    }

    @Override
    public void removeFirst() {
        remove(first);
    }

    @Override
    public boolean removeFirstOf(byte[] subject, int start, int length) {
        StoredSubject stored = tree.get(subject, start, length);
        return stored != null && remove(stored.first);
    }

    @Override
    public long purge(SubjectFilter filter, long below, long keep) {
        long left = filter.isAll() ? messages : tree.count(filter), before = messages;
        if (filter.isAll()) {
            while (messages > keep && (below == 0 || first < below))
                removeFirst();
            if (below > first && messages == 0)
                first = last + 1;
        } else {
            // By subject, so that the time does not depend on messages that stay.
            List<StoredSubject> subjects = new ArrayList<>();
            tree.forEach(filter, subjects::add);
            long end = below == 0 ? Long.MAX_VALUE : below;
            if (keep > 0)
                end = Math.min(end, newest(subjects, left, keep));
            for (StoredSubject subject : subjects)
                while (subject.count > 0 && subject.first < end)
                    remove(subject.first);
        }
        return before - messages;
    }

    /** Returns the sequence from which on there are so many messages of the subjects. */
    private long newest(List<StoredSubject> subjects, long count, long keep) {
        if (keep >= count)
            return 0;
        long[] sequences = new long[(int) count];
        int at = 0;
        for (StoredSubject subject : subjects)
            for (long sequence = subject.first; sequence != 0; sequence = nextOf(sequence))
                sequences[at++] = sequence;
        Arrays.sort(sequences);
        return sequences[(int) (count - keep)];
    }

    private long nextOf(long sequence) {
        Page page = page(sequence);
        return page.next(page.index(sequence));
    }

    @Override
    public boolean has(long sequence) {
        Page page = page(sequence);
        return page != null && page.index(sequence) >= 0;
    }

    @Override
    public boolean load(long sequence, StoredMessage into) {
        Page page = page(sequence);
        int index = page == null ? -1 : page.index(sequence);
        if (index < 0)
            return false;
        describe(into, sequence, page, index);
        return read(into, sequence, page.address(index), page.size(index)) || damaged(sequence);
    }

    /** The rest of a message cannot be read: it is given up. */
    private boolean damaged(long sequence) {
        remove(sequence);
        return false;
    }

    private static void describe(StoredMessage into, long sequence, Page page, int index) {
        StoredSubject subject = page.subject(index);
        into.sequence = sequence;
        into.time = page.time(index);
        into.subjectLength = subject.length();
        if (into.subject.length < into.subjectLength)
            into.subject = new byte[2 * into.subjectLength];
        subject.copyTo(into.subject, into.subjectLength);
    }

    private static boolean selects(List<SubjectFilter> filters, StoredSubject subject) {
        for (SubjectFilter filter : filters)
            if (filter.isAll() || filter.matches(subject))
                return true;
        return filters.isEmpty();
    }

    private static boolean selectsAll(List<SubjectFilter> filters) {
        return filters.isEmpty() || filters.getFirst().isAll();
    }

    @Override
    public long next(List<SubjectFilter> filters, long from) {
        long at = firstFrom(from);
        if (at < 0 || selectsAll(filters))
            return at;
        if (filters.size() == 1 && filters.getFirst().isLiteral())
            return next(tree.get(filters.getFirst()), from);
        long total = count(filters);
        if (total == 0 || total == messages)
            return total == 0 ? -1 : at;
        StoredSubject seen = null;
        boolean selected = false;
        for (; at >= 0; at = firstFrom(at + 1)) {
            Page page = page(at);
            StoredSubject subject = page.subject(page.index(at));
            if (subject != seen) {
                seen = subject;
                selected = selects(filters, subject);
            }
            if (selected)
                return at;
        }
        return -1;
    }

    /** Returns the first sequence of a subject from this one on, or -1. */
    private long next(StoredSubject subject, long from) {
        if (subject == null || subject.last < from)
            return -1;
        if (subject.first >= from)
            return subject.first;
        // A consumer asks for the message behind the one that it has delivered.
        Page before = page(from - 1);
        int index = before == null ? -1 : before.index(from - 1);
        if (index >= 0 && before.subject(index) == subject)
            return before.next(index);
        for (long at = firstFrom(from);; at = firstFrom(at + 1)) {
            Page page = page(at);
            if (page.subject(page.index(at)) == subject)
                return at;
        }
    }

    @Override
    public long previous(List<SubjectFilter> filters, long upTo) {
        long at = lastUpTo(upTo);
        if (at < 0 || selectsAll(filters))
            return at;
        if (count(filters) == 0)
            return -1;
        for (; at >= 0; at = lastUpTo(at - 1)) {
            Page page = page(at);
            if (selects(filters, page.subject(page.index(at))))
                return at;
        }
        return -1;
    }

    @Override
    public long last(byte[] subject, int start, int length) {
        StoredSubject stored = tree.get(subject, start, length);
        return stored == null ? 0 : stored.last;
    }

    @Override
    public long last(SubjectFilter filter) {
        if (filter.isAll())
            return messages == 0 ? 0 : lastUpTo(last);
        long[] found = {0};
        tree.forEach(filter, subject -> found[0] = Math.max(found[0], subject.last));
        return found[0];
    }

    @Override
    public long count(byte[] subject, int start, int length) {
        StoredSubject stored = tree.get(subject, start, length);
        return stored == null ? 0 : stored.count;
    }

    private long count(List<SubjectFilter> filters) {
        if (selectsAll(filters))
            return messages;
        long sum = 0;
        for (SubjectFilter filter : filters)
            sum += tree.count(filter);
        return sum;
    }

    @Override
    public long count(List<SubjectFilter> filters, long from) {
        if (from > last)
            return 0;
        long total = count(filters);
        if (from <= first || total == 0)
            return total;
        if (total == messages)
            return countFrom(from);
        // As few messages as possible are visited: those of the subjects, those before the sequence, or those behind it.
        return total <= Math.min(from - first, last - from) ? countBySubject(filters, from) : countInOrder(filters, from, total);
    }

    private long countFrom(long from) {
        Page partly = page(from);
        long count = partly == null ? 0 : partly.countFrom(from);
        for (long at = from / Page.SIZE + 1; at <= last / Page.SIZE; at++) {
            Page page = page(at * Page.SIZE);
            count += page == null ? 0 : page.count();
        }
        return count;
    }

    private long countBySubject(List<SubjectFilter> filters, long from) {
        long[] count = {0};
        for (SubjectFilter filter : filters)
            tree.forEach(filter, subject -> count[0] += countFrom(subject, from));
        return count[0];
    }

    private long countFrom(StoredSubject subject, long from) {
        if (subject.last < from)
            return 0;
        long before = 0;
        for (long at = subject.first; at < from; at = nextOf(at))
            before++;
        return subject.count - before;
    }

    private long countInOrder(List<SubjectFilter> filters, long from, long total) {
        boolean fromFront = from - first < last - from;
        long counted = 0;
        StoredSubject seen = null;
        boolean selected = false;
        for (long at = fromFront ? first : firstFrom(from), end = fromFront ? from : last + 1; at >= 0 && at < end;
                at = firstFrom(at + 1)) {
            Page page = page(at);
            StoredSubject subject = page.subject(page.index(at));
            if (subject != seen) {
                seen = subject;
                selected = selects(filters, subject);
            }
            if (selected)
                counted++;
        }
        return fromFront ? total - counted : counted;
    }

    @Override
    public long[] lastOfEach(List<SubjectFilter> filters) {
        LongStream.Builder found = LongStream.builder();
        for (SubjectFilter filter : filters.isEmpty() ? List.of(SubjectFilter.ALL) : filters)
            tree.forEach(filter, subject -> found.add(subject.last));
        return found.build().sorted().toArray();
    }

    @Override
    public void subjects(SubjectFilter filter, BiConsumer<String, Long> visitor) {
        tree.forEach(filter, subject -> {
            byte[] text = new byte[subject.length()];
            subject.copyTo(text, text.length);
            visitor.accept(new String(text, StandardCharsets.ISO_8859_1), (long) subject.count);
        });
    }

    @Override
    public long firstSince(long time) {
        if (messages == 0 || lastTime < time)
            return last + 1;
        long low = first, high = last + 1;
        // The invariant: what comes before low is earlier, and high is not.
        while (low < high) {
            long middle = low + (high - low) / 2, found = firstFrom(middle);
            if (found < 0 || found >= high)
                high = middle;
            else if (timeOf(found) < time)
                low = found + 1;
            else
                high = middle;
        }
        long found = firstFrom(low);
        return found < 0 ? last + 1 : found;
    }

    private long timeOf(long sequence) {
        Page page = page(sequence);
        return page.time(page.index(sequence));
    }

    @Override
    public long[] gaps(int most) {
        LongStream.Builder found = LongStream.builder();
        int count = 0;
        long expected = first;
        for (long at = firstFrom(first); at >= 0 && count < most; at = firstFrom(at + 1)) {
            for (; expected < at && count < most; expected++, count++)
                found.add(expected);
            expected = at + 1;
        }
        for (; messages > 0 && expected <= last && count < most; expected++, count++)
            found.add(expected);
        return found.build().toArray();
    }

    @Override
    public State state() {
        return new State(messages, bytes, first, messages == 0 ? 0 : timeOf(first), last, lastTime, tree.subjects());
    }

    /** Returns the memory of the index. */
    final long indexMemory() {
        return messages == 0 ? 0 : (messages + Page.SIZE) * PAGE_BYTES + (long) tree.subjects() * SUBJECT_BYTES;
    }
}
