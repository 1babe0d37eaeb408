package io.jnatsd.jetstream.consumer;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The subject of an ack, {@code $JS.ACK.<stream>.<consumer>.<deliveries>.<stream sequence>.<consumer
 * sequence>.<time>.<pending>}. Threads: immutable.
 */
public record AckSubject(String consumer, int deliveries, long streamSequence, long consumerSequence) {
    private static final int CONSUMER = 3, DELIVERIES = 4, STREAM_SEQUENCE = 5, CONSUMER_SEQUENCE = 6, TOKENS = 9;
    /** A number with as many digits fits into a long. */
    private static final int MOST_DIGITS = 18;

    /** Returns what a subject says; null if it is no subject of an ack. */
    public static AckSubject parse(byte[] bytes, int start, int length) {
        String consumer = null;
        long deliveries = 0, streamSequence = 0, consumerSequence = 0;
        int token = 0, end = start + length;
        for (int from = start, to; from <= end; from = to + 1, token++) {
            to = from;
            while (to < end && bytes[to] != '.')
                to++;
            switch (token) {
                case CONSUMER -> consumer = new String(bytes, from, to - from, StandardCharsets.ISO_8859_1);
                case DELIVERIES -> deliveries = number(bytes, from, to);
                case STREAM_SEQUENCE -> streamSequence = number(bytes, from, to);
                case CONSUMER_SEQUENCE -> consumerSequence = number(bytes, from, to);
                default -> { }
            }
        }
        return token != TOKENS || deliveries < 0 || streamSequence < 0 || consumerSequence < 0 ? null
                : new AckSubject(consumer, (int) deliveries, streamSequence, consumerSequence);
    }

    /** Returns a number that has only digits, -1 for anything else. */
    private static long number(byte[] bytes, int from, int to) {
        if (from == to || to - from > MOST_DIGITS)
            return -1;
        long number = 0;
        for (int i = from; i < to; i++) {
            if (bytes[i] < '0' || bytes[i] > '9')
                return -1;
            number = 10 * number + bytes[i] - '0';
        }
        return number;
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
