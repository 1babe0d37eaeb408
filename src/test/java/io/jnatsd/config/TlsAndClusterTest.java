package io.jnatsd.config;

import static io.jnatsd.config.Config.error;
import static io.jnatsd.config.Config.options;
import static io.jnatsd.config.Config.read;
import static io.jnatsd.config.Config.readAll;
import static io.jnatsd.config.Config.warnings;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jnatsd.config.ServerOptions.TlsOptions;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Configuration reference, 2.7 and 2.8. */
class TlsAndClusterTest {
    @Test
    void aTlsBlockHasFilesAndNames() {
        OptionsReader.ReadResult result = readAll("""
                tls {
                  cert_file: "./configs/certs/server.pem"
                  key_file:  "./configs/certs/key.pem"
                  ca_file:   'ca.pem'
                  verify:    true
                  timeout:   0.75
                  cipher_suites: [
                    "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
                    "TLS_RSA_WITH_RC4_128_SHA",
                  ]
                  curve_preferences: ["CurveP384", X25519]
                  handshake_first: true
                  config_watch: on
                }
                """);
        assertEquals(List.of(), result.warnings());
        assertEquals(new TlsOptions("./configs/certs/server.pem", "./configs/certs/key.pem", "ca.pem", true, false,
                Duration.ofMillis(750), List.of("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "TLS_RSA_WITH_RC4_128_SHA"),
                List.of("CurveP384", "X25519"), true, true), result.options().tls);
    }

    @Test
    void anEmptyTlsBlockHasDefaults() {
        assertEquals(new TlsOptions("", "", "", false, false, Duration.ofSeconds(2), List.of(), List.of(), false, false),
                read("tls {}").tls);
        assertEquals(Duration.ofSeconds(2), read("tls {timeout: 0}").tls.timeout());
        assertNull(read("").tls);
    }

    @Test
    void allNamesOfGnatsdAreKnown() {
        assertEquals(21, TlsNames.CIPHERS.size());
        assertEquals(TlsNames.CIPHERS,
                read("tls { cipher_suites: [" + String.join(",", TlsNames.CIPHERS) + "] }").tls.cipherSuites());
        assertEquals(TlsNames.CURVES,
                read("tls { curve_preferences: [" + String.join(",", TlsNames.CURVES) + "] }").tls.curvePreferences());
        read("tls { cipher_suites: [" + String.join("\n", TlsNames.NEWER_CIPHERS) + "] }");
    }

    @Test
    void theLeastVersionChoosesTheSuites() {
        assertEquals(List.of(), read("tls { min_version: '1.2' }").tls.cipherSuites());
        assertEquals(TlsNames.TLS_1_3, read("tls { min_version: '1.3' }").tls.cipherSuites());
        assertEquals(TlsNames.TLS_1_3, read("tls { min_version: '1.3', cipher_suites: [TLS_RSA_WITH_AES_128_CBC_SHA] }")
                .tls.cipherSuites());
        assertEquals(List.of("TLS_AES_256_GCM_SHA384"), read("tls { cipher_suites: [TLS_RSA_WITH_AES_128_CBC_SHA,"
                + " TLS_AES_256_GCM_SHA384], min_version: '1.3' }").tls.cipherSuites());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', textBlock = """
            cert_file: 5                ~ 1:18: error parsing tls config, expected 'cert_file' to be filename
            key_file: [a]               ~ 1:17: error parsing tls config, expected 'key_file' to be filename
            ca_file: true               ~ 1:16: error parsing tls config, expected 'ca_file' to be filename
            verify: "true"              ~ 1:15: error parsing tls config, expected 'verify' to be a boolean
            min_version: "1.1"          ~ 1:20: error parsing tls config, expected 'min_version' to be "1.2" or "1.3"
            cipher_suites: []           ~ 1:22: error parsing tls config, 'cipher_suites' cannot be empty
            cipher_suites: [A]          ~ 1:23: Unrecognized cipher A
            cipher_suites: [tls_rsa_with_rc4_128_sha]  ~ 1:23: Unrecognized cipher tls_rsa_with_rc4_128_sha
            cipher_suites: A            ~ 1:22: expected an array for "cipher_suites", but got the string "A"
            curve_preferences: []       ~ 1:26: error parsing tls config, 'curve_preferences' cannot be empty
            curve_preferences: [5]      ~ 1:27: expected a string for "curve_preferences", but got the integer 5; if it is a string, write "5"
            curve_preferences: [GARBAGE] ~ 1:27: Unrecognized curve preference GARBAGE
            foo: 1                      ~ 1:7: error parsing tls config, unknown field ["foo"]
            Cert_Fil: 1                 ~ 1:7: error parsing tls config, unknown field ["Cert_Fil"]
            timeout: x                  ~ 1:16: error parsing timeout: time: invalid duration "x"
            handshake_first: []         ~ 1:24: expected a duration like "2m" or a number of seconds for "handshake_first", but got an array
            """)
    void mistakesInTlsBlocksAreErrors(String block, String expected) {
        assertEquals("test.conf:" + expected, error("tls { " + block + " }"));
        assertTrue(error("cluster { tls { " + block + " } }").endsWith(expected.substring(expected.indexOf(": "))));
    }

    @ParameterizedTest
    @CsvSource({"true, true", "false, false", "'\"300ms\"', true", "auto, true", "5, true"})
    void handshakeFirstMayBeATime(String value, boolean expected) {
        assertEquals(expected, read("tls {handshake_first: " + value + "}").tls.handshakeFirst());
    }

    @Test
    void newerTlsKeysAreWarnings() {
        assertEquals(List.of("test.conf:1:7: \"insecure\" is not supported by jnatsd and ignored",
                "test.conf:1:23: \"connection_rate_limit\" is not supported by jnatsd and ignored"),
                warnings("tls { insecure: true, connection_rate_limit: 5 }"));
    }

    @Test
    void verifyAndMapIncludesVerify() {
        assertEquals(List.of(), warnings("tls { verify_and_map: true }"));
        assertTrue(read("tls { verify_and_map: true, verify: false }").tls.verify());
        assertTrue(read("tls { verify_and_map: true }").tls.verifyAndMap());
        assertFalse(read("tls { verify_and_map: false }").tls.verify());
        assertFalse(read("tls { verify: true }").tls.verifyAndMap());
        ServerOptions.ClusterOptions c =
                options("cluster { port: -1, tls { verify_and_map: true }, authorization { user: x } }").cluster();
        assertTrue(c.tls().verifyAndMap() && c.user().equals("x") && c.password().isEmpty());
    }

    @Test
    void gnatsdsClusterTestFileIsReadInFull() {
        OptionsReader.ReadResult result = readAll("""
                # Cluster Server A
                port: 4242
                net: localhost
                cluster {
                  host: '127.0.0.1'
                  port: 4244
                  authorization {
                    user: route_user
                    password: top_secret
                    timeout: 1
                  }
                  # Routes are actively solicited and connected to from this server.
                  # Other servers can connect to us if they supply the correct credentials
                  # in their routes definitions from above.
                  routes = [
                    nats-route://foo:bar@127.0.0.1:4245
                    nats-route://foo:bar@127.0.0.1:4246/
                  ]
                  no_advertise: true
                  connect_retries: 2
                  name: east
                  advertise: "1.2.3.4:5"
                  tls { cert_file: a, key_file: b }
                }
                """);
        assertEquals(List.of(), result.warnings());
        ServerOptions.ClusterOptions c = result.options().build().cluster();
        assertEquals("127.0.0.1", c.host());
        assertEquals(4244, c.port());
        assertEquals("route_user", c.user());
        assertEquals("top_secret", c.password());
        assertEquals(Duration.ofSeconds(1), c.authTimeout());
        assertEquals(List.of(URI.create("nats-route://foo:bar@127.0.0.1:4245"),
                URI.create("nats-route://foo:bar@127.0.0.1:4246/")), c.routes());
        assertTrue(c.noAdvertise());
        assertEquals(2, c.connectRetries());
        assertEquals("east", c.name());
        assertEquals("1.2.3.4:5", c.advertise());
        assertEquals(Duration.ofSeconds(2), c.tls().timeout());
        assertEquals("x", read("cluster {cluster_advertise: x}").clusterAdvertise);
        assertEquals("x", read("cluster {net: x}").clusterHost);
    }

    @Test
    void withoutAClusterBlockThereIsNoCluster() {
        assertEquals(0, options("").cluster().port());
        assertEquals(0, options("cluster { host: x }").cluster().port());
        assertEquals("0.0.0.0", options("cluster { port: 5 }").cluster().host());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', textBlock = """
            routes: ["nats://a b:4248"]         ~ 1:20: error parsing route url: Illegal character in authority
            routes: [127.0.0.1:4248]            ~ 1:20: error parsing route url: Illegal character in scheme name
            routes: [localhost:4248]            ~ 1:20: error parsing route url: expected a URL like nats-route://host:port
            routes: ["nats://u:secret@h"]       ~ 1:20: error parsing route url: missing port in address
            routes: ["nats://h:abc"]            ~ 1:20: error parsing route url: invalid port after host, expected 1 to 65535
            routes: ["nats://h:99999"]          ~ 1:20: error parsing route url: invalid port after host, expected 1 to 65535
            routes: ["nats://u:hid1/hid2@h:1"]  ~ 1:20: error parsing route url: the user or password has a character that must be written as %2F (/), %3F (?) or %23 (#)
            routes: ["nats://u:1/hid2@h:1"]     ~ 1:20: error parsing route url: the user or password has a character that must be written as %2F (/), %3F (?) or %23 (#)
            routes: [5]                         ~ 1:20: expected a URL like "nats-route://host:port" in "routes", but got an integer
            routes: "nats://h:1"                ~ 1:19: expected an array for "routes", but got a string
            authorization {users []}            ~ 1:25: Cluster authorization does not allow multiple users
            authorization: 5                    ~ 1:26: expected a map for "authorization", but got an integer
            connect_retries: -1                 ~ 1:28: "connect_retries" is out of range: expected 0 to 2147483647, but got -1
            """)
    void mistakesInClusterBlocksAreErrors(String block, String expected) {
        String error = error("cluster { " + block + " }");
        assertTrue(error.startsWith("test.conf:" + expected), error);
    }

    @Test
    void clusterTokensAndDefaultPermissionsAreIgnored() {
        String text = "cluster { authorization { user: a, password: b, token: c, default_permissions: {} } }";
        assertEquals(List.of("test.conf:1:25: Cluster authorization does not support tokens, the token is ignored"),
                warnings(text));
        assertEquals("a", read(text).clusterUser);
        assertEquals("", read(text).token);
    }

    @Test
    void routeUrlsHaveTheirParts() throws Exception {
        assertEquals(new RouteUrl("host_1", 4248, "us er", "p+@s"),
                RouteUrl.of(RouteUrl.parse(" nats-route://us%20er:p+%40s@host_1:4248/ ")));
        assertEquals(new RouteUrl("::1", 4248, "", ""), RouteUrl.of(RouteUrl.parse("nats://[::1]:4248")));
        assertEquals(new RouteUrl("h", 1, "u", ""), RouteUrl.of(RouteUrl.parse("nats://u@h:1")));
        assertEquals("nats-route://[::1]:5", new RouteUrl("::1", 5, "user", "secret").toString());
    }
}
