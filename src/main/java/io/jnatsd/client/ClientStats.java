package io.jnatsd.client;

import io.jnatsd.client.ClientView.End;
import io.jnatsd.client.ClientView.Identity;
import io.jnatsd.client.ClientView.Tls;
import io.jnatsd.client.ClientView.Traffic;
import io.jnatsd.connection.CloseReason;
import io.jnatsd.connection.PingTimer;
import io.jnatsd.connection.Times;
import io.jnatsd.delivery.Delivery;
import io.jnatsd.delivery.Outbound;
import io.jnatsd.events.ConnectionClosedEvent;
import io.jnatsd.events.EventRecording;
import io.jnatsd.log.SteadyClock;
import io.jnatsd.protocol.ConnectInfo;
import io.jnatsd.subject.SidTable;
import io.jnatsd.subject.SubscriptionView;
import io.jnatsd.tls.TlsContext;
import java.util.List;
import javax.net.ssl.SSLSession;

/**
 * The statistics of one client for monitoring. Times are those of the {@link SteadyClock}, 0 for never.
 *
 * <p>Threads: {@link #active}: the client's reader only; other methods: any thread.
 */
public final class ClientStats {
    private final Client client;
    private final Clients clients;
    private final SidTable subs;
    private final PingTimer pings;
    private final Delivery delivery;
    private final long started = SteadyClock.millis();
    private volatile long lastActivity;

    ClientStats(Client client, Clients clients, SidTable subs, PingTimer pings, Delivery delivery) {
        this.client = client;
        this.clients = clients;
        this.subs = subs;
        this.pings = pings;
        this.delivery = delivery;
    }

    /** Records activity of the client. */
    void active() {
        lastActivity = SteadyClock.millis();
    }

    public long started() {
        return started;
    }

    /** Returns the time when the client last sent or received something. */
    public long lastActivity() {
        return Math.max(lastActivity, client.outbound().stats().lastDelivery());
    }

    public long inMessages() {
        return delivery.inMessages();
    }

    public long inBytes() {
        return delivery.inBytes();
    }

    /** Returns the number of subscriptions, or their number when the connection closed. */
    public int subscriptions() {
        return subs.size();
    }

    /** Returns at most this number of subscriptions. */
    public List<SubscriptionView> subscriptionList(int most) {
        return subs.views(most);
    }

    /** Returns the round trip time of the last PING that was answered; 0 if there was none. */
    public long roundTripNanos() {
        return pings.roundTripNanos();
    }

    /** Sends a PING to measure the round trip time. */
    public void measureRoundTrip() {
        if (client.ponged)
            pings.measure();
    }

    public ClientView view() {
        return view(null);
    }

    private ClientView view(End end) {
        ConnectInfo said = client.connectInfo();
        Outbound.Stats out = client.outbound().stats();
        SSLSession session = client.session();
        return new ClientView(client.id(), client.remoteAddress(),
                new Identity(said.name(), said.lang(), said.version(), client.user()),
                new Times(started, Math.max(started, lastActivity()), roundTripNanos()),
                new Traffic(inMessages(), inBytes(), out.messages(), out.bytes(), out.pending()), subscriptions(),
                session == null ? null : new Tls(TlsContext.version(session), session.getCipherSuite()),
                client.isWebSocket(), end);
    }

    /** Records the end of the connection. */
    void recordEnd() {
        CloseReason why = client.closeReason();
        boolean slow = why == CloseReason.PENDING_BYTES || why == CloseReason.WRITE_DEADLINE;
        ClientView last = view(new End(SteadyClock.millis(), why, slow ? client.slowBacklog() : null));
        if (EventRecording.isPossible())
            new ConnectionClosedEvent(client.label(), why.toString(), last.end().stopped() - started)
                    .peer(last.identity().name(), last.identity().user())
                    .in(last.traffic().inMessages(), last.traffic().inBytes())
                    .out(last.traffic().outMessages(), last.traffic().outBytes())
                    .commit();
        clients.closed().add(last);
    }

    String busiestSubject() {
        SubscriptionView busiest = null;
        for (SubscriptionView sub : subs.views(Integer.MAX_VALUE))
            if (busiest == null || sub.delivered() > busiest.delivered())
                busiest = sub;
        return busiest == null ? "" : busiest.subject();
    }
}
