package io.jnatsd.cli;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
@EnabledOnOs(OS.LINUX)
class FewDescriptorsTest {
    private static final Pattern MONITOR = Pattern.compile("Starting http monitor on (\\S+)\n");

    @Test
    void aServerFullOfClientsIsStillMonitoredAndControlled(@TempDir Path dir) throws Exception {
        Path config = Files.writeString(dir.resolve("nats.conf"), "listen: \"127.0.0.1:-1\"\nhttp: \"127.0.0.1:-1\"\n");
        List<String> command = new ArrayList<>(List.of("sh", "-c", "ulimit -n 64; exec \"$@\"", "sh"));
        command.addAll(ServerProcess.java("-c", config.toString()));
        List<Socket> clients = new ArrayList<>();
        try (ServerProcess server = ServerProcess.launch(command); HttpClient http = HttpClient.newHttpClient()) {
            for (int i = 0; i < 80; i++)
                clients.add(new Socket(InetAddress.getLoopbackAddress(), server.port()));
            server.awaitLine("Too few file descriptors are left: Client connections wait");
            Matcher monitor = MONITOR.matcher(server.err());
            assertTrue(monitor.find(), server::err);
            for (String path : List.of("/varz", "/metrics", "/stacksz", "/connz"))
                assertEquals(200, get(http, "http://" + monitor.group(1) + path), path);
            SignalCommand.run("reload=" + server.pid());
            server.awaitLine("Reloaded server configuration");
            for (Socket client : clients)
                client.close();
            await().atMost(Duration.ofSeconds(30)).until(() -> isGreeted(server.port()));
            assertTrue(!server.err().contains("Too many open files"), server::err);
        } finally {
            for (Socket client : clients)
                client.close();
        }
    }

    private static int get(HttpClient http, String url) throws IOException, InterruptedException {
        return http.send(HttpRequest.newBuilder(URI.create(url)).timeout(Duration.ofSeconds(30)).build(),
                HttpResponse.BodyHandlers.discarding()).statusCode();
    }

    private static boolean isGreeted(int port) throws IOException {
        try (Socket client = new Socket(InetAddress.getLoopbackAddress(), port)) {
            client.setSoTimeout(2000);
            return client.getInputStream().read() == 'I';
        } catch (SocketTimeoutException e) {
            return false;
        }
    }
}
