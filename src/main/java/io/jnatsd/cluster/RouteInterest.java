package io.jnatsd.cluster;

import io.jnatsd.subject.Interest;
import io.jnatsd.subject.Subscription;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;

/**
 * The routes that are informed of every subscription of this server's clients, with one line for each (protocol.md,
 * section 22). Threads: immutable; see {@link Interest}.
 */
final class RouteInterest implements Interest {
    private final List<Route> routes;
    private final DepartedMembers departed;

    private RouteInterest(List<Route> routes, DepartedMembers departed) {
        this.routes = List.copyOf(routes);
        this.departed = departed;
    }

    static Interest of(List<Route> routes, DepartedMembers departed) {
        return routes.isEmpty() ? NONE : new RouteInterest(routes, departed);
    }

    @Override
    public void subscribed(Subscription sub) {
        byte[] line = bytes(sub(sub));
        for (Route route : routes)
            route.tell(line);
    }

    @Override
    public void unsubscribed(Subscription sub, long max) {
        String rsid = rsid(sub);
        if (max == 0 && sub.queue() != null)
            departed.add(rsid, sub.queue());
        byte[] line = bytes(unsub(rsid, max));
        for (Route route : routes)
            route.tell(line);
    }

    @Override
    public void catchUp(Interest before, Collection<Subscription> subs) {
        List<Route> known = before == NONE ? List.of() : ((RouteInterest) before).routes;
        List<Route> newcomers = routes.stream().filter(route -> !known.contains(route)).toList();
        if (newcomers.isEmpty())
            return;
        for (Subscription sub : subs) {
            String lines = sub(sub);
            // gnatsd 1.0 does not announce a limit here, so the other server continues to send messages that no
            // subscription accepts; this server announces it.
            long wanted = sub.receiver().wanted(sub);
            if (wanted > 0)
                lines += unsub(rsid(sub), wanted);
            byte[] bytes = bytes(lines);
            for (Route route : newcomers)
                route.tellAtFirst(bytes);
        }
    }

    @Override
    public void flush() {
        for (Route route : routes)
            route.flushTold();
    }

    /** As in gnatsd 1.0, there are two spaces between subject and sid if there is no queue. */
    private static String sub(Subscription sub) {
        return "SUB " + sub.subject() + " " + (sub.queue() == null ? "" : sub.queue()) + " " + rsid(sub) + "\r\n";
    }

    private static String unsub(String rsid, long max) {
        return "UNSUB " + rsid + (max == 0 ? "" : " " + max) + "\r\n";
    }

    /** Returns the sid that other servers use for a subscription. */
    static String rsid(Subscription sub) {
        return (sub.queue() == null ? "RSID:" : "QRSID:") + sub.receiver().id() + ":" + sub.sid();
    }

    static byte[] bytes(String line) {
        return line.getBytes(StandardCharsets.ISO_8859_1);
    }
}
