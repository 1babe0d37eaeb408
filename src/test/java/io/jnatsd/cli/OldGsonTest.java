package io.jnatsd.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jnatsd.server.RawClient;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** The server with a version of gson from 2021 before its own on the class path; Maven downloads it. */
@Timeout(60)
@EnabledIfSystemProperty(named = "jnatsd.oldGson", matches = ".+")
class OldGsonTest {
    private static final Pattern MONITORING = Pattern.compile("\"monitoring\":\\[\"(http://[^\"]+)\"");
    private static final String LOGIN = "CONNECT {\"verbose\":false,\"user\":\"u\",\"pass\":\"p\",\"protocol\":1,\"x\":[1,{}]}\r\n";

    @TempDir
    private Path dir;

    @Test
    void clientsLogInAndPagesAreServedWithAnOldGson() throws Exception {
        Path old = Path.of(System.getProperty("jnatsd.oldGson"));
        assertTrue(Files.exists(old), old::toString);
        List<String> command = ServerProcess.java("-a", "127.0.0.1", "-p", "-1", "-m", "-1", "--user", "u", "--pass", "p",
                "--cluster", "nats://127.0.0.1:-1", "--ports_file_dir", dir.toString());
        int classPath = command.indexOf("-cp") + 1;
        command.set(classPath, old + System.getProperty("path.separator") + command.get(classPath));
        try (ServerProcess server = ServerProcess.launch(command)) {
            RawClient client = RawClient.connect(server.port());
            client.send(LOGIN + "SUB foo 1\r\nPUB foo 2\r\nhi\r\nPING\r\n").expectText("MSG foo 1 2\r\nhi\r\nPONG\r\n");
            RawClient.connect(server.port()).send(LOGIN.replace("false", "FALSE")).expectEnd("-ERR 'Parser Error'\r\n");
            String ports = Files.readString(dir.resolve("jnatsd_" + server.pid() + ".ports"));
            Matcher monitoring = MONITORING.matcher(ports);
            assertTrue(monitoring.find(), ports);
            for (String page : List.of("/varz", "/connz?subs=1", "/subsz?subs=1", "/routez", "/metrics", "/configz"))
                assertPage(URI.create(monitoring.group(1) + page));
            client.close();
            server.signal("TERM");
            Ended ended = server.ended();
            assertEquals(0, ended.code(), ended.err());
        }
    }

    private static void assertPage(URI page) throws IOException, InterruptedException {
        try (HttpClient http = HttpClient.newHttpClient()) {
            HttpResponse<String> answer = http.send(HttpRequest.newBuilder(page).build(),
                    HttpResponse.BodyHandlers.ofString());
            assertEquals(200, answer.statusCode(), answer.body());
            assertTrue(answer.body().length() > 50, answer.body());
        }
    }
}
