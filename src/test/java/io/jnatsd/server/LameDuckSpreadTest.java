package io.jnatsd.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.jnatsd.client.Clients;
import io.jnatsd.client.ManyClients;
import io.jnatsd.config.ServerOptions;
import io.jnatsd.config.ServerOptions.LameDuckOptions;
import io.jnatsd.connection.ServerState;
import io.jnatsd.log.Log;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The pauses of lame duck mode. The test records them instead of waiting. */
class LameDuckSpreadTest {
    private static final Duration GRACE = Duration.ofSeconds(10), DURATION = Duration.ofMinutes(2);

    private final ServerState state = new ServerState(Log.silent(), ServerOptions.defaults());
    private final Clients clients = new Clients(state);
    private final List<Duration> pauses = new ArrayList<>();
    /** The number of clients at each pause. */
    private final List<Integer> counts = new ArrayList<>();

    @AfterEach
    void stop() {
        state.stopTimer();
    }

    private void leave(Duration grace, Duration duration, int clientCount, int pausesUntilStopped)
            throws IOException, InterruptedException {
        ManyClients.join(clients, clientCount);
        LameDuckOptions options = ServerOptions.defaults().with(o -> {
            o.lameDuckGracePeriod = grace;
            o.lameDuckDuration = duration;
        }).lameDuck();
        new LameDuck(options, clients, Log.silent(), time -> {
            pauses.add(time);
            counts.add(clients.count());
            return pauses.size() == pausesUntilStopped;
        }).run();
    }

    @Test
    void clientsAreClosedOneByOneUntilTheDurationIsOver() throws Exception {
        leave(GRACE, DURATION, 1100, -1);
        List<Duration> expected = new ArrayList<>(Collections.nCopies(1100, Duration.ofMillis(100)));
        expected.addFirst(GRACE);
        assertEquals(expected, pauses);
        for (int i = 0; i < counts.size(); i++)
            assertEquals(1100 - i, counts.get(i));
    }

    @Test
    void thereIsASecondBetweenTwoClientsAtMost() throws Exception {
        leave(GRACE, DURATION, 3, -1);
        Duration second = Duration.ofSeconds(1);
        assertEquals(List.of(GRACE, second, second, second), pauses);
        assertEquals(0, clients.count());
    }

    @Test
    void noClientIsClosedBeforeTheServerStopsIfThatIsInTheGracePeriod() throws Exception {
        leave(GRACE, DURATION, 3, 1);
        assertEquals(List.of(GRACE), pauses);
        assertEquals(3, clients.count());
    }

    @Test
    void theRestIsLeftToTheServerThatStopsWhileClientsAreClosed() throws Exception {
        leave(GRACE, DURATION, 3, 2);
        assertEquals(2, clients.count());
    }

    @Test
    void aServerWithoutClientsDoesNotWaitAfterTheGracePeriod() throws Exception {
        leave(GRACE, DURATION, 0, -1);
        assertEquals(List.of(GRACE), pauses);
    }
}
