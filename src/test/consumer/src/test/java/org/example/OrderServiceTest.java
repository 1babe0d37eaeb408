package org.example;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nats.client.Connection;
import io.nats.client.Nats;
import io.nats.client.Options;
import java.io.BufferedReader;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A program that has the server in it ends as it would without. */
class OrderServiceTest {
    private static final int TERMINATED = 143;

    @Test
    void aSignalClosesTheServerAndEndsTheProgram() throws Exception {
        Process process = new ProcessBuilder(System.getProperty("java.home") + "/bin/java", "-cp", Jdk.classPath(),
                OrderService.class.getName(), "src/test/resources/nats.conf").redirectErrorStream(true).start();
        try (BufferedReader output = process.inputReader()) {
            String line = output.readLine();
            while (line != null && !line.startsWith("Orders"))
                line = output.readLine();
            String url = String.valueOf(line).replaceAll(".*nats://", "nats://");
            CountDownLatch closed = new CountDownLatch(1);
            Connection nats = Nats.connect(Options.builder().server(url).userInfo("joe", "secret").noReconnect()
                    .connectionListener((connection, event) -> closed.countDown()).build());
            process.destroy();
            assertTrue(process.waitFor(60, TimeUnit.SECONDS));
            assertEquals(TERMINATED, process.exitValue());
            assertTrue(closed.await(60, TimeUnit.SECONDS));
            nats.close();
        } finally {
            process.destroyForcibly();
        }
    }
}
