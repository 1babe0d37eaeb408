package io.jnatsd.monitor;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.jnatsd.auth.PasswordCheck;
import io.jnatsd.client.Clients;
import io.jnatsd.config.ServerOptions;
import io.jnatsd.connection.ServerState;
import io.jnatsd.log.Log;
import io.jnatsd.log.LogSettings;
import io.jnatsd.log.SteadyClock;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class PageErrorTest {
    private static String get(String url) throws IOException {
        try (InputStream in = URI.create(url).toURL().openStream()) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void anErrorInAPageIsLoggedAndTheNextRequestIsAnswered(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("log");
        AtomicBoolean broken = new AtomicBoolean(true);
        ServerOptions options = TestMonitor.options(o -> { });
        PasswordCheck passwords = new PasswordCheck(Duration.ofSeconds(1));
        try (Log log = new Log(new LogSettings(false, false, false, "info", "text", file.toString(), 0, 0, false, ""))) {
            ServerState state = new ServerState(log, options);
            MonitoredServer watched = new MonitoredServer(state, new Clients(state), "ID", "1", SteadyClock.millis(), () -> options, Instant::now, () -> {
                if (broken.get())
                    throw new NoClassDefFoundError("java/lang/Gone");
                return "";
            }, List::of, () -> null);
            try (Monitor monitor = Monitor.create(new Views(watched), passwords, () -> null, 1024, log)) {
                monitor.listen(TestMonitor.ANY_PORT);
                monitor.serve();
                assertThrows(IOException.class, () -> get(monitor.url() + "/healthz"));
                await().until(() -> {
                    log.flush();
                    return Files.readString(file).contains("[ERR] Internal error in monitor page /healthz: "
                            + "java.lang.NoClassDefFoundError: java/lang/Gone at io.jnatsd.monitor.");
                });
                broken.set(false);
                assertEquals("{\"status\":\"ok\"}", get(monitor.url() + "/healthz").replaceAll("\\s", ""));
            } finally {
                state.stopTimer();
                passwords.close();
            }
        }
    }
}
