package io.jnatsd.config;

import java.nio.file.Path;
import java.util.Arrays;

/**
 * The text of a file, or the value of an environment variable, which says where in it something stands. Values keep
 * only an offset; lines are counted when a problem has to be reported. Threads: one.
 */
final class Source {
    private static final char BYTE_ORDER_MARK = '\uFEFF';

    private final String name;
    /** Null if the text does not come from a file; includes are then relative to the working directory. */
    private final Path file;
    private final String text;
    /** Where the variable is used that this text is the value of; null for a file. */
    private final Place use;
    /** Offsets of the first characters of all lines, null until a position was asked for. */
    private int[] lines;

    Source(String name, Path file, String text) {
        this(name, file, strip(text), null);
    }

    private Source(String name, Path file, String text, Place use) {
        this.name = name;
        this.file = file;
        this.text = text;
        this.use = use;
    }

    /** The value of an environment variable; its mistakes are reported where it is used. */
    static Source ofVariable(String value, Place use) {
        return new Source("", null, value, use);
    }

    /** A byte order mark is no part of the first key, and NULs after the text are no part of it. */
    private static String strip(String text) {
        int start = !text.isEmpty() && text.charAt(0) == BYTE_ORDER_MARK ? 1 : 0;
        int end = text.length();
        while (end > start && text.charAt(end - 1) == 0)
            end--;
        return text.substring(start, end);
    }

    Path file() {
        return file;
    }

    String text() {
        return text;
    }

    boolean isVariable() {
        return use != null;
    }

    Problem problem(int offset, String message) {
        if (use != null)
            return use.problem(message);
        int line = line(offset);
        return new Problem(name, line, offset - lines[line - 1] + 1, message);
    }

    /** Counted from 1. */
    int line(int offset) {
        if (use != null)
            return use.source().line(use.offset());
        if (lines == null)
            lines = lineStarts(text);
        int found = Arrays.binarySearch(lines, offset);
        return found >= 0 ? found + 1 : -found - 1;
    }

    private static int[] lineStarts(String text) {
        int count = 1;
        int[] starts = new int[64];
        for (int i = text.indexOf('\n'); i >= 0; i = text.indexOf('\n', i + 1)) {
            if (count == starts.length)
                starts = Arrays.copyOf(starts, count * 2);
            starts[count++] = i + 1;
        }
        return Arrays.copyOf(starts, count);
    }
}
