package io.jnatsd.campaign;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Random;

/** Changes bytes at random, and cuts them into pieces at random. */
final class Mutator {
    private static final int MOST_EDITS = 5;
    private static final byte[] NOTABLE = "\r\n \t\0.*>{}[]\":,-+%0123456789\u0001\u007f\u0080\u00ff\u001b"
            .getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);

    private final Random random;

    Mutator(Random random) {
        this.random = random;
    }

    /** Returns a copy with one to five changes. */
    byte[] mutate(byte[] bytes) {
        byte[] changed = bytes;
        for (int edits = random.nextInt(1, MOST_EDITS + 1); edits > 0 && changed.length > 0; edits--)
            changed = edit(changed);
        return changed;
    }

    private byte[] edit(byte[] bytes) {
        int at = random.nextInt(bytes.length), end = Math.min(bytes.length, at + random.nextInt(1, 20));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(bytes, 0, at);
        switch (random.nextInt(7)) {
            case 0 -> out.write(bytes, at + 1, bytes.length - at - 1);
            case 1 -> copy(out, random.nextInt(256), bytes, at);
            case 2 -> copy(out, NOTABLE[random.nextInt(NOTABLE.length)], bytes, at + 1);
            case 3 -> copy(out, bytes[at] ^ 1 << random.nextInt(8), bytes, at + 1);
            case 4 -> out.write(bytes, end, bytes.length - end);
            case 5 -> {
                for (int times = random.nextInt(2, 4); times > 0; times--)
                    out.write(bytes, at, end - at);
                out.write(bytes, end, bytes.length - end);
            }
            default -> copy(out, NOTABLE[random.nextInt(NOTABLE.length)], bytes, at);
        }
        return out.toByteArray();
    }

    private static void copy(ByteArrayOutputStream out, int one, byte[] bytes, int from) {
        out.write(one);
        out.write(bytes, from, bytes.length - from);
    }

    /** Writes bytes in up to four pieces. */
    void write(byte[] bytes, OutputStream out) throws IOException {
        int at = 0;
        for (int pieces = random.nextInt(4); pieces > 0 && at < bytes.length; pieces--) {
            int end = random.nextInt(at, bytes.length + 1);
            out.write(Arrays.copyOfRange(bytes, at, end));
            out.flush();
            at = end;
        }
        out.write(bytes, at, bytes.length - at);
        out.flush();
    }
}
