package io.jnatsd.jetstream.consumer;

/**
 * Whether a consumer delivers messages at the moment, and if not, what it waits for. Threads: immutable.
 *
 * @param nanos how long it still waits; 0 if that depends on others
 */
public record DeliveryState(Kind kind, long nanos) {
    /** What a consumer does or waits for. */
    public enum Kind {
        RUNNING("running"), MAX_ACK_PENDING("max ack pending reached"), MEMORY_LIMIT("memory limit reached"),
        NO_PULL_REQUEST("no pull request"), NO_INTEREST("no interest"), FLOW_CONTROL("paused by flow control"),
        RATE_LIMIT("rate limit"), REPLAY("original replay"), REDELIVERY("redelivery"), NO_MESSAGES("nothing to deliver");

        private final String text;

        Kind(String text) {
            this.text = text;
        }

        /** Returns the text that operators see. */
        @Override
        public String toString() {
            return text;
        }
    }

    static DeliveryState of(Kind kind) {
        return new DeliveryState(kind, 0);
    }
}
