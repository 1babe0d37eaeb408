package io.jnatsd.jetstream.store;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/**
 * Checksums of the files of one stream. They begin with a random number of the stream, which no client knows: a payload
 * that looks like a record is not taken for one when a damaged file is searched. Threads: one.
 */
final class Checksum {
    private final byte[] seed = new byte[Long.BYTES];
    private final CRC32C crc = new CRC32C();

    /** @param uid the number of the stream */
    Checksum(long uid) {
        ByteBuffer.wrap(seed).order(ByteOrder.LITTLE_ENDIAN).putLong(uid);
    }

    int of(byte[] bytes, int start, int length) {
        crc.reset();
        crc.update(seed, 0, seed.length);
        crc.update(bytes, start, length);
        return (int) crc.getValue();
    }
}
