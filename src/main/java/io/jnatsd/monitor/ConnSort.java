package io.jnatsd.monitor;

import io.jnatsd.client.Client;
import io.jnatsd.client.ClientView;
import io.jnatsd.client.ClientView.Traffic;
import io.jnatsd.connection.CloseReason;
import io.jnatsd.connection.Times;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;

/**
 * The sort keys of {@code /connz}. A key is read from the client itself and not from a view of it, so that sorting many
 * clients is cheap. Threads: immutable.
 */
enum ConnSort {
    CID(false, Client::id, ClientView::id),
    SUBS(true, c -> c.stats().subscriptions(), ClientView::subscriptions),
    PENDING(true, c -> c.outbound().stats().pending(), v -> v.traffic().pending()),
    MSGS_TO(true, c -> c.outbound().stats().messages(), v -> v.traffic().outMessages()),
    MSGS_FROM(true, c -> c.stats().inMessages(), v -> v.traffic().inMessages()),
    BYTES_TO(true, c -> c.outbound().stats().bytes(), v -> v.traffic().outBytes()),
    BYTES_FROM(true, c -> c.stats().inBytes(), v -> v.traffic().inBytes()),
    LAST(true, ConnSort::lastActivity, v -> v.times().lastActivity()),
    IDLE(false, ConnSort::lastActivity, v -> v.times().lastActivity()),
    RTT(true, c -> c.stats().roundTripNanos(), v -> v.times().roundTripNanos()),
    STOP(true, null, v -> v.end().stopped()),
    REASON(false, null, v -> Reasons.RANKS[v.end().reason().ordinal()]);

    /** The names in requests. {@code start} and {@code uptime} sort the oldest first. */
    static final Map<String, ConnSort> BY_NAME = byName();

    private final boolean descending;
    /** Null if the key applies to closed clients only. */
    private final ToLongFunction<Client> ofOpen;
    private final ToLongFunction<ClientView> ofClosed;

    private static final class Reasons {
        /** The rank of each reason in the alphabetical order of the texts. */
        private static final int[] RANKS = ranks();

        private static int[] ranks() {
            List<CloseReason> sorted = Arrays.stream(CloseReason.values())
                    .sorted(Comparator.comparing(CloseReason::toString)).toList();
            return Arrays.stream(CloseReason.values()).mapToInt(sorted::indexOf).toArray();
        }
    }

    ConnSort(boolean descending, ToLongFunction<Client> ofOpen, ToLongFunction<ClientView> ofClosed) {
        this.descending = descending;
        this.ofOpen = ofOpen;
        this.ofClosed = ofClosed;
    }

    private static Map<String, ConnSort> byName() {
        Map<String, ConnSort> names = new LinkedHashMap<>();
        for (ConnSort sort : values()) {
            names.put(sort.name().toLowerCase(java.util.Locale.ROOT), sort);
            if (sort == CID) {
                names.put("start", CID);
                names.put("uptime", CID);
            }
        }
        return names;
    }

    private static long lastActivity(Client client) {
        return Math.max(client.stats().started(), client.stats().lastActivity());
    }

    boolean fitsOpen() {
        return ofOpen != null;
    }

    boolean descending() {
        return descending;
    }

    /** Returns the key of a client. */
    long of(Client client) {
        return ofOpen.applyAsLong(client);
    }

    long of(ClientView closed) {
        return ofClosed.applyAsLong(closed);
    }

    /** Returns the view with the value that was the sort key, because traffic has changed the value since. */
    ClientView frozen(ClientView v, long value) {
        Traffic t = v.traffic();
        Times times = v.times();
        return switch (this) {
            case SUBS -> new ClientView(v.id(), v.address(), v.identity(), times, t, (int) value, v.tls(),
                    v.webSocket(), v.end());
            case PENDING -> with(v, new Traffic(t.inMessages(), t.inBytes(), t.outMessages(), t.outBytes(), value));
            case MSGS_TO -> with(v, new Traffic(t.inMessages(), t.inBytes(), value, t.outBytes(), t.pending()));
            case MSGS_FROM -> with(v, new Traffic(value, t.inBytes(), t.outMessages(), t.outBytes(), t.pending()));
            case BYTES_TO -> with(v, new Traffic(t.inMessages(), t.inBytes(), t.outMessages(), value, t.pending()));
            case BYTES_FROM -> with(v, new Traffic(t.inMessages(), value, t.outMessages(), t.outBytes(), t.pending()));
            case LAST, IDLE -> with(v, new Times(times.started(), value, times.roundTripNanos()));
            case RTT -> with(v, new Times(times.started(), times.lastActivity(), value));
            case CID, STOP, REASON -> v;
        };
    }

    private static ClientView with(ClientView v, Traffic traffic) {
        return new ClientView(v.id(), v.address(), v.identity(), v.times(), traffic, v.subscriptions(), v.tls(),
                v.webSocket(), v.end());
    }

    private static ClientView with(ClientView v, Times times) {
        return new ClientView(v.id(), v.address(), v.identity(), times, v.traffic(), v.subscriptions(), v.tls(),
                v.webSocket(), v.end());
    }
}
