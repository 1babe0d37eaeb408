package io.jnatsd;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jnatsd.server.RawClient;
import io.jnatsd.server.SecuredServer;
import io.nats.client.Connection;
import io.nats.client.Nats;
import io.nats.client.Options;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The authenticator of a program that embeds the server. */
@Timeout(60)
class ProgramAuthenticatorTest {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final String VIOLATION = "-ERR 'Authorization Violation'\r\n";

    private final Queue<String> log = new ConcurrentLinkedQueue<>();
    private NatsServer server;

    private void start(Authenticator authenticator) {
        server = NatsServer.builder().user("joe", "j").authenticator(authenticator).logTo(log::add).start();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private void isRefused(String user, String error) throws IOException {
        try (RawClient client = RawClient.connect(server.port())) {
            client.send(SecuredServer.connectLine(SecuredServer.userAndPass(user, "secret"))).expectEnd(error);
        }
    }

    private void logs(String end) {
        await(end).until(() -> log.stream().anyMatch(line -> line.endsWith(end)));
        assertTrue(log.stream().noneMatch(line -> line.contains("secret")), log::toString);
    }

    @Test
    void itDecidesInsteadOfTheUsersAndGivesPermissions() throws Exception {
        Queue<Credentials> seen = new ConcurrentLinkedQueue<>();
        start(credentials -> {
            seen.add(credentials);
            return credentials.token().equals("t")
                    ? Optional.of(NatsUser.named("ali").allowPublish("a").maxConnections(1)) : Optional.empty();
        });
        isRefused("joe", VIOLATION);
        try (Connection ali = Nats.connect(Options.builder().server(server.url()).token("t".toCharArray())
                .connectionName("camel").build())) {
            assertEquals("ali", server.clients().getFirst().user());
            ali.publish("b", new byte[0]);
            ali.flush(PATIENCE);
            await("error").until(() -> ali.getLastError().contains("Permissions Violation for Publish to \"b\""));
        }
        Credentials first = seen.remove(), second = seen.remove();
        assertEquals(List.of("joe", "secret", "", "", "127.0.0.1", ""), List.of(first.user(), first.password(),
                first.token(), first.nkey(), first.address(), first.clientName()));
        assertEquals("camel", second.clientName());
        assertEquals(List.of(), second.certificates());
        assertEquals("Credentials[user=joe, address=127.0.0.1]", first.toString());
    }

    @Test
    void whateverItThrowsRefusesTheClient() throws Exception {
        start(credentials -> {
            switch (credentials.user()) {
                case "io" -> throw new IOException("no directory");
                case "late" -> throw new TimeoutException("the directory does not answer");
                case "error" -> throw new AssertionError("a bug");
                case "null" -> {
                    return null;
                }
                default -> {
                    return Optional.of(NatsUser.named("ok"));
                }
            }
        });
        isRefused("io", VIOLATION);
        logs("Authenticator failed: java.io.IOException: no directory");
        isRefused("late", "-ERR 'Authentication Timeout'\r\n");
        logs("Authentication Timeout: the directory does not answer");
        isRefused("error", VIOLATION);
        logs("Authenticator failed: java.lang.AssertionError: a bug");
        isRefused("null", VIOLATION);
        logs("authenticate returned null, where Optional.empty() refuses a client");
        Nats.connect(server.url("any", "x")).close();
    }

    @Test
    void onlyTheClientWaitsThatItIsAskedAbout() throws Exception {
        CountDownLatch asked = new CountDownLatch(1), answer = new CountDownLatch(1);
        start(credentials -> {
            if (credentials.user().equals("slow")) {
                asked.countDown();
                answer.await();
            }
            return Optional.of(NatsUser.named(credentials.user()));
        });
        try (RawClient slow = RawClient.connect(server.port())) {
            slow.send("CONNECT {\"user\":\"slow\",\"verbose\":false}\r\nPING\r\n");
            assertTrue(asked.await(PATIENCE.toSeconds(), TimeUnit.SECONDS));
            Nats.connect(server.url("quick", "x")).close();
            answer.countDown();
            slow.expectText("PONG\r\n");
        }
    }

    @Test
    void aCloseDoesNotWaitForItsAnswer() throws Exception {
        CountDownLatch asked = new CountDownLatch(1), answer = new CountDownLatch(1);
        start(credentials -> {
            asked.countDown();
            answer.await();
            return Optional.empty();
        });
        try (RawClient client = RawClient.connect(server.port())) {
            client.send("CONNECT {\"verbose\":false}\r\n");
            assertTrue(asked.await(PATIENCE.toSeconds(), TimeUnit.SECONDS));
            server.close();
            assertEquals(1, answer.getCount());
            client.expectClosed();
        } finally {
            answer.countDown();
        }
    }

    @Test
    void aReloadAsksTheNewOne() throws Exception {
        start(credentials -> Optional.of(NatsUser.named("anyone")));
        try (RawClient client = RawClient.connect(server.port())) {
            client.send("CONNECT {\"verbose\":false}\r\n").roundTrip();
            server.reload(settings -> settings.authenticator(credentials -> Optional.empty()));
            client.expectEnd(VIOLATION);
        }
        isRefused("ann", VIOLATION);
    }
}
