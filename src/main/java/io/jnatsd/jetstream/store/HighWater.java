package io.jnatsd.jetstream.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * The file that says which sequences may have been used, so that none is used twice after the end of a segment was lost.
 * It is ahead of the stream by up to {@value #STEP} sequences, so that it is written seldom. It also says whether the
 * stream was closed, and in which run of the operating system it was used. Threads: the actor of the stream.
 */
final class HighWater {
    private static final String NAME = "sequences";
    private static final int STEP = 4096, LENGTH = 40, SUM_AT = 32;
    private static final Path BOOT = Path.of("/proc/sys/kernel/random/boot_id");

    private final StoreFile file;
    private final Checksum checksum;
    private long reserved;
    private long used;

    HighWater(Path folder, Checksum checksum) {
        this.file = new StoreFile(folder.resolve(NAME));
        this.checksum = checksum;
    }

    /**
     * What the file says.
     *
     * @param used a sequence that was used, though no file may show it
     * @param certain no sequence above that one and those in the segments was used
     */
    record State(long reserved, long used, boolean certain) {
    }

    State open() throws IOException {
        ByteBuffer from = ByteBuffer.allocate(LENGTH).order(ByteOrder.LITTLE_ENDIAN);
        file.read(from, 0);
        if (from.hasRemaining() || from.getInt(SUM_AT) != checksum.of(from.array(), 0, SUM_AT))
            return new State(0, 0, true);
        reserved = from.getLong(0);
        used = from.getLong(24);
        // In the same run of the operating system, nothing that was written is lost.
        return new State(reserved, used, from.getLong(16) == 1 || from.getLong(8) == boot());
    }

    private static long boot() {
        try {
            return Arrays.hashCode(Files.readString(BOOT, StandardCharsets.US_ASCII).getBytes(StandardCharsets.US_ASCII)) | 1L << 32;
        } catch (IOException e) {
            return 0;
        }
    }

    /** A sequence is about to be used. */
    void use(long sequence) throws IOException {
        if (sequence > reserved)
            write(sequence + STEP, false);
    }

    private void write(long sequence, boolean closed) throws IOException {
        ByteBuffer to = ByteBuffer.allocate(LENGTH).order(ByteOrder.LITTLE_ENDIAN);
        to.putLong(sequence).putLong(boot()).putLong(closed ? 1 : 0).putLong(used).putInt(checksum.of(to.array(), 0, SUM_AT));
        file.write(to.clear(), 0);
        reserved = sequence;
    }

    /** A sequence was used, and its record is about to be removed. */
    void used(long sequence) throws IOException {
        used = sequence;
        write(reserved, false);
    }

    /** The stream is used again from this sequence on. */
    void begin(long last) throws IOException {
        used = last;
        write(Math.max(last, reserved) + STEP, false);
    }

    /** The stream was closed with this sequence. */
    void end(long last) throws IOException {
        used = last;
        write(last, true);
        file.force();
    }

    StoreFile file() {
        return file;
    }
}
