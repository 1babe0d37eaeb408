package io.jnatsd.websocket;

/** The status codes of a close frame that this server sends (RFC 6455, section 7.4.1). */
public enum CloseCode {
    NORMAL(1000), GOING_AWAY(1001), PROTOCOL_ERROR(1002), POLICY_VIOLATION(1008), TOO_BIG(1009), SERVER_ERROR(1011);

    private static final int FIRST_REGISTERED = 3000;
    private static final int LAST = 4999;

    private final int number;

    CloseCode(int number) {
        this.number = number;
    }

    int number() {
        return number;
    }

    /** Returns whether a peer may send this code. 1004 to 1006 and 1015 are reserved and never sent. */
    static boolean isValid(int number) {
        return number >= 1000 && number <= 1014 && (number < 1004 || number > 1006)
                || number >= FIRST_REGISTERED && number <= LAST;
    }
}
