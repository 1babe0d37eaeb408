package io.jnatsd.monitor;

import io.jnatsd.client.ClientView.Traffic;
import io.jnatsd.connection.Times;
import io.jnatsd.subject.SubscriptionView;
import java.util.List;
import java.util.function.Supplier;

/**
 * One registered route as {@code /routez} shows it, at one moment. Threads: immutable.
 *
 * @param remoteName empty if the other server has no name
 * @param solicited whether this server has dialled
 * @param configured whether the route is in this server's configuration
 * @param subscriptions the number of subscriptions that the other server has sent
 */
public record RouteView(long id, String remoteId, String remoteName, boolean solicited, boolean configured,
        String ip, int port, Times times, Traffic traffic, int subscriptions,
        Supplier<List<SubscriptionView>> subscriptionList) {
}
