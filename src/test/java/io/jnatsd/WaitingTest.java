package io.jnatsd;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jnatsd.NatsServerException.Reason;
import io.nats.client.Connection;
import io.nats.client.Nats;
import io.nats.client.Options;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** A program waits until its server is in an expected state. */
class WaitingTest {
    private static final Duration SOON = Duration.ofMillis(20), LATE = Duration.ofSeconds(60);

    private static Connection connect(NatsServer server, String name) throws IOException, InterruptedException {
        return Nats.connect(Options.builder().server(server.url()).connectionName(name).maxReconnects(-1)
                .reconnectWait(Duration.ofMillis(10)).build());
    }

    private static String timeout(Runnable wait) {
        NatsServerException e = assertThrows(NatsServerException.class, wait::run);
        assertEquals(Reason.TIMEOUT, e.reason());
        return e.getMessage();
    }

    /** Starts a wait, and returns when its thread is in it. */
    private static CompletableFuture<Void> start(Runnable wait, AtomicReference<Thread> thread) {
        CompletableFuture<Void> done = CompletableFuture.runAsync(() -> {
            thread.set(Thread.currentThread());
            wait.run();
        }, task -> Thread.ofPlatform().start(task));
        await().until(() -> thread.get() != null && List.of(thread.get().getStackTrace()).stream()
                .anyMatch(frame -> frame.getClassName().equals(Waiting.class.getName())));
        return done;
    }

    private static CompletableFuture<Void> start(Runnable wait) {
        return start(wait, new AtomicReference<>());
    }

    private static void assertEnds(CompletableFuture<Void> wait) throws Exception {
        wait.get(60, TimeUnit.SECONDS);
    }

    private static String failure(CompletableFuture<Void> wait) {
        ExecutionException e = assertThrows(ExecutionException.class, () -> assertEnds(wait));
        return assertInstanceOf(IllegalStateException.class, e.getCause()).getMessage();
    }

    @Test
    void aWaitForConnectionsEndsWithTheLastOfThem() throws Exception {
        try (NatsServer server = NatsServer.start()) {
            CompletableFuture<Void> two = start(() -> server.awaitConnections(2, LATE));
            try (Connection first = connect(server, "orders"); Connection second = connect(server, "billing")) {
                assertEnds(two);
                CompletableFuture<Void> one = start(() -> server.awaitConnections(1, LATE));
                first.close();
                assertEnds(one);
            }
            server.awaitConnections(0);
        }
    }

    @Test
    void aTimeoutSaysWhatWasExpectedAndWhatThereIs() throws Exception {
        try (NatsServer server = NatsServer.start()) {
            assertEquals("expected 1 client within 20ms, but there is none", timeout(() -> server.awaitConnections(1, SOON)));
            try (Connection first = connect(server, "orders"); Connection second = connect(server, "")) {
                second.subscribe("a.*");
                second.flush(Duration.ofSeconds(10));
                String both = "there are 2: orders (cid " + first.getServerInfo().getClientId() + "), cid "
                        + second.getServerInfo().getClientId();
                assertEquals("expected 3 clients within 20ms, but " + both, timeout(() -> server.awaitConnections(3, SOON)));
                assertEquals("expected a client named bill within 20ms, but " + both,
                        timeout(() -> server.awaitClient("bill", SOON)));
                assertEquals("expected a subscription to a.b within 0s, but there is 1: a.*",
                        timeout(() -> server.awaitSubscription("a.b", Duration.ZERO)));
            }
        }
    }

    @Test
    void aClientIsAwaitedByItsName() throws Exception {
        try (NatsServer server = NatsServer.start(); Connection other = connect(server, "billing")) {
            CompletableFuture<Void> named = start(() -> server.awaitClient("orders", LATE));
            assertFalse(named.isDone());
            try (Connection nats = connect(server, "orders")) {
                assertEnds(named);
                assertEquals(nats.getServerInfo().getClientId(), server.awaitClient("orders").id());
            }
        }
    }

