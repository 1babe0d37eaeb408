package io.jnatsd.monitor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.gson.JsonObject;
import io.jnatsd.config.ServerOptions.User;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The options on the page. {@link AccessTest} checks that no secret is among them. */
class ConfigzTest {
    private static String group(JsonObject configz, String name) {
        return configz.get(name).toString().replace("\"", "");
    }

    @Test
    void theOptionsInForceAreShownByTheirKeys() throws IOException {
        try (TestMonitor monitored = TestMonitor.start(o -> {
            o.serverName = "north";
            o.maxPending = 1_000_000;
            o.pingInterval = Duration.ofSeconds(90);
            o.users = List.of(new User("joe", "hush", "", null, 0));
            o.authTimeout = Duration.ofSeconds(3);
            o.clusterHost = "127.0.0.1";
            o.clusterPort = -1;
            o.routes = List.of(URI.create("nats-route://me:hush@127.0.0.1:1"));
            o.webSocketHost = "127.0.0.1";
            o.webSocketPort = -1;
            o.webSocketSameOrigin = true;
            o.httpAllowOrigin = "https://example.com";
        })) {
            JsonObject configz = monitored.json("/configz");
            assertEquals(List.of("server_id", "config_load_time", "server", "limits", "authorization", "tls", "cluster",
                    "websocket", "jetstream", "monitoring", "logging"), List.copyOf(configz.keySet()));
            assertEquals("north", configz.getAsJsonObject("server").get("server_name").getAsString());
            assertEquals(monitored.server().port(), configz.getAsJsonObject("server").get("port").getAsInt());
            JsonObject limits = configz.getAsJsonObject("limits");
            assertEquals("1000000 1m30s", limits.get("max_pending") + " " + limits.get("ping_interval").getAsString());
            assertEquals("{single_user:false,token:false,users:1,timeout:3s,no_auth_user:,system_user:}",
                    group(configz, "authorization"));
            assertEquals("{enabled:false}", group(configz, "tls"));
            assertEquals("[127.0.0.1:1]",
                    configz.getAsJsonObject("cluster").get("routes").toString().replace("\"", ""));
            assertEquals("{enabled:true,host:127.0.0.1,port:-1,no_tls:true,same_origin:true,allowed_origins:[],"
                    + "handshake_timeout:2s}", group(configz, "websocket"));
            assertEquals("https://example.com",
                    configz.getAsJsonObject("monitoring").get("http_allow_origin").getAsString());
            assertEquals("{host:127.0.0.1,port:-1,handshake_timeout:2000000000,no_tls:true,same_origin:true}",
                    group(monitored.json("/varz"), "websocket"));
        }
    }

    @Test
    void whatIsOffIsShownAsOff() throws IOException {
        try (TestMonitor monitored = TestMonitor.start()) {
            JsonObject configz = monitored.json("/configz");
            for (String feature : List.of("tls", "cluster", "websocket", "jetstream"))
                assertEquals("{enabled:false}", group(configz, feature));
            assertEquals("{}", group(monitored.json("/varz"), "websocket"));
        }
    }
}
