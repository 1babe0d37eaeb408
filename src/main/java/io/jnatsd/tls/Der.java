package io.jnatsd.tls;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/** Reads a sequence of DER elements, and writes the few kinds that a private key consists of. Threads: one thread. */
final class Der {
    static final int INTEGER = 0x02;
    static final int OCTET_STRING = 0x04;
    static final int OBJECT_ID = 0x06;
    static final int SEQUENCE = 0x30;

    private final byte[] bytes;
    private int position;

    Der(byte[] bytes) {
        this.bytes = bytes;
    }

    boolean hasMore() {
        return position < bytes.length;
    }

    /** Returns the tag of the next element, -1 at the end. */
    int tag() {
        return hasMore() ? bytes[position] & 0xff : -1;
    }

    /** Returns the content of the next element, which must have this tag. */
    byte[] content(int tag) {
        if (tag() != tag)
            throw new IllegalArgumentException("DER element " + tag() + " where " + tag + " was expected");
        int header = 2, length = at(position + 1);
        if (length >= 0x80) {
            int lengthBytes = length - 0x80;
            if (lengthBytes == 0 || lengthBytes > 3)
                throw new IllegalArgumentException("DER length of " + lengthBytes + " bytes");
            length = 0;
            for (int i = 0; i < lengthBytes; i++)
                length = length << 8 | at(position + header++);
        }
        int start = position + header;
        if (length > bytes.length - start)
            throw new IllegalArgumentException("DER element beyond the end");
        position = start + length;
        return Arrays.copyOfRange(bytes, start, position);
    }

    private int at(int index) {
        if (index >= bytes.length)
            throw new IllegalArgumentException("DER element beyond the end");
        return bytes[index] & 0xff;
    }

    static byte[] encode(int tag, byte[]... parts) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        for (byte[] part : parts)
            content.writeBytes(part);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(tag);
        int length = content.size();
        if (length >= 0x80) {
            int lengthBytes = length < 0x100 ? 1 : length < 0x10000 ? 2 : 3;
            out.write(0x80 + lengthBytes);
            for (int shift = 8 * (lengthBytes - 1); shift > 0; shift -= 8)
                out.write(length >> shift);
        }
        out.write(length);
        out.writeBytes(content.toByteArray());
        return out.toByteArray();
    }

    /** Encodes an INTEGER from 0 to 127. */
    static byte[] integer(int value) {
        return encode(INTEGER, new byte[] {(byte) value});
    }
}
