package io.jnatsd.jetstream.store;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A subject with or without wildcards that selects messages of a stream: the filter of a consumer, of a purge, of a
 * list of subjects. Threads: immutable.
 */
public final class SubjectFilter {
    private static final byte[] ANY = {'*'}, REST = {'>'};

    /** Selects every subject. */
    public static final SubjectFilter ALL = new SubjectFilter(">");

    private final String text;
    /** A wildcard is one of the arrays {@link #ANY} and {@link #REST} themselves. */
    private final byte[][] tokens;
    private final boolean literal;

    private SubjectFilter(String text) {
        this.text = text;
        List<byte[]> split = new ArrayList<>();
        boolean wild = false;
        for (String token : text.split("\\.", -1)) {
            boolean any = token.equals("*"), rest = token.equals(">");
            wild |= any || rest;
            split.add(any ? ANY : rest ? REST : token.getBytes(StandardCharsets.ISO_8859_1));
        }
        tokens = split.toArray(byte[][]::new);
        literal = !wild;
    }

    /**
     * Returns the filter that a valid subject describes.
     *
     * @param subject one char per byte; {@code >} only as its last token
     */
    public static SubjectFilter of(String subject) {
        return subject.equals(">") ? ALL : new SubjectFilter(subject);
    }

    /** Returns whether it selects one subject only. */
    public boolean isLiteral() {
        return literal;
    }

    /** Returns whether it selects every subject. */
    public boolean isAll() {
        return tokens[0] == REST;
    }

    /** Returns whether it selects every subject that another filter selects. */
    public boolean covers(SubjectFilter narrow) {
        for (int i = 0; i < tokens.length; i++) {
            if (isRest(i))
                return narrow.tokens.length > i;
            if (i >= narrow.tokens.length || narrow.isRest(i) || !isAny(i) && !Arrays.equals(tokens[i], narrow.tokens[i]))
                return false;
        }
        return tokens.length == narrow.tokens.length;
    }

    int length() {
        return tokens.length;
    }

    byte[] token(int i) {
        return tokens[i];
    }

    boolean isAny(int i) {
        return tokens[i] == ANY;
    }

    boolean isRest(int i) {
        return tokens[i] == REST;
    }

    /** Returns whether it selects a subject of the tree. */
    boolean matches(SubjectTree.StoredSubject subject) {
        int depth = subject.depth();
        if (isRest(tokens.length - 1) ? depth < tokens.length : depth != tokens.length)
            return false;
        SubjectTree.Entry at = subject;
        for (int i = depth - 1; i >= 0; i--, at = at.parent)
            if (i < tokens.length && tokens[i] != ANY && tokens[i] != REST && !Arrays.equals(tokens[i], at.token))
                return false;
        return true;
    }

    /**
     * Returns whether it selects a subject.
     *
     * @param subject begins at index 0
     */
    public boolean matches(byte[] subject, int length) {
        int at = 0;
        for (int i = 0; i < tokens.length; i++) {
            if (tokens[i] == REST)
                return at < length;
            if (at > length)
                return false;
            int stop = at;
            while (stop < length && subject[stop] != '.')
                stop++;
            if (tokens[i] != ANY && !Arrays.equals(tokens[i], 0, tokens[i].length, subject, at, stop))
                return false;
            at = stop + 1;
        }
        return at == length + 1;
    }

    /** Returns the subject as it was given. */
    @Override
    public String toString() {
        return text;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SubjectFilter filter && filter.text.equals(text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }
}