    @Test
    void aSubscriptionIsAwaitedByItsSubjectWhetherInAQueueGroupOrNot() throws Exception {
        try (NatsServer server = NatsServer.start(); Connection nats = connect(server, "orders")) {
            for (String subject : List.of("orders.new", "orders.*", "orders.>", "größe.ü")) {
                CompletableFuture<Void> wait = start(() -> server.awaitSubscription(subject, LATE));
                assertFalse(wait.isDone());
                nats.subscribe(subject);
                assertEnds(wait);
            }
            nats.subscribe("jobs.*", "workers");
            server.awaitSubscription("jobs.*");
            timeout(() -> server.awaitSubscription("jobs.>", Duration.ZERO));
        }
    }

    @Test
    void aClusterIsReadyWhenMessagesGoBothWaysAndSubscriptionsAreKnown() throws Exception {
        try (NatsServer one = NatsServer.builder().name("one").cluster("test").start();
                Connection early = connect(one, "early")) {
            var subscription = early.subscribe("greet.*");
            early.flush(Duration.ofSeconds(10));
            assertEquals("expected routes to 2 servers within 20ms, but there is none",
                    timeout(() -> one.awaitClusterOf(3, SOON)));
            try (NatsServer two = NatsServer.builder().name("two").cluster("test").route(one).start();
                    NatsServer three = NatsServer.builder().name("three").cluster("test").route(one).start()) {
                for (NatsServer server : List.of(two, three, one))
                    server.awaitClusterOf(3);
                try (Connection late = connect(three, "late")) {
                    late.publish("greet.joe", "hello".getBytes(StandardCharsets.UTF_8));
                    assertTrue(subscription.nextMessage(Duration.ofSeconds(10)) != null);
                    // Known to the third server only by its route.
                    early.subscribe("later.*");
                    three.awaitSubscription("later.*");
                }
            }
            one.awaitClusterOf(1);
        }
        try (NatsServer single = NatsServer.start()) {
            assertThrows(IllegalStateException.class, () -> single.awaitClusterOf(2));
        }
    }

    @Test
    void aWaitGoesOnDuringARestart() throws Exception {
        try (NatsServer server = NatsServer.start(); Connection nats = connect(server, "orders")) {
            CompletableFuture<Void> wait = start(() -> server.awaitSubscription("later", LATE));
            server.restart(Duration.ofMillis(50));
            server.awaitConnections(1);
            assertFalse(wait.isDone());
            nats.subscribe("later");
            assertEnds(wait);
        }
    }

    @Test
    void closingTheServerEndsAWait() {
        NatsServer server = NatsServer.start();
        CompletableFuture<Void> wait = start(() -> server.awaitConnections(1, LATE));
        server.close();
        assertEquals("this NATS server is closed", failure(wait));
    }

    @Test
    void anInterruptEndsAWaitAndStays() {
        try (NatsServer server = NatsServer.start()) {
            AtomicReference<Thread> thread = new AtomicReference<>();
            AtomicReference<Boolean> stayed = new AtomicReference<>();
            CompletableFuture<Void> wait = start(() -> {
                try {
                    server.awaitConnections(1, LATE);
                } finally {
                    stayed.set(Thread.currentThread().isInterrupted());
                }
            }, thread);
            thread.get().interrupt();
            assertEquals("interrupted while waiting for 1 client", failure(wait));
            assertTrue(stayed.get());
        }
    }

    @Test
    void aSenselessExpectationIsRefusedAtOnce() {
        try (NatsServer server = NatsServer.builder().cluster("test").start()) {
            assertThrows(IllegalArgumentException.class, () -> server.awaitConnections(-1));
            assertThrows(IllegalArgumentException.class, () -> server.awaitClusterOf(0));
            assertThrows(IllegalArgumentException.class, () -> server.awaitConnections(1, Duration.ofSeconds(-1)));
            assertThrows(NullPointerException.class, () -> server.awaitClient(null));
        }
    }
}
