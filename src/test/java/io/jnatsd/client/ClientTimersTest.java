package io.jnatsd.client;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jnatsd.auth.Login;
import io.jnatsd.config.ServerOptions;
import io.jnatsd.connection.CloseReason;
import io.jnatsd.connection.ManualTimer;
import io.jnatsd.connection.ServerState;
import io.jnatsd.log.Log;
import io.jnatsd.protocol.ServerInfo;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The timers of a client: PINGs, and the time for its login. The test advances the time. */
@Timeout(60)
class ClientTimersTest {
    private static final Duration INTERVAL = Duration.ofMinutes(2), LOGIN = Duration.ofSeconds(1);
    private static final Duration MOMENT = Duration.ofMillis(1);
    private static final String PING = "PING\r\n", PONG = "PONG\r\n", STALE = "-ERR 'Stale Connection'\r\n";
    private static final String MODERN = "CONNECT {\"verbose\":false,\"protocol\":1}\r\n";

    private final ManualTimer timer = new ManualTimer();
    private final ServerState state = new ServerState(Log.silent(), ServerOptions.defaults().with(o -> {
        o.pingInterval = INTERVAL;
        o.pingMax = 2;
    }), timer);
    private final Clients clients = new Clients(state);
    private final ScriptedSocket socket = new ScriptedSocket();

    @BeforeEach
    void info() {
        state.info = info(false);
    }

    private static ServerInfo info(boolean onlyOld) {
        return new ServerInfo("ID", "name", "java", "127.0.0.1", 4222, false, false, false, false, 1024, List.of(),
                true, false, onlyOld, false, "");
    }

    @AfterEach
    void stop() {
        state.stopTimer();
    }

    /** Waits for a thread that the timer has started. */
    private static ConditionFactory soon() {
        return await().pollDelay(Duration.ZERO).pollInterval(MOMENT);
    }

    /** Runs the client to the end of its script. */
    private Client run() throws Exception {
        Client client = clients.accept(socket);
        client.run();
        return client;
    }

    private Client client() {
        return clients.all().iterator().next();
    }

    private void expect(String answers) {
        soon().untilAsserted(() -> assertEquals(answers, socket.answers()));
    }

    /** The next PING is scheduled by a thread of its own. */
    private void expectTimers(int count) {
        soon().until(() -> timer.delays().size() == count);
    }

    // ---- PING ------------------------------------------------------------------------------------------------

    @Test
    void aClientThatDoesNotAnswerIsStaleAfterThreeIntervals() throws Exception {
        socket.then(() -> timer.advance(INTERVAL.minus(MOMENT))).then(() -> expect(""))
                .then(() -> timer.advance(MOMENT)).then(() -> expect(PING))
                .then(() -> expectTimers(1)).then(() -> timer.advance(INTERVAL))
                .then(() -> expect(PING + PING)).then(() -> expectTimers(1))
                .then(() -> timer.advance(INTERVAL.minus(MOMENT))).then(() -> expect(PING + PING))
                .then(() -> timer.advance(MOMENT)).then(() -> expect(PING + PING + STALE));
        assertEquals(CloseReason.STALE, run().closeReason());
    }

    @Test
    void aClientThatAnswersStays() throws Exception {
        for (int i = 1; i <= 40; i++) {
            String pings = PING.repeat(i);
            socket.then(() -> expectTimers(1)).then(() -> timer.advance(INTERVAL)).then(() -> expect(pings)).say(PONG);
        }
        assertEquals(CloseReason.CLIENT_CLOSED, run().closeReason());
    }

    @Test
    void theFirstPingComesTwoSecondsAfterTheFirstPong() throws Exception {
        socket.say(MODERN + PING).then(() -> expect(PONG)).then(() -> {
            List<Duration> delays = timer.delays();
            assertEquals(1, delays.size());
            assertTrue(delays.getFirst().compareTo(Duration.ofMillis(2000)) >= 0, delays::toString);
            assertTrue(delays.getFirst().compareTo(Duration.ofMillis(2400)) <= 0, delays::toString);
            timer.advance(Duration.ofMillis(2400));
        }).then(() -> expect(PONG + PING)).then(() -> assertEquals(0, client().stats().roundTripNanos())).say(PONG)
                .then(() -> expectTimers(1))
                .then(() -> assertEquals(List.of(INTERVAL), timer.delays().stream()
                        .map(delay -> delay.compareTo(INTERVAL.minusSeconds(1)) > 0 ? INTERVAL : delay).toList()));
        Client client = run();
        assertTrue(client.stats().roundTripNanos() > 0);
    }

