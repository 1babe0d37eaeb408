package io.jnatsd.config;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jnatsd.config.ServerOptions.User;
import io.jnatsd.log.Log;
import io.jnatsd.server.OptionsSource;
import io.jnatsd.server.Server;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Options that make no sense are refused, whoever made them. */
class OptionsCheckTest {
    private static final ServerOptions LOCAL = ServerOptions.defaults().withHost("127.0.0.1").withPort(-1);

    /** A broken rule, and the key that the message names. */
    private record Broken(String key, Consumer<OptionsBuilder> change) {
        @Override
        public String toString() {
            return key;
        }
    }

    static Stream<Broken> broken() {
        return Stream.of(new Broken("authorization", o -> o.password = "x"),
                new Broken("authorization", o -> o.user = "x"),
                new Broken("cluster.authorization", o -> o.clusterPassword = "x"),
                new Broken("cluster.authorization", o -> o.clusterUser = "x"),
                new Broken("User entry", o -> o.users = List.of(new User("u", "", "", null, 0))),
                new Broken("User entry", o -> o.users = List.of(new User("", "p", "", null, 0))),
                new Broken("User entry", o -> o.users = List.of(new User("", "", "", null, 0))),
                new Broken("Nkey users", o -> o.users = List.of(new User("u", "", "UABC", null, 0))),
                new Broken("public nkey", o -> o.users = List.of(new User("", "", "UABC", null, 0))),
                new Broken("max_connections", o -> o.users = List.of(new User("u", "p", "", null, -1))),
                new Broken("port", o -> o.port = 70000), new Broken("port", o -> o.port = -5),
                new Broken("http_port", o -> o.httpPort = 70000), new Broken("http_port", o -> o.httpPort = -2),
                new Broken("https_port", o -> o.httpsPort = 65536),
                new Broken("prof_port", o -> o.profPort = 65536),
                new Broken("cluster.port", o -> o.clusterPort = -2),
                new Broken("websocket.port", o -> o.webSocketPort = 70000),
                new Broken("host", o -> o.host = "a\nb"), new Broken("host", o -> o.host = "a b"),
                new Broken("cluster.host", o -> o.clusterHost = "nats://a"),
                new Broken("websocket.host", o -> o.webSocketHost = "a:1"),
                new Broken("monitoring", o -> o.httpHost = "a/b"),
                new Broken("client_advertise", o -> o.clientAdvertise = "a:b:c"),
                new Broken("cluster.advertise", o -> o.clusterAdvertise = "a:70000"),
                new Broken("cluster.routes", o -> o.routes = List.of(URI.create("localhost"))),
                new Broken("max_control_line", o -> o.maxControlLine = -1),
                new Broken("ping_max", o -> o.pingMax = -1),
                new Broken("ping_interval", o -> o.pingInterval = Duration.ofSeconds(-1)),
                new Broken("write_deadline", o -> o.writeDeadline = Duration.ofSeconds(-1)),
                new Broken("authorization.timeout", o -> o.authTimeout = Duration.ofSeconds(-1)),
                new Broken("cluster.authorization.timeout", o -> o.clusterAuthTimeout = Duration.ofSeconds(-1)),
                new Broken("lame_duck_duration", o -> o.lameDuckDuration = Duration.ofSeconds(-1)),
                new Broken("lame_duck_grace_period", o -> o.lameDuckGracePeriod = Duration.ofSeconds(-1)),
                new Broken("websocket.handshake_timeout", o -> o.webSocketTimeout = Duration.ofSeconds(-1)),
                new Broken("cluster.connect_retries", o -> o.connectRetries = -1),
                new Broken("logfile_size_limit", o -> o.logSizeLimit = -1),
                new Broken("logfile_max_num", o -> o.logMaxFiles = -1),
                new Broken("max_traced_msg_len", o -> o.maxTracedPayload = -1),
                new Broken("http_allow_origin", o -> o.httpAllowOrigin = "http://a\r\nX: y"),
                new Broken("http_base_path", o -> o.httpBasePath = "/a\nb"),
                new Broken("http_user", o -> o.httpUser = "x"), new Broken("http_password", o -> o.httpPassword = "x"),
                new Broken("allowed origin", o -> o.webSocketOrigins = List.of("http://a\nb")));
    }

