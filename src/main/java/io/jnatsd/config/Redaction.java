package io.jnatsd.config;

import io.jnatsd.config.Vocabulary.Kind;

/**
 * Decides which text of a configuration a message may quote, so that a mistake in a secret does not print the secret.
 * The value of an option is quoted if the option holds no secret; the value of any other key is not, since the key may
 * be a variable that holds a password. Text that follows such a value, or a mistake, on the same line may be part of a
 * secret too, as in {@code password: a,b}: there only the names and values of options are quoted. Threads: one, and one
 * instance for each text.
 */
final class Redaction {
    /** Stands for text that is not quoted. */
    static final String HIDDEN = "[REDACTED]";
    private static final int NOWHERE = -1;

    private final Cursor cursor;
    private final Vocabulary vocabulary;
    /** Of the innermost key around the cursor; within the value of a secret always SECRET. */
    private Kind kind;
    /** From here to the end of the line, text may belong to a secret. */
    private int doubtFrom;

    /** @param kind of the key whose value the whole text is; OPTION for a file */
    Redaction(Cursor cursor, Vocabulary vocabulary, Kind kind) {
        this.cursor = cursor;
        this.vocabulary = vocabulary;
        this.kind = kind;
        this.doubtFrom = kind == Kind.OPTION ? NOWHERE : 0;
    }

    Kind kind() {
        return kind;
    }

    /** The value of this key begins at the cursor. Returns what {@link #leave} needs. */
    Kind enter(String key) {
        Kind outer = kind;
        kind = outer == Kind.SECRET ? outer : vocabulary.kind(key);
        doubtFrom = kind == Kind.OPTION ? NOWHERE : cursor.offset;
        return outer;
    }

    /** The value of the innermost key ends at the cursor, or cannot be parsed further. */
    void leave(Kind outer) {
        if (kind != Kind.OPTION)
            doubtFrom = cursor.offset;
        kind = outer;
    }

    /** What follows the cursor on this line may belong to what was not understood. */
    void doubt() {
        doubtFrom = cursor.offset;
    }

    /** The key that begins at {@code start}, as messages show it. */
    String name(int start, String key) {
        Kind known = vocabulary.kind(key);
        boolean shown = known.isKnown()
                || known == Kind.UNKNOWN && kind != Kind.SECRET && isWord(key) && !isDoubtful(start);
        return shown ? key : HIDDEN;
    }

    /** Text before the cursor, in quotes. */
    String quoted(String text) {
        return hides() ? HIDDEN : "'" + text + "'";
    }

    /** A character at or before the cursor, in quotes. */
    String quoted(char c) {
        return c != Cursor.END && !Cursor.isNewline(c) && hides() ? HIDDEN : Cursor.shown(c);
    }

    boolean hides() {
        return kind != Kind.OPTION || isDoubtful(cursor.offset);
    }

    /** Scans the line back, which is done only for messages and for keys that are not known. */
    private boolean isDoubtful(int at) {
        if (doubtFrom == NOWHERE)
            return false;
        for (int i = at - 1; i >= doubtFrom; i--) {
            if (Cursor.isNewline(cursor.at(i)))
                return false;
        }
        return true;
    }

    /** Whether it can be the name of an option; a URL with a password, for instance, is none. */
    private static boolean isWord(String key) {
        for (int i = 0; i < key.length(); i++) {
            char c = key.charAt(i);
            if (!Character.isLetterOrDigit(c) && c != '_' && c != '-' && c != '.')
                return false;
        }
        return true;
    }
}