    @Test
    void theFirstPingsOfClientsThatConnectTogetherAreSpread() throws Exception {
        List<Duration> first = new ArrayList<>();
        ScriptedSocket one = new ScriptedSocket().say(MODERN + PING).then(() -> first.addAll(timer.delays()));
        ScriptedSocket other = new ScriptedSocket().say(MODERN + PING).then(() -> first.addAll(timer.delays()));
        clients.accept(one).run();
        clients.accept(other).run();
        assertEquals(2, first.stream().distinct().count());
    }

    @Test
    void aClientThatExpectsNoEarlyPingGetsNone() throws Exception {
        socket.say("CONNECT {\"verbose\":false}\r\nPING\r\n")
                .then(() -> assertEquals(List.of(INTERVAL), timer.delays()));
        run();
        state.info = info(true);
        ScriptedSocket ofOldServer = new ScriptedSocket().say(MODERN + PING)
                .then(() -> assertEquals(List.of(INTERVAL), timer.delays()));
        clients.accept(ofOldServer).run();
        ScriptedSocket silent = new ScriptedSocket().say(PING)
                .then(() -> assertEquals(List.of(INTERVAL), timer.delays()));
        clients.accept(silent).run();
        ScriptedSocket waiting = new ScriptedSocket().say(MODERN)
                .then(() -> assertEquals(List.of(INTERVAL), timer.delays()));
        clients.accept(waiting).run();
    }

    @Test
    void aShorterIntervalComesFirst() throws Exception {
        state.apply(ServerOptions.defaults().with(o -> o.pingInterval = Duration.ofMillis(50)));
        socket.say(MODERN + PING).then(() -> timer.advance(Duration.ofMillis(60))).then(() -> expect(PONG + PING));
        run();
    }

    @Test
    void aClientThatHasLeftKeepsNoTimer() throws Exception {
        socket.say(MODERN + PING);
        run();
        assertEquals(List.of(), timer.delays());
    }

    // ---- login -----------------------------------------------------------------------------------------------

    private void requireLogin() {
        clients.secure(new ClientAuth(shown -> null, shown -> null, LOGIN, false, false, false, false), null, null);
    }

    @Test
    void aClientThatSendsNoCredentialsInTimeIsRefused() throws Exception {
        requireLogin();
        socket.say("CONNECT {\"user\":\"derek\",").then(() -> timer.advance(LOGIN.minus(MOMENT))).then(() -> expect(""))
                .then(() -> timer.advance(MOMENT)).then(() -> expect("-ERR 'Authentication Timeout'\r\n"));
        assertEquals(CloseReason.AUTHENTICATION_TIMEOUT, run().closeReason());
    }

    @Test
    void theTimeForTheLoginEndsWithTheLogin() throws Exception {
        clients.secure(new ClientAuth(shown -> Login.OPEN, null, LOGIN, false, false, false, false),
                null, null);
        socket.say("CONNECT {\"verbose\":false}\r\n").then(() -> timer.advance(LOGIN.multipliedBy(2)))
                .then(() -> assertNull(client().closeReason())).say(PING);
        run();
        expect(PONG);
    }

    // ---- max_connections -------------------------------------------------------------------------------------

    @Test
    void aClientAboveTheMaximumIsRefusedAfterAMoment() throws Exception {
        state.apply(ServerOptions.defaults().with(o -> o.maxConnections = 1));
        ScriptedSocket above = new ScriptedSocket().then(() -> timer.advance(Duration.ofMillis(100)));
        above.then(() -> soon().until(() -> above.answers().equals("-ERR 'Maximum Connections Exceeded'\r\n")));
        socket.then(() -> clients.accept(above).run());
        run();
    }
}
