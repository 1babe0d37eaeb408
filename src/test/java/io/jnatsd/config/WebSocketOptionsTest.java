package io.jnatsd.config;

import static io.jnatsd.config.Config.error;
import static io.jnatsd.config.Config.options;
import static io.jnatsd.config.Config.readAll;
import static io.jnatsd.config.Config.warnings;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.jnatsd.config.ServerOptions.WebSocketOptions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The {@code websocket} block. */
class WebSocketOptionsTest {
    @Test
    void thereIsNoPortByDefault() {
        assertEquals(new WebSocketOptions("0.0.0.0", 0, null, false, List.of(), Duration.ofSeconds(2)),
                ServerOptions.defaults().webSocket());
        assertEquals(ServerOptions.defaults(), options("websocket {}"));
    }

    @Test
    void aBlockHasAllThatItNeeds() {
        OptionsReader.ReadResult result = readAll("""
                websocket {
                  listen: "localhost:443"
                  tls { cert_file: a, key_file: b }
                  same_origin: true
                  allowed_origins: ["https://a.com", "http://b.com:3000/"]
                  handshake_timeout: "5s"
                }
                """);
        assertEquals(List.of(), result.warnings());
        WebSocketOptions o = result.options().build().webSocket();
        assertEquals(new WebSocketOptions("localhost", 443, o.tls(), true,
                List.of("https://a.com", "http://b.com:3000/"), Duration.ofSeconds(5)), o);
        assertEquals("a", o.tls().certFile());
        assertEquals(Duration.ofSeconds(2), o.tls().timeout());
    }

    @Test
    void tlsIsWantedUnlessItIsSaidToBeUnwanted() {
        WebSocketOptions o = options("ws { host: h, port: -1, no_tls: true }").webSocket();
        assertEquals("h", o.host());
        assertEquals(-1, o.port());
        assertNull(o.tls());
        String expected = "test.conf:1:1: websocket requires TLS configuration, or \"no_tls: true\"";
        assertEquals(expected, error("websocket { port: 8080 }"));
        assertEquals(expected, error("websocket { listen: 8080, no_tls: false }"));
        assertNull(options("websocket { no_tls: false }").webSocket().tls());
    }

    @Test
    void aTlsBlockCountsEvenBesideNoTls() {
        assertEquals("a", options("websocket { port: 1, no_tls: true, tls { cert_file: a, key_file: b } }").webSocket()
                .tls().certFile());
    }

    @ParameterizedTest
    @CsvSource({"allowed_origins", "allowed_origin", "allow_origins", "allow_origin", "origins", "origin"})
    void oneOriginNeedsNoArray(String key) {
        assertEquals(List.of("https://a.com"), options("websocket { " + key + ": \"https://a.com\" }").webSocket()
                .allowedOrigins());
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://nats_1", "http://nats_1:8080", "https://a-b.example", "https://[::1]:443", "http://10.0.0.1/"})
    void originsHaveAnyHostThatBrowsersReach(String origin) {
        assertEquals(List.of(origin), options("websocket { origin: \"" + origin + "\" }").webSocket().allowedOrigins());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', textBlock = """
            origins: [a.com]         ~ 1:22: unable to parse allowed origin "a.com": expected "https://host" or "https://host:port"
            origin: "https://a.com/x" ~ 1:21: unable to parse allowed origin "https://a.com/x": expected "https://host" or "https://host:port"
            origin: "https://"       ~ 1:21: unable to parse allowed origin "https://": expected "https://host" or "https://host:port"
            origin: "https://a@b_c"  ~ 1:21: unable to parse allowed origin "[REDACTED]@b_c": expected "https://host" or "https://host:port"
            origin: "https://b_c:x"  ~ 1:21: unable to parse allowed origin "https://b_c:x": expected "https://host" or "https://host:port"
            same_origin: 1           ~ 1:26: expected a boolean for "same_origin", but got the integer 1
            port: 70000              ~ 1:19: "port" is out of range: expected -1 to 65535, but got 70000
            handshake_timeout: x     ~ 1:32: error parsing handshake_timeout: time: invalid duration "x"
            authorization {}         ~ 1:13: "authorization" is not supported in "websocket": the same users connect as over the client port
            """)
    void mistakesAreErrors(String line, String expected) {
        assertEquals("test.conf:" + expected, error("websocket { " + line + " }"));
    }

    @Test
    void theRestOfNewerServersIsIgnoredWithAWarning() {
        assertEquals(List.of("test.conf:1:13: \"compression\" is not supported by jnatsd and ignored",
                "test.conf:1:32: \"jwt_cookie\" is not supported by jnatsd and ignored"),
                warnings("websocket { compression: true, jwt_cookie: jwt }"));
    }
}
