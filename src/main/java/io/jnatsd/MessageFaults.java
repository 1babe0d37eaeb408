package io.jnatsd;

import io.jnatsd.fault.ClientSelection;
import io.jnatsd.fault.MessageFault;
import io.jnatsd.fault.MessageFault.Direction;
import io.jnatsd.protocol.Subject;

/**
 * Faults of messages that {@link ClientFaults#messages} has selected. Each method that selects returns a new object.
 *
 * <pre>{@code
 * Fault lost = server.faults().client("orders").messages("orders.>").published().next(3).drop();
 * }</pre>
 *
 * <p>All methods may be called by any thread.
 */
public final class MessageFaults {
    private final Faults faults;
    private final ClientSelection selection;
    private final String subject;
    private final Direction direction;
    private final long limit;

    MessageFaults(Faults faults, ClientSelection selection, String subject) {
        this(faults, selection, checked(subject), Direction.BOTH, 0);
    }

    private MessageFaults(Faults faults, ClientSelection selection, String subject, Direction direction, long limit) {
        this.faults = faults;
        this.selection = selection;
        this.subject = subject;
        this.direction = direction;
        this.limit = limit;
    }

    private static String checked(String subject) {
        if (!Subject.isValidPattern(subject) || subject.chars().anyMatch(c -> c <= ' '))
            throw new IllegalArgumentException("a subject must be like orders.new, orders.* or orders.>, but is \""
                    + subject + "\"");
        return subject;
    }

    static long atLeastOne(long messages) {
        if (messages < 1)
            throw new IllegalArgumentException("the number of messages must be 1 or more, but is " + messages);
        return messages;
    }

    /**
     * Selects only messages that the clients publish.
     *
     * @return the selected messages
     */
    public MessageFaults published() {
        return new MessageFaults(faults, selection, subject, Direction.PUBLISHED, limit);
    }

    /**
     * Selects only messages that are delivered to the clients. A message counts for each of its subscriptions.
     *
     * @return the selected messages
     */
    public MessageFaults delivered() {
        return new MessageFaults(faults, selection, subject, Direction.DELIVERED, limit);
    }

    /**
     * Limits the number of messages, of all selected clients together; then the fault is over.
     *
     * @param messages 1 or more
     * @return the selected messages
     */
    public MessageFaults next(long messages) {
        return new MessageFaults(faults, selection, subject, direction, atLeastOne(messages));
    }

    /**
     * Loses the messages, as a network does that loses a connection with data in flight, but the connection stays. A
     * published message is as if it had not come: nobody gets it, and a request gets no answer. A message that is lost
     * on its way to a client counts as delivered.
     *
     * @return the fault, which counts the messages
     */
    public Fault drop() {
        return faults.add(new MessageFault(selection, subject, direction, 0, limit));
    }

    /**
     * Duplicates the messages, as clients do that send again what they are not sure about.
     *
     * @return the fault, which counts the messages
     */
    public Fault duplicate() {
        return faults.add(new MessageFault(selection, subject, direction, 2, limit));
    }
}
