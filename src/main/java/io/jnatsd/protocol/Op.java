package io.jnatsd.protocol;

/** The result of {@link Parser#next}. */
public enum Op {
    /** The batch is consumed: the caller fills the buffer and calls next again. */
    NEED_MORE,
    /** The line of a message whose payload is incomplete; {@link Op#PUB} or {@link Op#MSG} follows. */
    PUB_LINE,
    PUB,
    /** A message from another server. */
    MSG, SUB, UNSUB, CONNECT, INFO, PING, PONG, OK, ERR
}
