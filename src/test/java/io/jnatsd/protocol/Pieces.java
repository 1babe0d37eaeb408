package io.jnatsd.protocol;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The input of a socket in pieces: each read returns the next piece at most. */
public final class Pieces extends InputStream {
    private final List<byte[]> pieces = new ArrayList<>();
    int reads;

    public static Pieces of(byte[]... pieces) {
        Pieces all = new Pieces();
        for (byte[] piece : pieces)
            if (piece.length > 0)
                all.pieces.add(piece);
        return all;
    }

    public static Pieces of(String... texts) {
        return of(Arrays.stream(texts).map(Pieces::bytes).toArray(byte[][]::new));
    }

    /** Splits the text into pieces of one size. */
    public static Pieces every(int size, String text) {
        Pieces all = new Pieces();
        for (int i = 0; i < text.length(); i += size)
            all.pieces.add(bytes(text.substring(i, Math.min(i + size, text.length()))));
        return all;
    }

    void add(Pieces more) {
        pieces.addAll(more.pieces);
    }

    /** Encodes one byte per char. */
    public static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    @Override
    public int read(byte[] to, int offset, int length) {
        if (pieces.isEmpty())
            return -1;
        reads++;
        byte[] next = pieces.removeFirst();
        int taken = Math.min(length, next.length);
        System.arraycopy(next, 0, to, offset, taken);
        if (taken < next.length)
            pieces.addFirst(Arrays.copyOfRange(next, taken, next.length));
        return taken;
    }

    @Override
    public int read() {
        throw new AssertionError("one byte at a time");
    }
}
