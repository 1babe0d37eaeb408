package io.jnatsd.jetstream.store;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The file with the states of the consumers of a stream. Each state is appended; the last one of a name counts. If that
 * one is damaged, the one before it counts. The first state of a consumer is written twice, so that there is one before.
 *
 * <p>A record has a checksum, its length, the length of the name, and a mark for a consumer that was removed; then name
 * and state, and zeros up to a multiple of 8.
 *
 * <p>Threads: the actor of the stream.
 */
final class ConsumerLog {
    private static final String NAME = "consumers";
    private static final int HEAD = 16, SUM = 4, REMOVED = 1;
    /** A smaller file is not written anew. */
    private static final int SMALL = 256 * 1024;
    /** The file may be so many times as long as what it says. */
    private static final int FACTOR = 8;

    private final StoreFile file;
    private final Checksum checksum;
    private long size;
    private final Map<String, byte[]> states = new LinkedHashMap<>();
    private long stateBytes;
    /** What waits is not complete. */
    private boolean mustCompact;
    private final ByteArrayOutputStream waiting = new ByteArrayOutputStream();

    ConsumerLog(Path folder, Checksum checksum) {
        this.file = new StoreFile(folder.resolve(NAME));
        this.checksum = checksum;
    }

    void open() throws IOException {
        byte[] bytes = file.readAll();
        ByteBuffer from = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        for (int at = 0; at + HEAD <= bytes.length;) {
            int length = from.getInt(at + 4), nameLength = from.getInt(at + 8);
            if (length < HEAD || length > bytes.length - at || nameLength < 0 || nameLength > length - HEAD
                    || from.getInt(at) != checksum.of(bytes, at + SUM, length - SUM)) {
                at += LogRecord.ALIGNMENT;
                continue;
            }
            String name = new String(bytes, at + HEAD, nameLength, StandardCharsets.ISO_8859_1);
            if (from.getInt(at + 12) == REMOVED) {
                forget(name);
            } else {
                byte[] state = new byte[length - HEAD - nameLength];
                System.arraycopy(bytes, at + HEAD + nameLength, state, 0, state.length);
                remember(name, state);
            }
            at += LogRecord.padded(length);
        }
        size = LogRecord.padded(bytes.length);
    }

    /** Returns the states by name, one char per byte. */
    Map<String, byte[]> states() {
        return states;
    }

    private void remember(String name, byte[] state) {
        byte[] before = states.put(name, state);
        stateBytes += state.length - (before == null ? 0 : before.length);
    }

    private void forget(String name) {
        byte[] before = states.remove(name);
        stateBytes -= before == null ? 0 : before.length;
    }

    /** Adds a state, which {@link #write} writes. */
    void put(String name, byte[] state) {
        if (waiting.size() > most()) {
            // The disk is full: all states are written anew when there is room.
            waiting.reset();
            mustCompact = true;
        }
        boolean isNew = !states.containsKey(name);
        remember(name, state);
        record(waiting, name, state, 0);
        if (isNew)
            record(waiting, name, state, 0);
    }

    /** Removes the states of a consumer; returns false if there are none. */
    boolean remove(String name) {
        if (!states.containsKey(name))
            return false;
        forget(name);
        record(waiting, name, new byte[0], REMOVED);
        return true;
    }

    private void record(ByteArrayOutputStream to, String name, byte[] state, int mark) {
        byte[] chars = name.getBytes(StandardCharsets.ISO_8859_1);
        int length = HEAD + chars.length + state.length;
        ByteBuffer record = ByteBuffer.allocate(LogRecord.padded(length)).order(ByteOrder.LITTLE_ENDIAN);
        record.putInt(0).putInt(length).putInt(chars.length).putInt(mark).put(chars).put(state);
        record.putInt(0, checksum.of(record.array(), SUM, length - SUM));
        to.writeBytes(record.array());
    }

    /** Writes what waits. If that fails, it goes on waiting. */
    void write() throws IOException {
        if (waiting.size() == 0)
            return;
        if (mustCompact || size + waiting.size() > most()) {
            compact();
            mustCompact = false;
        } else {
            file.write(ByteBuffer.wrap(waiting.toByteArray()), size);
            size += waiting.size();
        }
        waiting.reset();
    }

    /** Returns the bytes that the file, and what waits for it, may have. */
    private long most() {
        return SMALL + FACTOR * stateBytes;
    }

    private void compact() throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (int i = 0; i < 2; i++)
            states.forEach((name, state) -> record(all, name, state, 0));
        file.replace(ByteBuffer.wrap(all.toByteArray()));
        size = all.size();
    }

    StoreFile file() {
        return file;
    }
}
