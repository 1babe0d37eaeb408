package io.jnatsd.fault;

import java.util.concurrent.atomic.AtomicLong;

/** A client is disconnected after a number of messages from and to the selected clients. Threads: any thread. */
public final class DisconnectFault extends ClientFault {
    private final AtomicLong left;
    private final boolean reset;

    /**
     * @param messages the client with the last one is disconnected
     * @param reset whether the connection is reset instead of closed
     */
    public DisconnectFault(ClientSelection selection, long messages, boolean reset) {
        super(selection, 1);
        left = new AtomicLong(messages);
        this.reset = reset;
    }

    /** Counts a message. Returns whether it was the last one. */
    boolean wasLast() {
        return !isOver() && left.decrementAndGet() == 0 && takesEffect();
    }

    boolean resets() {
        return reset;
    }
}
