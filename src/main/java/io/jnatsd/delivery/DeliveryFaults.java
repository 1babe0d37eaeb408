package io.jnatsd.delivery;

/** What goes wrong with the messages that are delivered to one connection. */
public interface DeliveryFaults {
    /**
     * Returns how often a message is appended to the output: 0 if it is lost, 2 if it is duplicated. Called under the
     * lock of the receiver, so it takes no lock and does not wait.
     *
     * @param subject holds the subject of the message from {@code start} on
     */
    int delivered(byte[] subject, int start, int length);
}
