package io.jnatsd.fault;

/** The server does not read from clients, or writes nothing to them. Threads: any thread. */
public final class PauseFault extends ClientFault {
    private final boolean writing;

    /** @param writing whether writing is paused, otherwise reading is */
    public PauseFault(ClientSelection selection, boolean writing) {
        super(selection, 0);
        this.writing = writing;
    }

    boolean pausesWriting() {
        return writing;
    }
}