    @ParameterizedTest
    @MethodSource("broken")
    void anEmbeddedServerDoesNotStartWithThem(Broken broken) {
        IOException refused = assertThrows(IOException.class, () -> Server.start(LOCAL.with(broken.change)).close());
        assertTrue(refused.getMessage().contains(broken.key), refused.getMessage());
        assertEquals(1, refused.getMessage().lines().count(), refused.getMessage());
    }

    /** Numbers are left out: the methods of the program refuse them at once. */
    @Test
    void aProgramWithoutAConfigurationIsToldTheSame() {
        Set<String> told = Set.of("authorization", "cluster.authorization", "User entry", "Nkey users", "public nkey",
                "max_connections", "host", "cluster.routes", "http_user", "http_password",
                "cluster.authorization.timeout");
        assertEquals(told, broken().map(Broken::key).filter(told::contains).collect(Collectors.toSet()));
        broken().filter(broken -> told.contains(broken.key)).forEach(broken -> {
            OptionsBuilder wrong = new OptionsBuilder();
            broken.change.accept(wrong);
            String all = assertThrows(ConfigException.class, () -> OptionsCheck.build(wrong)).getMessage();
            assertEquals(all, assertThrows(ConfigException.class, () -> OptionsCheck.buildWithoutConfiguration(wrong),
                    broken.key).getMessage());
        });
    }

    @Test
    void aReloadRefusesThem() throws Exception {
        AtomicReference<ServerOptions> next = new AtomicReference<>(LOCAL);
        OptionsSource source = () -> new OptionsSource.Loaded(next.get(), List.of(), false);
        try (Server server = Server.start(LOCAL, source, Log.silent())) {
            broken().forEach(broken -> {
                next.set(LOCAL.with(broken.change));
                assertTrue(assertThrows(ConfigException.class, server::tryReload, broken.key).getMessage()
                        .contains(broken.key), broken.key);
            });
            next.set(LOCAL.with(o -> o.maxPayload = -1));
            server.tryReload();
        }
    }

    @Test
    void someLimitsMayBeNegative() {
        assertDoesNotThrow(() -> OptionsCheck.require(LOCAL.with(o -> {
            o.maxConnections = -1;
            o.maxPayload = -1;
            o.maxSubscriptions = -1;
            o.maxPending = -1;
        })));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', textBlock = """
            authorization { password: x }             ~ 1:1: authorization has a password, but no user
            authorization { user: x }                 ~ 1:1: authorization has the user "x", but no password
            a: 1; cluster { authorization { user: x } } ~ 1:17: cluster.authorization has the user "x", but no password
            cluster { authorization { pass: x } }     ~ 1:11: cluster.authorization has a password, but no user
            cluster { port: -1, tls { verify_and_map: true } } ~ 1:21: cluster.tls has verify_and_map, but cluster.authorization has no user: no other server could join
            authorization { token: "" }               ~ 1:24: "token" must not be empty
            authorization { user: x, password: "" }   ~ 1:36: "password" must not be empty
            Client_Advertise: "a:b:c"                 ~ 1:1: "client_advertise" is not an address: expected "host", "host:port" or "[IPv6]:port", but got "a:b:c"
            host: "a b"                               ~ 1:1: "host" is not a host name or an IP address: "a b"
            http_allow_origin: "a\\nb"                ~ 1:1: "http_allow_origin" must not have line breaks or other control characters: "a\\nb"
            http_user: x                              ~ 1:1: "http_user" and "http_password" need each other
            """)
    void aFileIsToldWhere(String config, String error) {
        assertEquals("test.conf:" + error, Config.error(config));
    }

    @Test
    void aTokenOfTheEnvironmentMustNotBeEmpty() {
        assertThrows(ConfigException.class, () -> OptionsReader.read("test.conf", "authorization { token: $TOKEN }",
                Map.of("TOKEN", "")::get));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "nats_1:4222", "10.0.0.1", "10.0.0.1:1", "[::1]", "[::1]:4222", "[fe80::1%eth0]:1",
        "b\u00fccher.example:4222"})
    void whatCanBeAdvertisedIsTaken(String address) {
        assertDoesNotThrow(() -> OptionsCheck.require(LOCAL.with(o -> o.clientAdvertise = address)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a:b", "a:", ":1", "a:65536", "::1", "[::1", "a b:1", "nats://a:1", "a:1,b:2", "u@a:1"})
    void anythingElseIsNot(String address) {
        assertFalse(ListenAddress.canBeAdvertised(address));
    }
}
