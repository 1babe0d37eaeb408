package io.jnatsd.protocol;

/** What {@link Parser#next} found. */
public enum Op {
    /** The batch is used up: fill the buffer and ask again. */
    NEED_MORE,
    /** A PUB line whose payload is still on its way; {@link Op#PUB} follows when it is complete. */
    PUB_LINE,
    PUB, SUB, UNSUB, CONNECT, INFO, PING, PONG, OK, ERR
}
