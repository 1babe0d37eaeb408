package io.jnatsd.connection;

import io.jnatsd.delivery.DeliveryFaults;
import io.jnatsd.protocol.Message;
import io.jnatsd.protocol.Op;

/**
 * What goes wrong on one connection.
 *
 * <p>Threads: the reader of the connection, except {@link #wake} and the methods of {@link DeliveryFaults}: any thread.
 */
public interface ConnectionFaults extends DeliveryFaults {
    /** Called when a batch was read, before its commands are handled. May wait; ends when the connection does. */
    void batchCame();

    /** Returns whether the next command must wait for {@link #awaitReading}. */
    boolean isReadingPaused();

    /** Waits until commands may be handled, or the connection ends. */
    void awaitReading();

    /**
     * Returns how often a command is handled: 0 if it is a message that is lost, 2 if one that is duplicated.
     *
     * @param m the message, if the command is {@link Op#PUB} or {@link Op#MSG}
     */
    int times(Op op, Message m);

    /** Called after a command was handled that often. */
    void handled();

    /** Called when the connection ends: nothing waits from now on. */
    void wake();
}
