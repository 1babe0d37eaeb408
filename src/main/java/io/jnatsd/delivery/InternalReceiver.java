package io.jnatsd.delivery;

import io.jnatsd.subject.Receiver;

/**
 * A part of this server that receives messages without a connection. It limits by itself what waits for it, so it is never
 * cut off as a slow consumer. Threads: immutable, except what subclasses add.
 */
public abstract class InternalReceiver extends Receiver {
    private final long id;
    private final String label;

    /**
     * @param id a cid that no connection has
     * @param label what the log calls it
     */
    protected InternalReceiver(long id, String label) {
        this.id = id;
        this.label = label;
    }

    /** Not called: {@link #deliver} never returns {@link Receiver#OVERFLOW}. */
    @Override
    public final void overflowed() {
    }

    /** Not called: {@link #deliver} never returns {@link Receiver#OVER_BUDGET}. */
    @Override
    public final void overBudget() {
    }

    @Override
    public final boolean isTraced() {
        return false;
    }

    @Override
    public final long id() {
        return id;
    }

    @Override
    public final String remoteId() {
        return null;
    }

    @Override
    public final String label() {
        return label;
    }

    @Override
    public final String clientName() {
        return "";
    }

    @Override
    public final String user() {
        return "";
    }
}
