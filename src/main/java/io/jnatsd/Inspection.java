package io.jnatsd;

import io.jnatsd.client.Client;
import io.jnatsd.client.ClientView;
import io.jnatsd.cluster.Route;
import io.jnatsd.log.SteadyClock;
import io.jnatsd.server.Server;
import io.jnatsd.subject.SubscriptionView;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Copies the state of a running server into the records of this package. Threads: any thread. */
final class Inspection {
    private static final Comparator<ConnectedClient.Subscription> BY_SUBJECT =
            Comparator.comparing(ConnectedClient.Subscription::subject)
                    .thenComparing(ConnectedClient.Subscription::queueGroup);

    private Inspection() {
    }

    /** Returns the clients that have logged in, by id. */
    static List<ConnectedClient> clients(Server server) {
        // Where the login is a token, a client may have sent it as the user name by mistake.
        boolean showsUsers = server.options().auth().token().isEmpty();
        List<ConnectedClient> found = new ArrayList<>();
        for (Client client : server.clients().all())
            if (client.hasLoggedIn())
                found.add(client(client, showsUsers));
        found.sort(Comparator.comparingLong(ConnectedClient::id));
        return List.copyOf(found);
    }

    /** Returns the number of clients that have logged in. */
    static int count(Server server) {
        int count = 0;
        for (Client client : server.clients().all())
            if (client.hasLoggedIn())
                count++;
        return count;
    }

    static Traffic traffic(Server server) {
        var totals = server.state().traffic.totals();
        return new Traffic(totals.inMessages(), totals.inBytes(), totals.outMessages(), totals.outBytes(),
                server.state().slowConsumers(), server.clients().totalAccepted());
    }

    /** Returns the first client with this name, or null. */
    static ConnectedClient client(Server server, String name) {
        for (ConnectedClient client : clients(server))
            if (client.name().equals(name))
                return client;
        return null;
    }

    /** Returns whether a client of this server, or another server, has a subscription with exactly this subject. */
    static boolean hasSubscription(Server server, String subject) {
        for (SubscriptionView sub : server.state().subjects.index().matching(subject))
            // The server itself may have subscriptions, too; their owners are no connections.
            if (sub.subject().equals(subject) && server.state().connection(sub.owner()) != null)
                return true;
        return false;
    }

    /** Returns the subjects of all subscriptions, each once and in order. */
    static Set<String> subjects(Server server) {
        Set<String> subjects = new TreeSet<>();
        for (Client client : server.clients().all())
            client.stats().subscriptionList(Integer.MAX_VALUE).forEach(sub -> subjects.add(sub.subject()));
        if (server.cluster() != null)
            for (Route.Stats route : server.cluster().stats())
                server.cluster().subscriptions(route.remoteId()).forEach(sub -> subjects.add(sub.subject()));
        return subjects;
    }

    /**
     * Returns the names of the servers to which routes work in both directions. The other servers are asked for an
     * answer where none has come yet.
     */
    static List<String> routes(Server server) {
        List<String> names = new ArrayList<>();
        server.cluster().probe();
        for (Route.Stats route : server.cluster().stats())
            if (route.times().roundTripNanos() > 0)
                names.add(route.remoteName().isEmpty() ? route.remoteId() : route.remoteName());
        return names;
    }

    /** Returns one client. */
    static ConnectedClient client(Server server, Client client) {
        return client(client, server.options().auth().token().isEmpty());
    }

    private static ConnectedClient client(Client client, boolean showsUser) {
        ClientView view = client.stats().view();
        ClientView.Identity who = view.identity();
        ClientView.Traffic traffic = view.traffic();
        List<ConnectedClient.Subscription> subscriptions = client.stats().subscriptionList(Integer.MAX_VALUE).stream()
                .map(sub -> new ConnectedClient.Subscription(sub.subject(), sub.queue(), sub.delivered()))
                .sorted(BY_SUBJECT).toList();
        return new ConnectedClient(view.id(), who.name(), showsUser ? who.user() : "", view.address(), who.lang(),
                who.version(), view.tls() != null, view.webSocket(), SteadyClock.systemTime(view.times().started()),
                subscriptions, traffic.inMessages(), traffic.inBytes(), traffic.outMessages(), traffic.outBytes(),
                traffic.pending());
    }
}
