package io.jnatsd.jetstream.store;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * A record of a segment: a head of {@value #HEAD} bytes, then subject, headers and payload, then zeros up to a multiple
 * of {@value #ALIGNMENT}. All numbers are little endian.
 *
 * <pre>
 *  0  checksum of the head from here on    4 bytes
 *  4  length without the zeros at the end  4
 *  8  sequence                             8
 * 16  time, nanoseconds since 1970         8
 * 24  length of the subject                4
 * 28  length of the headers, -1 for none   4
 * 32  checksum of what follows the head    4
 * 36  kind                                 4
 * </pre>
 *
 * <p>The head has a checksum of its own, so that a record whose payload is damaged costs only itself: the length tells
 * where the next one begins.
 *
 * <p>Threads: stateless.
 */
final class LogRecord {
    static final int HEAD = 40, ALIGNMENT = 8;
    /** A message, and a sequence that no message has. */
    static final int MESSAGE = 1, SKIPPED = 2;
    /** Longer records do not exist: a payload has at most 64 MB. */
    private static final int LONGEST = 80 * 1024 * 1024;
    private static final int LENGTH_AT = 4, SEQUENCE_AT = 8, TIME_AT = 16, SUBJECT_AT = 24, HEADERS_AT = 28, BODY_SUM_AT = 32,
            KIND_AT = 36;
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    private LogRecord() {
    }

    /** Returns the bytes of a record in the file. */
    static int padded(int length) {
        return length + ALIGNMENT - 1 & -ALIGNMENT;
    }

    /** Writes the head of a record whose other bytes are there already. */
    static void seal(byte[] to, int at, int length, int kind, long sequence, long time, int subjectLength, int headerLength,
            Checksum checksum) {
        INT.set(to, at + LENGTH_AT, length);
        LONG.set(to, at + SEQUENCE_AT, sequence);
        LONG.set(to, at + TIME_AT, time);
        INT.set(to, at + SUBJECT_AT, subjectLength);
        INT.set(to, at + HEADERS_AT, headerLength);
        INT.set(to, at + BODY_SUM_AT, checksum.of(to, at + HEAD, length - HEAD));
        INT.set(to, at + KIND_AT, kind);
        INT.set(to, at, checksum.of(to, at + LENGTH_AT, HEAD - LENGTH_AT));
    }

    /** Returns whether the bytes are the head of a record of this stream. */
    static boolean isHead(byte[] in, int at, Checksum checksum) {
        int length = length(in, at);
        return length >= HEAD && length <= LONGEST && (int) INT.get(in, at) == checksum.of(in, at + LENGTH_AT, HEAD - LENGTH_AT);
    }

    /** Returns whether the rest of a record is what was written. All of it must be in the array. */
    static boolean isWhole(byte[] in, int at, Checksum checksum) {
        return (int) INT.get(in, at + BODY_SUM_AT) == checksum.of(in, at + HEAD, length(in, at) - HEAD);
    }

    static int length(byte[] in, int at) {
        return (int) INT.get(in, at + LENGTH_AT);
    }

    static long sequence(byte[] in, int at) {
        return (long) LONG.get(in, at + SEQUENCE_AT);
    }

    static long time(byte[] in, int at) {
        return (long) LONG.get(in, at + TIME_AT);
    }

    static int subjectLength(byte[] in, int at) {
        return (int) INT.get(in, at + SUBJECT_AT);
    }

    static int headerLength(byte[] in, int at) {
        return (int) INT.get(in, at + HEADERS_AT);
    }

    static int kind(byte[] in, int at) {
        return (int) INT.get(in, at + KIND_AT);
    }

    /** Returns the number of bytes of headers and payload. */
    static int bodyLength(byte[] in, int at) {
        return length(in, at) - HEAD - subjectLength(in, at);
    }
}
