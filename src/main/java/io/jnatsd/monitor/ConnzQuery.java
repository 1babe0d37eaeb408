package io.jnatsd.monitor;

import io.jnatsd.client.Client;
import io.jnatsd.client.ClientView;
import io.jnatsd.protocol.ConnectInfo;
import java.net.InetSocketAddress;
import java.util.Locale;
import java.util.Map;

/**
 * The parameters of a request for {@code /connz}. Threads: immutable.
 *
 * @param cid 0 for all
 * @param user empty for all
 * @param filter a text that the address, name, user, library or reason must contain, in lower case; empty for all
 * @param measure whether to measure the round trip time of the clients on the page
 */
record ConnzQuery(ConnSort sort, int offset, int limit, Subs subs, int subsLimit, boolean auth, State state, long cid,
        String user, String filter, boolean measure) {
    private static final int DEFAULT_LIMIT = 1024;
    /** The name of the only account. */
    static final String ACCOUNT = "$G";

    enum Subs {
        NONE, SUBJECTS, DETAIL;

        static final Map<String, Subs> BY_NAME = Map.of("1", SUBJECTS, "t", SUBJECTS, "true", SUBJECTS,
                "0", NONE, "f", NONE, "false", NONE, "detail", DETAIL);
    }

    enum State {
        OPEN, CLOSED, ANY;

        static final Map<String, State> BY_NAME = Map.of("open", OPEN, "closed", CLOSED, "any", ANY, "all", ANY);

        boolean open() {
            return this != CLOSED;
        }

        boolean closed() {
            return this != OPEN;
        }
    }

    static ConnzQuery of(Query query) throws BadQuery {
        State state = query.choice("state", State.BY_NAME, State.OPEN, "open, closed, any, all");
        ConnSort sort = sort(query.text("sort"), state);
        int limit = query.number("limit", DEFAULT_LIMIT), offset = query.number("offset", 0);
        int subsLimit = query.number("subs_limit", Integer.MAX_VALUE);
        boolean nobody = !query.text("acc").isEmpty() && !query.text("acc").equals(ACCOUNT)
                || !query.text("mqtt_client").isEmpty();
        return new ConnzQuery(sort, Math.max(offset, 0), limit > 0 ? limit : DEFAULT_LIMIT,
                query.choice("subs", Subs.BY_NAME, Subs.NONE, "1, 0, detail"),
                subsLimit > 0 ? subsLimit : Integer.MAX_VALUE, query.flag("auth"), state,
                nobody ? Long.MAX_VALUE : Math.max(query.number("cid", 0), 0), query.text("user"),
                query.text("filter").toLowerCase(Locale.ROOT), query.flag("rtt"));
    }

    private static ConnSort sort(String name, State state) throws BadQuery {
        ConnSort sort = name.isEmpty() ? ConnSort.CID : ConnSort.BY_NAME.get(name);
        if (sort == null)
            // The first part of the message is gnatsd's.
            throw new BadQuery("Invalid sorting option: " + Query.shown(name) + " (allowed: "
                    + String.join(", ", ConnSort.BY_NAME.keySet()) + ")");
        if (state.open() && !sort.fitsOpen())
            throw new BadQuery("Invalid sorting option: " + name + " (allowed with state=closed only)");
        return sort;
    }

    boolean selects(Client client) {
        if (user.isEmpty() && filter.isEmpty())
            return true;
        ConnectInfo info = client.connectInfo();
        return (user.isEmpty() || user.equals(client.user()))
                && (filter.isEmpty() || contains(info.name()) || contains(info.user()) || contains(info.lang())
                        || contains(text(client.remoteAddress())) || filter.equals(String.valueOf(client.id())));
    }

    boolean selects(ClientView client) {
        ClientView.Identity who = client.identity();
        return (user.isEmpty() || user.equals(who.user()))
                && (filter.isEmpty() || contains(who.name()) || contains(who.user()) || contains(who.lang())
                        || contains(client.end().reason().toString()) || contains(text(client.address()))
                        || filter.equals(String.valueOf(client.id())));
    }

    private boolean contains(String text) {
        return text.toLowerCase(Locale.ROOT).contains(filter);
    }

    private static String text(InetSocketAddress address) {
        return address == null ? "" : address.getAddress().getHostAddress() + ":" + address.getPort();
    }
}
