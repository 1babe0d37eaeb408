package io.jnatsd.top;

import java.util.Locale;

/** The sort keys that every NATS server supports, in the order of the columns. Threads: immutable. */
enum SortKey {
    CID, SUBS, PENDING, MSGS_TO, MSGS_FROM, BYTES_TO, BYTES_FROM, UPTIME, LAST, IDLE;

    /** Returns the key's name in requests. */
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** @throws IllegalArgumentException with a message that lists the keys */
    static SortKey of(String word) {
        for (SortKey key : values())
            if (key.word().equals(word))
                return key;
        StringBuilder known = new StringBuilder();
        for (SortKey key : values())
            known.append(known.isEmpty() ? "" : ", ").append(key.word());
        throw new IllegalArgumentException("unknown sort key '" + word + "'; it is one of " + known);
    }

    SortKey next(int steps) {
        return values()[Math.floorMod(ordinal() + steps, values().length)];
    }
}
