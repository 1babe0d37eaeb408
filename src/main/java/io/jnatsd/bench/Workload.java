package io.jnatsd.bench;

import java.util.Locale;

/**
 * The parameters of a run. Threads: immutable.
 *
 * @param publishers connections that publish, or that request
 * @param subscribers connections that subscribe, or that respond
 * @param messages the total number to publish, divided between the publishers
 * @param size bytes of payload
 * @param headers of each message
 * @param subjects if above 1, publishers use {@code subject.0}, {@code subject.1} and so on in turn
 * @param queue group of the subscribers, empty for none
 * @param rate messages per second of all publishers, 0 for no limit
 */
record Workload(int publishers, int subscribers, long messages, int size, int headers, String subject, int subjects, String queue,
        boolean request, long rate) {
    /** Returns a publisher's number of messages. The shares differ by one at most. */
    long share(int publisher) {
        return messages / publishers + (publisher < messages % publishers ? 1 : 0);
    }

    double ratePerPublisher() {
        return (double) rate / publishers;
    }

    /** Returns the pause of a publisher between two messages. */
    long pauseMillis() {
        return rate == 0 ? 0 : 1000L * publishers / rate;
    }

    String subject(int number) {
        return subjects == 1 ? subject : subject + "." + number;
    }

    /** Returns a subject that matches all subjects of the publishers. */
    String subscription() {
        return subjects == 1 ? subject : subject + ".*";
    }

    boolean sharesDeliveries() {
        return !queue.isEmpty();
    }

    /** Returns the number of messages that are counted until the run is complete. */
    long steps() {
        if (request)
            return messages;
        return (publishers > 0 ? messages : 0) + deliveries();
    }

    private long deliveries() {
        return sharesDeliveries() ? messages * Math.min(1, subscribers) : messages * subscribers;
    }

    /** Returns one line for the head of the report. */
    String describe() {
        String what = request
                ? plural(publishers, "requester") + ", " + plural(subscribers, "responder")
                : plural(publishers, "publisher") + ", " + plural(subscribers, "subscriber");
        String where = subjects == 1 ? subject : subject + ".0 to " + subject + "." + (subjects - 1);
        return what + (sharesDeliveries() ? " in queue group " + queue : "")
                + ", " + plural(messages, request ? "request" : "message") + " of " + plural(size, "byte")
                + (headers == 0 ? "" : " and " + plural(headers, "header"))
                + " on " + where + (rate == 0 ? "" : String.format(Locale.ROOT, " at %,d/s", rate));
    }

    private static String plural(long count, String noun) {
        return String.format(Locale.ROOT, "%,d %s%s", count, noun, count == 1 ? "" : "s");
    }
}
