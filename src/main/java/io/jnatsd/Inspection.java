package io.jnatsd;

import io.jnatsd.client.Client;
import io.jnatsd.client.ClientView;
import io.jnatsd.server.Server;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

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

    private static ConnectedClient client(Client client, boolean showsUser) {
        ClientView view = client.stats().view();
        ClientView.Identity who = view.identity();
        ClientView.Traffic traffic = view.traffic();
        List<ConnectedClient.Subscription> subscriptions = client.stats().subscriptionList(Integer.MAX_VALUE).stream()
                .map(sub -> new ConnectedClient.Subscription(sub.subject(), sub.queue(), sub.delivered()))
                .sorted(BY_SUBJECT).toList();
        return new ConnectedClient(view.id(), who.name(), showsUser ? who.user() : "", view.address(), who.lang(),
                who.version(), view.tls() != null, view.webSocket(), Instant.ofEpochMilli(view.times().started()),
                subscriptions, traffic.inMessages(), traffic.inBytes(), traffic.outMessages(), traffic.outBytes(),
                traffic.pending());
    }
}
