package io.jnatsd.protocol;

import java.util.List;

/** The commands of the text protocol, and the form of their lines. */
enum Keyword {
    PUB("PUB", Op.PUB, 17), PING("PING", Op.PING, 17), PONG("PONG", Op.PONG, 17), SUB("SUB", Op.SUB, 30),
    UNSUB("UNSUB", Op.UNSUB, 35), CONNECT("CONNECT", Op.CONNECT, 9), INFO("INFO", Op.INFO, 47), OK("+OK", Op.OK, 0),
    ERR("-ERR", Op.ERR, 3), MSG("MSG", Op.MSG, 42), HPUB("HPUB", Op.PUB, 52), HMSG("HMSG", Op.MSG, 56);

    static final List<Keyword> ROUTE = List.of(values());
    /** MSG is not allowed from clients. */
    static final List<Keyword> CLIENT = ROUTE.stream().filter(keyword -> !keyword.hasSid()).toList();

    private final String text;
    private final Op op;
    /**
     * The error log of gnatsd 1.0 contains a number of its parser's state, and so does that of this server. The states
     * of this keyword follow this one.
     */
    private final int firstState;

    Keyword(String text, Op op, int firstState) {
        this.text = text;
        this.op = op;
        this.firstState = firstState;
    }

    Op op() {
        return op;
    }

    int length() {
        return text.length();
    }

    boolean isJson() {
        return this == CONNECT || this == INFO;
    }

    /** Returns whether a payload follows the line. */
    boolean isMessage() {
        return this == PUB || this == MSG || hasHeaders();
    }

    /** Returns whether the size of the headers precedes the total size. */
    boolean hasHeaders() {
        return this == HPUB || this == HMSG;
    }

    /** Returns whether a sid follows the subject. */
    boolean hasSid() {
        return this == MSG || this == HMSG;
    }

    /**
     * Returns whether a blank must separate the arguments from the keyword. Other commands ignore the rest of the line,
     * or have JSON.
     */
    boolean needsBlank() {
        return isMessage() || this == SUB || this == UNSUB || this == ERR;
    }

    /** Returns how many bytes at {@code start} match the beginning of this keyword, in upper or lower case. */
    int matches(byte[] b, int start, int end) {
        int most = Math.min(text.length(), end - start), i = 0;
        while (i < most && upper(b[start + i]) == text.charAt(i))
            i++;
        return i;
    }

    int state(int matched) {
        if (matched == 0)
            return 0;
        // PING, PONG and PUB share the state after the letter P; their later states have other numbers.
        int offset = matched < 2 ? 0 : this == PING ? 4 : this == PONG ? 7 : 0;
        return firstState + matched + offset;
    }

    private static int upper(byte b) {
        return b >= 'a' && b <= 'z' ? b - 32 : b;
    }
}
