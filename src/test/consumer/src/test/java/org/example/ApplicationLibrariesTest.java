package org.example;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import io.jnatsd.NatsServer;
import io.nats.client.Connection;
import io.nats.client.Nats;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** An application may bring other versions of the libraries that the server is made of. */
class ApplicationLibrariesTest {
    @Test
    void theLibrariesAreThoseOfTheApplication() throws Exception {
        assertTrue(jarOf(Gson.class).endsWith("gson-2.8.9.jar"), () -> "gson is " + jarOf(Gson.class));
        assertTrue(jarOf(CommandLine.class).endsWith("picocli-3.9.6.jar"), () -> "picocli is " + jarOf(CommandLine.class));
        for (String absent : List.of("org.tinylog.Logger", "org.mindrot.jbcrypt.BCrypt"))
            assertThrows(ClassNotFoundException.class, () -> Class.forName(absent));
    }

    @Test
    void theJarHasLessThanTwoMegabytes() throws IOException {
        long size = Files.size(pathOf(NatsServer.class));
        assertTrue(size < 2_000_000, size + " bytes");
    }

    private static Path pathOf(Class<?> type) {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().getPath());
    }

    private static String jarOf(Class<?> type) {
        return pathOf(type).getFileName().toString();
    }

    @Test
    void allThatUsesALibraryWorksBesideThem() throws Exception {
        String hash = "$2a$04$30D/QalWUsh8aheXzdpKE.QQyzTRafy9YBvSCcQh6EfkdVi2X99yC";
        try (NatsServer server = NatsServer.builder().user("joe", hash).monitoring().start();
                Connection nats = Nats.connect(server.url("joe", "secret"));
                HttpClient http = HttpClient.newHttpClient()) {
            nats.subscribe("greet.*");
            for (String page : List.of("/varz", "/connz?subs=1", "/subsz?subs=1", "/routez", "/configz")) {
                JsonObject json = new Gson().fromJson(get(http, server.monitorUrl() + page), JsonObject.class);
                assertFalse(json.entrySet().isEmpty(), page);
            }
            assertTrue(get(http, server.monitorUrl() + "/metrics").contains("gnatsd_"), "/metrics");
        }
    }

    private static String get(HttpClient http, String url) throws IOException, InterruptedException {
        HttpResponse<String> answer = http.send(HttpRequest.newBuilder(URI.create(url)).build(),
                HttpResponse.BodyHandlers.ofString());
        assertEquals(200, answer.statusCode(), answer.body());
        return answer.body();
    }
}
