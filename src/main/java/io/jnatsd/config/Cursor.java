package io.jnatsd.config;

/**
 * A position in a source that moves over characters, white space and comments.
 * Threads: one.
 */
final class Cursor {
    /** What {@link #peek()} returns at the end; no source contains it. */
    static final char END = 0;

    final Source source;
    private final String text;
    int offset;

    Cursor(Source source) {
        this.source = source;
        text = source.text();
    }

    char peek() {
        return at(offset);
    }

    char at(int index) {
        return index < text.length() ? text.charAt(index) : END;
    }

    boolean atEnd() {
        return offset >= text.length();
    }

    void moveToEnd() {
        offset = text.length();
    }

    String textFrom(int start) {
        return text.substring(start, offset);
    }

    String text(int start, int end) {
        return text.substring(start, end);
    }

    int indexOf(char c, int from) {
        return text.indexOf(c, from);
    }

    static boolean isNewline(char c) {
        return c == '\n' || c == '\r';
    }

    static boolean isSpace(char c) {
        return c == ' ' || c == '\t';
    }

    /** Any white space of Unicode. */
    static boolean isWhite(char c) {
        if (c < 0x80)
            return c == ' ' || c >= '\t' && c <= '\r';
        return c == 0x85 || Character.isSpaceChar(c);
    }

    static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    /** Ends a value that is written without quotes. */
    static boolean endsBare(char c) {
        return c == END || c == ',' || c == ';' || c == ']' || c == '}' || isSpace(c) || isNewline(c);
    }

    /** Whether {@code #} or {@code //} stands there. */
    boolean isComment(int index) {
        char c = at(index);
        return c == '#' || c == '/' && at(index + 1) == '/';
    }

    void skipSpaces() {
        while (isSpace(peek()))
            offset++;
    }

    void skipWhite() {
        while (isWhite(peek()))
            offset++;
    }

    void skipComment() {
        while (!atEnd() && !isNewline(peek()))
            offset++;
    }

    /** White space, newlines and comments. */
    void skipBlank() {
        while (true) {
            skipWhite();
            if (!isComment(offset))
                return;
            skipComment();
        }
    }

    /**
     * After a mistake: to the end of the line, or to the bracket that closes what the mistake is in. Brackets that the
     * rest of the line opens are skipped with what they hold.
     *
     * @param close that bracket, {@link #END} at top level
     */
    void skipFaulty(char close) {
        int open = 0;
        while (!atEnd()) {
            char c = peek();
            if (open <= 0 && (isNewline(c) || c == close))
                return;
            if (c == '{' || c == '[')
                open++;
            else if (c == '}' || c == ']')
                open--;
            offset++;
        }
    }

    /** The character as it is shown in a message. */
    static String shown(char c) {
        return switch (c) {
            case END -> "end of file";
            case '\n', '\r' -> "new line";
            default -> "'" + c + "'";
        };
    }

    SyntaxException fault(int at, String message) {
        return new SyntaxException(source.problem(at, message));
    }

    /** A fault at the current position. */
    SyntaxException fault(String message) {
        return fault(offset, message);
    }
}
