package io.jnatsd.fault;

/** A fault of the clients that a {@link ClientSelection} selects. Threads: any thread. */
public abstract sealed class ClientFault extends InjectedFault
        permits PauseFault, DelayFault, MessageFault, DisconnectFault {
    private final ClientSelection selection;

    ClientFault(ClientSelection selection, long limit) {
        super(limit);
        this.selection = selection;
    }

    final ClientSelection selection() {
        return selection;
    }
}
