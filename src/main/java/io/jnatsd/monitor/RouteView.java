package io.jnatsd.monitor;

import io.jnatsd.client.ClientView.Traffic;
import io.jnatsd.connection.Times;
import io.jnatsd.subject.SubscriptionView;
import java.util.List;
import java.util.function.Supplier;

/**
 * One registered route as /routez shows it, at one moment. Threads: immutable.
 *
 * @param remoteName empty if the other server did not say
 * @param solicited we dialled it
 * @param configured it is one of our own list of routes
 * @param subscriptions that the other server told us of
 */
public record RouteView(long id, String remoteId, String remoteName, boolean solicited, boolean configured,
        String ip, int port, Times times, Traffic traffic, int subscriptions,
        Supplier<List<SubscriptionView>> subscriptionList) {
}
