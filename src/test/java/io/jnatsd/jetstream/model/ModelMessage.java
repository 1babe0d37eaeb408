package io.jnatsd.jetstream.model;

/** @param headers lines with CR LF, empty for none */
record ModelMessage(long sequence, String subject, String headers, String payload, long time) {
    int bodyLength() {
        return payload.length() + headerLength();
    }

    private int headerLength() {
        return headers.isEmpty() ? 0 : "NATS/1.0\r\n".length() + headers.length() + 2;
    }

    /** Returns what it counts in the state of a stream. */
    int size(boolean memory) {
        return subject.length() + bodyLength() + (memory ? 16 : 30 + (headers.isEmpty() ? 0 : 4));
    }

    /** Returns the headers in one line. */
    String headerText(boolean headersOnly) {
        String all = headers + (headersOnly ? "Nats-Msg-Size: " + payload.length() : "");
        return String.join("; ", all.split("\r\n"));
    }
}
