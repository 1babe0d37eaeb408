package io.jnatsd;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nats.client.Connection;
import io.nats.client.Nats;
import io.nats.client.Subscription;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Routes that are cut on purpose. */
@Timeout(120)
class RouteFaultsTest {
    @AutoClose
    private final NatsServer one = NatsServer.builder().cluster("c").start();
    @AutoClose
    private final NatsServer two = NatsServer.builder().cluster("c").route(one).start();
    @AutoClose
    private final NatsServer three = NatsServer.builder().cluster("c").route(one).route(two).start();

    private static int routes(NatsServer server) {
        return server.running().cluster().stats().size();
    }

    @BeforeEach
    void awaitTheCluster() {
        await("cluster").atMost(30, TimeUnit.SECONDS).until(() -> routes(one) == 2 && routes(two) == 2 && routes(three) == 2);
    }

    private static void awaitMessages(Connection from, Subscription to) {
        await("a message").atMost(60, TimeUnit.SECONDS).until(() -> {
            from.publish(to.getSubject(), new byte[0]);
            return to.nextMessage(Duration.ofMillis(50)) != null;
        });
    }

    private static void drain(Connection from, Subscription to) throws Exception {
        from.flush(Duration.ofSeconds(10));
        while (to.nextMessage(Duration.ofMillis(100)) != null)
            continue;
    }

    @Test
    void aRouteThatWasCutIsRestored() throws Exception {
        try (Connection publisher = Nats.connect(one.url()); Connection subscriber = Nats.connect(two.url())) {
            Subscription subscription = subscriber.subscribe("a");
            awaitMessages(publisher, subscription);
            assertTrue(one.faults().cutRoute(two) > 0);
            awaitMessages(publisher, subscription);
            assertTrue(one.faults().cutRoutes() > 0);
            awaitMessages(publisher, subscription);
        }
    }

    @Test
    void aServerIsSeparatedFromOneOtherUntilTheFaultIsClosed() throws Exception {
        try (Connection publisher = Nats.connect(one.url());
                Connection subscriber = Nats.connect(two.url());
                Connection third = Nats.connect(three.url())) {
            Subscription cutOff = subscriber.subscribe("a"), reached = third.subscribe("a");
            awaitMessages(publisher, cutOff);
            awaitMessages(publisher, reached);
            Fault partition = one.faults().holdRouteCut(two);
            await("another attempt").atMost(30, TimeUnit.SECONDS).until(() -> partition.count() > 1);
            drain(publisher, cutOff);
            publisher.publish("a", new byte[0]);
            publisher.flush(Duration.ofSeconds(10));
            assertNull(cutOff.nextMessage(Duration.ofMillis(100)));
            awaitMessages(publisher, reached);
            partition.close();
            awaitMessages(publisher, cutOff);
        }
    }

    @Test
    void aServerIsSeparatedFromAllOthersUntilTheFaultIsClosed() throws Exception {
        try (Connection publisher = Nats.connect(one.url());
                Connection subscriber = Nats.connect(two.url());
                Connection third = Nats.connect(three.url())) {
            Subscription second = subscriber.subscribe("a"), last = third.subscribe("a");
            awaitMessages(publisher, second);
            Fault partition = one.faults().holdRoutesCut();
            await("no routes").until(() -> routes(one) == 0);
            long before = partition.count();
            assertEquals(0, routes(one));
            awaitMessages(third, second);
            await("attempts").atMost(30, TimeUnit.SECONDS).until(() -> partition.count() > before);
            assertEquals(0, routes(one));
            one.faults().clear();
            awaitMessages(publisher, second);
            awaitMessages(publisher, last);
        }
    }

    @Test
    void aServerWithoutRoutesCutsNone() {
        try (NatsServer alone = NatsServer.start()) {
            assertEquals(0, alone.faults().cutRoutes());
            assertEquals(0, alone.faults().cutRoute(one));
            alone.faults().holdRoutesCut().close();
        }
    }
}
