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
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server as a program embeds it, through the public API only. */
class NatsServerTest {
    @TempDir
    private Path dir;

    private static void exchange(String url) throws Exception {
        try (Connection nats = Nats.connect(url)) {
            var subscription = nats.subscribe("greet.*");
            nats.publish("greet.joe", "hello".getBytes(StandardCharsets.UTF_8));
            assertEquals("hello", new String(subscription.nextMessage(Duration.ofSeconds(10)).getData(), StandardCharsets.UTF_8));
        }
    }

    @Test
    void aServerWithoutSettingsListensOnTheLoopbackAddressAndAnyFreePort() throws Exception {
        try (NatsServer first = NatsServer.start(); NatsServer second = NatsServer.start()) {
            assertEquals("nats://127.0.0.1:" + first.port(), first.url());
            assertTrue(first.port() != second.port());
            exchange(first.url());
            exchange(second.url());
        }
    }

    @Test
    void aUserLogsInWithTheUrlAndOthersDoNot() throws Exception {
        try (NatsServer server = NatsServer.builder().user("joe", "a b:c/@%").user("ann", "x").start()) {
            exchange(server.url("joe", "a b:c/@%"));
            assertThrows(Exception.class, () -> exchange(server.url("joe", "x")));
            assertThrows(Exception.class, () -> exchange(server.url()));
        }
    }

    @Test
    void theConfigurationTextAndTheFileGiveOptionsAndMethodsCountMore() throws Exception {
        Path file = Files.writeString(dir.resolve("nats.conf"), "max_payload: 100\nserver_name: from-file");
        try (NatsServer text = NatsServer.builder().configText("max_payload: 100").start();
                NatsServer both = NatsServer.builder().name("from-method").config(file).start();
                Connection one = Nats.connect(text.url());
                Connection two = Nats.connect(both.url())) {
            assertEquals(100, one.getMaxPayload());
            assertEquals(100, two.getMaxPayload());
            assertEquals("from-method", two.getServerInfo().getServerName());
            assertEquals("from-method", both.name());
        }
    }

    @Test
    void aReloadReadsTheFileAgain() throws Exception {
        Path file = Files.writeString(dir.resolve("nats.conf"), "max_payload: 100");
        try (NatsServer server = NatsServer.builder().config(file).start()) {
            Files.writeString(file, "max_payload: 200");
            server.reload();
            try (Connection nats = Nats.connect(server.url())) {
                assertEquals(200, nats.getMaxPayload());
            }
            Files.writeString(file, "max_payload: x");
            NatsServerException e = assertThrows(NatsServerException.class, server::reload);
            assertEquals(Reason.CONFIGURATION, e.reason());
            assertTrue(e.getMessage().startsWith(file + ":1:14: "), e.getMessage());
        }
    }

    @Test
    void aReloadChangesSettingsAndKeepsThemOnlyIfItSucceeds() throws Exception {
        try (NatsServer server = NatsServer.builder().user("joe", "old").start()) {
            server.reload(settings -> settings.user("joe", "new"));
            exchange(server.url("joe", "new"));
            assertThrows(NatsServerException.class, () -> server.reload(settings -> settings.port(1)));
            server.reload(settings -> settings.maxPayload(100));
            exchange(server.url("joe", "new"));
        }
    }

    @Test
    void aRestartKeepsPortsAndNameAndClientsReconnect() throws Exception {
        try (NatsServer server = NatsServer.builder().monitoring().webSocket().cluster("c").start();
                Connection nats = Nats.connect(Options.builder().server(server.url()).maxReconnects(-1)
                        .reconnectWait(Duration.ofMillis(10)).build())) {
            List<Object> before = List.of(server.url(), server.name(), server.monitorUrl(), server.webSocketUrl(),
                    server.clusterPort());
            server.restart(Duration.ofMillis(20));
            assertEquals(before, List.of(server.url(), server.name(), server.monitorUrl(), server.webSocketUrl(),
                    server.clusterPort()));
            await("reconnect").until(() -> nats.getStatistics().getReconnects() > 0
                    && nats.getStatus() == Connection.Status.CONNECTED);
            exchange(server.url());
        }
    }

    @Test
    void aCloseEndsThePauseOfARestart() throws Exception {
        NatsServer server = NatsServer.start();
        CompletableFuture<Void> restart = CompletableFuture.runAsync(() -> server.restart(Duration.ofHours(1)));
        await("pause").until(() -> !server.isRunning());
        server.close();
        assertInstanceOf(IllegalStateException.class, assertThrows(ExecutionException.class, restart::get).getCause());
    }

    @Test
    void theOtherPortsAnswer() throws Exception {
        try (NatsServer server = NatsServer.builder().monitoring().webSocket().start()) {
            String page = HttpClient.newHttpClient().send(HttpRequest.newBuilder(URI.create(server.monitorUrl() + "/healthz"))
                    .build(), BodyHandlers.ofString()).body();
            assertTrue(page.contains("ok"), page);
            exchange(server.webSocketUrl());
        }
    }

    @Test
    void serversOfAClusterPassMessagesOn() throws Exception {
        try (NatsServer one = NatsServer.builder().cluster("c").start();
                NatsServer two = NatsServer.builder().cluster("c").route(one).start();
                Connection subscriber = Nats.connect(one.url());
                Connection publisher = Nats.connect(two.url())) {
            var subscription = subscriber.subscribe("a");
            await("interest").until(() -> {
                publisher.publish("a", new byte[0]);
                return subscription.nextMessage(Duration.ofMillis(50)) != null;
            });
        }
    }

    @Test
    void theLogGoesToTheProgram() {
        List<String> lines = new CopyOnWriteArrayList<>();
        NatsServer.builder().logTo(lines::add).start().close();
        assertTrue(lines.stream().anyMatch(line -> line.endsWith("[INF] Server is ready")), lines.toString());
        assertTrue(lines.stream().anyMatch(line -> line.endsWith("[INF] Server Exiting..")), lines.toString());
    }

    @Test
    void theLogFileOfTheConfigurationIsWritten() throws Exception {
        Path file = dir.resolve("nats.log");
        NatsServer.builder().configText("log_file: \"" + file + "\"").start().close();
        assertTrue(Files.readString(file).contains("[INF] Server is ready"));
    }

    @Test
    void lameDuckModeEndsTheServer() {
        NatsServer server = NatsServer.builder().lameDuck(Duration.ZERO, Duration.ofMillis(1)).start();
        server.lameDuck();
        await("the end").until(() -> !server.isRunning());
        server.close();
    }

    @Test
    void aClosedServerSaysSo() {
        NatsServer server = NatsServer.start();
        server.close();
        server.close();
        assertFalse(server.isRunning());
        assertEquals("NatsServer[closed]", server.toString());
        assertEquals("this NATS server is closed", assertThrows(IllegalStateException.class, server::url).getMessage());
        assertThrows(IllegalStateException.class, server::reload);
        assertThrows(IllegalStateException.class, server::restart);
    }

    @Test
    void aPortThatIsNotOpenIsNamedWithTheSettingThatOpensIt() {
        try (NatsServer server = NatsServer.start()) {
            assertEquals("this NATS server has no monitoring port; NatsServerBuilder.monitoring() opens one",
                    assertThrows(IllegalStateException.class, server::monitorUrl).getMessage());
            assertThrows(IllegalStateException.class, server::webSocketUrl);
            assertThrows(IllegalStateException.class, server::clusterPort);
        }
    }
}
