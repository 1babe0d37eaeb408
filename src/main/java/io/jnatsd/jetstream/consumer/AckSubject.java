package io.jnatsd.jetstream.consumer;

import java.util.Arrays;

/**
 * The subject of an ack, {@code $JS.ACK.<stream>.<consumer>.<deliveries>.<stream sequence>.<consumer
 * sequence>.<time>.<pending>}. Threads: immutable.
 */
public record AckSubject(String consumer, int deliveries, long streamSequence, long consumerSequence) {
    private static final int CONSUMER = 3, DELIVERIES = 4, STREAM_SEQUENCE = 5, CONSUMER_SEQUENCE = 6, TOKENS = 9;

    /**
     * Returns what a subject says; null if it is no subject of an ack.
     *
     * @param subject one char per byte
     */
    public static AckSubject parse(String subject) {
        String[] tokens = subject.split("\\.", -1);
        if (tokens.length != TOKENS)
            return null;
        try {
            return new AckSubject(tokens[CONSUMER], Integer.parseInt(tokens[DELIVERIES]), Long.parseLong(tokens[STREAM_SEQUENCE]),
                    Long.parseLong(tokens[CONSUMER_SEQUENCE]));
        } catch (NumberFormatException e) {
            return null;
        }
    }

    /** Builds subjects for one consumer, again and again in one buffer. Threads: the actor of the stream. */
    static final class Builder implements CharSequence {
        private final int prefix;
        private char[] text;
        private int length;

        Builder(String stream, String consumer) {
            String start = "$JS.ACK." + stream + "." + consumer + ".";
            prefix = start.length();
            text = Arrays.copyOf(start.toCharArray(), prefix + 5 * 21);
        }

        Builder set(int deliveries, long streamSequence, long consumerSequence, long time, long pending) {
            length = prefix;
            number(deliveries);
            number(streamSequence);
            number(consumerSequence);
            number(time);
            number(pending);
            length--;
            return this;
        }

        private void number(long value) {
            int digits = 1;
            for (long rest = value / 10; rest > 0; rest /= 10)
                digits++;
            int at = length + digits;
            text[at] = '.';
            for (long rest = value; at > length; rest /= 10)
                text[--at] = (char) ('0' + rest % 10);
            length += digits + 1;
        }

        @Override
        public int length() {
            return length;
        }

        @Override
        public char charAt(int index) {
            return text[index];
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            return toString().substring(start, end);
        }

        @Override
        public String toString() {
            return new String(text, 0, length);
        }
    }
}
