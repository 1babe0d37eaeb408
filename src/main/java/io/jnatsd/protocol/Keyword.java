package io.jnatsd.protocol;

import java.util.List;

/** The commands of the text protocol, and how their lines are read. */
enum Keyword {
    PUB("PUB", Op.PUB, 17), PING("PING", Op.PING, 17), PONG("PONG", Op.PONG, 17), SUB("SUB", Op.SUB, 30),
    UNSUB("UNSUB", Op.UNSUB, 35), CONNECT("CONNECT", Op.CONNECT, 9), INFO("INFO", Op.INFO, 47), OK("+OK", Op.OK, 0),
    ERR("-ERR", Op.ERR, 3), MSG("MSG", Op.MSG, 42);

    static final List<Keyword> ROUTE = List.of(values());
    /** A client that sends MSG is refused. */
    static final List<Keyword> CLIENT = ROUTE.stream().filter(keyword -> keyword != MSG).toList();

    private final String text;
    private final Op op;
    /** gnatsd: error logs number the states of its parser; those of this keyword begin behind this one. */
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

    /** A payload follows the line. */
    boolean isMessage() {
        return this == PUB || this == MSG;
    }

    /** Arguments must be set off from the keyword. The others take anything up to the line's end, or JSON. */
    boolean needsBlank() {
        return isMessage() || this == SUB || this == UNSUB || this == ERR;
    }

    /** How many bytes at {@code start} are the beginning of this keyword, in any case of letters. */
    int matches(byte[] b, int start, int end) {
        int most = Math.min(text.length(), end - start), i = 0;
        while (i < most && upper(b[start + i]) == text.charAt(i))
            i++;
        return i;
    }

    int state(int matched) {
        if (matched == 0)
            return 0;
        // PI, PO and PU part ways after the P that they share.
        int detour = matched < 2 ? 0 : this == PING ? 4 : this == PONG ? 7 : 0;
        return firstState + matched + detour;
    }

    private static int upper(byte b) {
        return b >= 'a' && b <= 'z' ? b - 32 : b;
    }
}
