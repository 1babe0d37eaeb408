package io.jnatsd.protocol;

/** What {@link Parser#next} found. */
public enum Op {
    /** The batch is used up: fill the buffer and ask again. */
    NEED_MORE,
    /** The line of a message whose payload is still on its way; {@link Op#PUB} or {@link Op#MSG} follows. */
    PUB_LINE,
    PUB,
    /** A message from another server. */
    MSG, SUB, UNSUB, CONNECT, INFO, PING, PONG, OK, ERR
}
