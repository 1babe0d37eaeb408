package io.jnatsd.top;

import com.google.gson.JsonObject;

/**
 * The columns of the table of connections. Threads: immutable.
 *
 * <p>If the terminal is too narrow for all columns, those with the highest rank are left out first.
 */
enum Column {
    HOST("HOST", null, false, 0) {
        @Override
        String text(JsonObject c) {
            return Snapshot.text(c, "ip") + ":" + Snapshot.text(c, "port");
        }
    },
    CID("CID", SortKey.CID, true, 1), NAME("NAME", null, false, 2), SUBS("SUBS", SortKey.SUBS, true, 6),
    PENDING("PENDING", SortKey.PENDING, true, 3), MSGS_TO("MSGS_TO", SortKey.MSGS_TO, true, 4),
    MSGS_FROM("MSGS_FROM", SortKey.MSGS_FROM, true, 5), BYTES_TO("BYTES_TO", SortKey.BYTES_TO, true, 7),
    BYTES_FROM("BYTES_FROM", SortKey.BYTES_FROM, true, 8), LANG("LANG", null, false, 11),
    VERSION("VERSION", null, false, 12), UPTIME("UPTIME", SortKey.UPTIME, true, 9), IDLE("IDLE", SortKey.IDLE, true, 10),
    LAST("LAST ACTIVITY", SortKey.LAST, false, 13) {
        @Override
        String text(JsonObject c) {
            String time = Snapshot.text(c, "last_activity");
            return time.length() > 19 ? time.substring(0, 19).replace('T', ' ') : time;
        }
    };

    final String title;
    /** Null if the server cannot sort by this column. */
    final SortKey sort;
    final boolean right;
    final int rank;

    Column(String title, SortKey sort, boolean right, int rank) {
        this.title = title;
        this.sort = sort;
        this.right = right;
        this.rank = rank;
    }

    /** Returns the counter of this column, whose rate can be shown as well; null if it has none. */
    String counter() {
        return switch (this) {
            case MSGS_TO -> "out_msgs";
            case MSGS_FROM -> "in_msgs";
            case BYTES_TO -> "out_bytes";
            case BYTES_FROM -> "in_bytes";
            default -> null;
        };
    }

    String text(JsonObject c) {
        return switch (this) {
            case SUBS -> Amounts.count(Snapshot.number(c, "subscriptions"));
            case PENDING -> Amounts.bytes(Snapshot.number(c, "pending_bytes"));
            case MSGS_TO, MSGS_FROM -> Amounts.count(Snapshot.number(c, counter()));
            case BYTES_TO, BYTES_FROM -> Amounts.bytes(Snapshot.number(c, counter()));
            default -> Snapshot.text(c, name().toLowerCase(java.util.Locale.ROOT));
        };
    }

    /** Formats the rate of the counter. */
    String rate(double perSecond) {
        if (Double.isNaN(perSecond))
            return "-";
        return (counter().endsWith("msgs") ? Amounts.count(perSecond) : Amounts.bytes(perSecond)) + "/s";
    }
}
