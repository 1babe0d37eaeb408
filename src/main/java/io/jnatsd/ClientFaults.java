package io.jnatsd;

import io.jnatsd.fault.ClientSelection;
import io.jnatsd.fault.DelayFault;
import io.jnatsd.fault.DisconnectFault;
import io.jnatsd.fault.PauseFault;
import java.time.Duration;

/**
 * Faults of the clients that {@link Faults} has selected. What happens once concerns the clients that are connected now;
 * a {@link Fault} concerns also those that connect while it lasts.
 *
 * <p>All methods may be called by any thread.
 */
public final class ClientFaults {
    private final Faults faults;
    private final ClientSelection selection;

    ClientFaults(Faults faults, ClientSelection selection) {
        this.faults = faults;
        this.selection = selection;
    }

    // ---- the end of a connection -----------------------------------------------------------------------------

    /**
     * Closes the connections now, in order: what waits for a client is sent first.
     *
     * <pre>{@code
     * assertEquals(1, server.faults().client("orders").disconnect());
     * server.awaitClient("orders");                                    // it has connected again
     * }</pre>
     *
     * @return the number of clients
     */
    public int disconnect() {
        return faults.open().disconnect(selection, "");
    }

    /**
     * Sends an error and closes the connections, as the server does after most errors.
     *
     * @param error without {@code -ERR} and quotes: {@code "Stale Connection"}
     * @return the number of clients
     */
    public int disconnect(String error) {
        return faults.open().disconnect(selection, Faults.wire(error));
    }

    /**
     * Resets the connections now, as a machine does that has crashed or a firewall that has forgotten them. What waits
     * for a client is lost.
     *
     * @return the number of clients
     */
    public int reset() {
        return faults.open().reset(selection);
    }

    /**
     * Closes a connection after a number of messages, which count from now on, from and to all selected clients. The
     * connection that the last of them came from or goes to is closed; then the fault is over. That message gets through,
     * later ones of the same client do not.
     *
     * <pre>{@code
     * server.faults().client("orders").disconnectAfter(10);
     * }</pre>
     *
     * @param messages 1 or more
     * @return the fault, whose count is 1 when it has closed a connection
     */
    public Fault disconnectAfter(long messages) {
        return faults.add(new DisconnectFault(selection, MessageFaults.atLeastOne(messages), false));
    }

    /**
     * Resets a connection after a number of messages, otherwise as {@link #disconnectAfter}. The server writes what waits
     * for the client before, but a reset may make the system of the client discard what it has not read yet.
     *
     * @param messages 1 or more
     * @return the fault, whose count is 1 when it has reset a connection
     */
    public Fault resetAfter(long messages) {
        return faults.add(new DisconnectFault(selection, MessageFaults.atLeastOne(messages), true));
    }

    // ---- errors ----------------------------------------------------------------------------------------------

    /**
     * Sends an error. The connections stay open.
     *
     * <pre>{@code
     * server.faults().client("orders").error("Permissions Violation for Publish to \"orders.new\"");
     * }</pre>
     *
     * @param error without {@code -ERR} and quotes around it
     * @return the number of clients
     */
    public int error(String error) {
        return faults.open().send(selection, Faults.wire(error));
    }

    // ---- a server or a client that hangs ---------------------------------------------------------------------

    /**
     * Stops reading: what the clients send, PING included, stays unread until their systems send no more. What has been
     * read already is handled first. A client that connects later gets no further than its CONNECT, or than INFO if all
     * clients are selected. The server does not see answers to its PINGs either, so after some of them it closes the
     * connection as stale, see {@link NatsServerBuilder#maxPingsOut}.
     *
     * @return the fault; when it is closed, what the clients have sent is read
     */
    public Fault pauseReading() {
        return faults.add(new PauseFault(selection, false));
    }

    /**
     * Stops writing, as if the clients did not read: messages for them wait in the server, and after a while the clients
     * are slow consumers, see {@link NatsServerBuilder#maxPending} and {@link NatsServerBuilder#writeDeadline}.
     *
     * @return the fault; when it is closed, or a connection is, what waits is written
     */
    public Fault pauseWriting() {
        return faults.add(new PauseFault(selection, true));
    }

    /**
     * Makes the server slow: it waits before it handles what it has read in one piece, and before each write. If that is
     * longer than {@link NatsServerBuilder#writeDeadline}, the clients are slow consumers.
     *
     * @param time longer than zero
     * @return the fault, which counts the delays
     */
    public Fault delay(Duration time) {
        return faults.add(new DelayFault(selection, Faults.positive(time)));
    }

    // ---- messages --------------------------------------------------------------------------------------------

    /**
     * Selects messages of the clients.
     *
     * @param subject may have wildcards: {@code orders.*}, {@code >}
     * @return the messages on matching subjects that the clients publish, and that are delivered to them
     */
    public MessageFaults messages(String subject) {
        return new MessageFaults(faults, selection, subject);
    }

    /**
     * Loses messages, the short form of {@code messages(subject).drop()}.
     *
     * @param subject may have wildcards
     * @return the fault, which counts the messages
     */
    public Fault drop(String subject) {
        return messages(subject).drop();
    }

    /**
     * Duplicates messages, the short form of {@code messages(subject).duplicate()}.
     *
     * @param subject may have wildcards
     * @return the fault, which counts the messages
     */
    public Fault duplicate(String subject) {
        return messages(subject).duplicate();
    }
}
