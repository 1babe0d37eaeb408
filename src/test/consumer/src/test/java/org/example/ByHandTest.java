package org.example;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jnatsd.NatsServer;
import io.jnatsd.NatsServerException;
import io.nats.client.Connection;
import io.nats.client.Nats;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Servers that a program starts and closes itself. */
class ByHandTest {
    @Test
    void aServerRunsFromStartToClose() throws Exception {
        try (NatsServer server = NatsServer.start(); Connection nats = Nats.connect(server.url())) {
            nats.publish("greet.joe", "hello".getBytes());
        }
    }

    @Test
    void settingsHaveNames() throws Exception {
        NatsServer server = NatsServer.builder()
                .name("orders-test")
                .user("joe", "secret")
                .maxPayload(64 * 1024)
                .monitoring()
                .start();
        try (server; Connection nats = Nats.connect(server.url("joe", "secret"))) {
            assertEquals("orders-test", nats.getServerInfo().getServerName());
            assertEquals(64 * 1024, nats.getMaxPayload());
            assertTrue(server.monitorUrl().startsWith("http://127.0.0.1:"));
        }
    }

    @Test
    void settingsComeFromText() throws Exception {
        NatsServer server = NatsServer.builder()
                .configText("""
                        max_payload: 64KB
                        authorization { user: joe, password: secret }
                        """)
                .start();
        try (server; Connection nats = Nats.connect(server.url("joe", "secret"))) {
            assertEquals(64 * 1024, nats.getMaxPayload());
        }
    }

    @Test
    void settingsComeFromAFile() throws Exception {
        NatsServer server = NatsServer.builder()
                .config(Path.of("src/test/resources/nats.conf"))
                .start();
        try (server; Connection nats = Nats.connect(server.url("joe", "secret"))) {
            assertEquals(64 * 1024, nats.getMaxPayload());
        }
    }

    @Test
    void theLogGoesWhereTheProgramWants() throws Exception {
        BlockingQueue<String> lines = new LinkedBlockingQueue<>();
        NatsServer server = NatsServer.builder()
                .logTo(lines::add)
                .debug()
                .start();
        try (server; Connection nats = Nats.connect(server.url())) {
            String line;
            do
                line = lines.poll(10, TimeUnit.SECONDS);
            while (line != null && !line.contains("Client connection created"));
            assertFalse(line == null);
            assertTrue(nats.getStatus() == Connection.Status.CONNECTED);
        }
    }

    @Test
    void aReloadChangesUsersOfARunningServer() throws Exception {
        try (NatsServer server = NatsServer.builder().user("joe", "secret").start()) {
            server.reload(settings -> settings.user("ann", "secret too"));

            Nats.connect(server.url("ann", "secret too")).close();
        }
    }

    @Test
    void aClientComesBackAfterARestart() throws Exception {
        try (NatsServer server = NatsServer.start(); Connection nats = Nats.connect(server.url())) {
            server.restart();                               // the same ports, and no client is left
            server.awaitConnections(1);                     // it has come back
            assertEquals(List.of("java"), server.clients().stream().map(client -> client.language()).toList());
            nats.flush(Duration.ofSeconds(10));
        }
    }

    @Test
    void aMistakeIsOneExceptionThatSaysWhatIsWrong() {
        NatsServerException e = assertThrows(NatsServerException.class, () -> NatsServer.builder()
                .configText("""
                        port: 4222
                        max_payload: "lots"
                        """)
                .start());
        assertEquals(NatsServerException.Reason.CONFIGURATION, e.reason());
        assertEquals("configText:2:14: expected an integer for \"max_payload\", but got the string \"lots\"",
                e.getMessage());
    }
}
