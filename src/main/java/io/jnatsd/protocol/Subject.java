package io.jnatsd.protocol;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The rules of subjects (protocol.md, section 4), for bytes: tokens are separated by '.', the token {@code *} matches
 * exactly one token, and {@code >} as the last token matches one or more. Wildcards must be whole tokens: {@code foo*}
 * is literal.
 */
public final class Subject {
    private static final byte DOT = '.';

    private Subject() {
    }

    /** Returns whether a subject in a buffer begins with these bytes. */
    public static boolean startsWith(byte[] buffer, int start, int length, byte[] prefix) {
        return length >= prefix.length && Arrays.equals(buffer, start, start + prefix.length, prefix, 0, prefix.length);
    }

    /** Returns a subject as bytes. The server does not interpret them, so any byte is preserved. */
    public static byte[] bytes(String subject) {
        return subject.getBytes(StandardCharsets.UTF_8);
    }

    /** Returns whether a subject may be subscribed to: no empty token, and {@code >} only as the last one. */
    public static boolean isValidPattern(byte[] subject, int offset, int length) {
        int end = offset + length, start = offset;
        while (true) {
            int stop = tokenEnd(subject, start, end);
            if (stop == start)
                return false;
            if (stop == end)
                return true;
            if (isToken(subject, start, stop, '>'))
                return false;
            start = stop + 1;
        }
    }

    public static boolean isValidPattern(String subject) {
        byte[] bytes = bytes(subject);
        return isValidPattern(bytes, 0, bytes.length);
    }

    /**
     * Returns a subject of a permission list in its usual form.
     *
     * @param mayHaveQueue whether a queue group may follow the subject, with white space between
     * @return {@code subject} or {@code subject queue}; null if the text is neither
     */
    public static String permissionEntry(String text, boolean mayHaveQueue) {
        if (text.chars().noneMatch(Subject::isWhite))
            return isValidPattern(text) ? text : null;
        String[] parts = text.strip().split("\\s+");
        return mayHaveQueue && parts.length == 2 && isValidPattern(parts[0]) && isValidPattern(parts[1])
                ? parts[0] + " " + parts[1] : null;
    }

    private static boolean isWhite(int c) {
        return c == ' ' || c >= '\t' && c <= '\r' || c == 0x85 || c > 0x85 && Character.isSpaceChar(c);
    }

    /** Returns whether a pedantic client may publish to a subject: no empty token and no wildcard. */
    public static boolean isValidLiteral(byte[] subject, int offset, int length) {
        return isValidPattern(subject, offset, length) && !hasWildcard(subject, offset, length);
    }

    /** Returns whether a subject has a token {@code *} or {@code >}. */
    public static boolean hasWildcard(byte[] subject, int offset, int length) {
        int end = offset + length;
        for (int i = offset; i < end; i++) {
            byte b = subject[i];
            boolean alone = (i == offset || subject[i - 1] == DOT) && (i + 1 == end || subject[i + 1] == DOT);
            if ((b == '*' || b == '>') && alone)
                return true;
        }
        return false;
    }

    /** Returns whether a literal subject matches a pattern, token by token. */
    public static boolean matches(byte[] pattern, byte[] subject, int offset, int length) {
        int p = 0, s = offset, end = offset + length;
        while (true) {
            int patternStop = tokenEnd(pattern, p, pattern.length), stop = tokenEnd(subject, s, end);
            if (isToken(pattern, p, patternStop, '>') && patternStop == pattern.length)
                return true;
            if (!isToken(pattern, p, patternStop, '*') && !sameBytes(pattern, p, patternStop, subject, s, stop))
                return false;
            boolean patternDone = patternStop == pattern.length, subjectDone = stop == end;
            if (patternDone || subjectDone)
                return patternDone && subjectDone;
            p = patternStop + 1;
            s = stop + 1;
        }
    }

    /** Returns whether {@code wide} matches every subject that {@code narrow} matches. */
    public static boolean covers(byte[] wide, byte[] narrow) {
        int w = 0, n = 0;
        while (true) {
            int wideStop = tokenEnd(wide, w, wide.length), stop = tokenEnd(narrow, n, narrow.length);
            if (isToken(wide, w, wideStop, '>') && wideStop == wide.length)
                return true;
            if (isToken(narrow, n, stop, '>'))
                return false;
            if (!isToken(wide, w, wideStop, '*') && !sameBytes(wide, w, wideStop, narrow, n, stop))
                return false;
            boolean wideDone = wideStop == wide.length, done = stop == narrow.length;
            if (wideDone || done)
                return wideDone && done;
            w = wideStop + 1;
            n = stop + 1;
        }
    }

    /** Returns whether a subject exists that both patterns match. */
    public static boolean overlap(byte[] a, byte[] b) {
        int i = 0, j = 0;
        while (true) {
            int aStop = tokenEnd(a, i, a.length), bStop = tokenEnd(b, j, b.length);
            if (isToken(a, i, aStop, '>') || isToken(b, j, bStop, '>'))
                return true;
            if (!isToken(a, i, aStop, '*') && !isToken(b, j, bStop, '*') && !sameBytes(a, i, aStop, b, j, bStop))
                return false;
            boolean aDone = aStop == a.length, bDone = bStop == b.length;
            if (aDone || bDone)
                return aDone && bDone;
            i = aStop + 1;
            j = bStop + 1;
        }
    }

    /** Returns the index of the next dot, or {@code end}. */
    static int tokenEnd(byte[] subject, int start, int end) {
        int i = start;
        while (i < end && subject[i] != DOT)
            i++;
        return i;
    }

    private static boolean isToken(byte[] subject, int start, int stop, char only) {
        return stop - start == 1 && subject[start] == only;
    }

    private static boolean sameBytes(byte[] a, int from, int to, byte[] b, int start, int stop) {
        return Arrays.equals(a, from, to, b, start, stop);
    }
}
