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

import io.jnatsd.config.ServerOptions.Compat;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Configuration reference, 2.1 to 2.4, 2.9, 2.10 and 6.3: the top-level keys. */
class OptionKeysTest {
    private static final String GNATSD_TEST_CONF = """
            # Simple config file
            listen: localhost:4242
            http: 8222
            authorization {
              user:     derek
              password: porkchop
              timeout:  1
            }
            # logging options
            debug:   false
            trace:   true
            logtime: false
            log_file: "/tmp/gnatsd.log"
            #pid file
            pid_file: "/tmp/gnatsd.pid"
            #prof_port
            prof_port: 6543
            #syslog
            syslog: true
            remote_syslog: "udp://foo.com:33"
            # max_connections
            max_connections: 100
            # max control line
            max_control_line: 2048
            # max payload
            max_payload: 65536
            # ping interval and no pong threshold
            ping_interval: 60
            ping_max: 3
            # how long server can block on a socket write to a client
            write_deadline: "3s"
            """;

    @Test
    void gnatsdsOwnTestFileIsReadInFull() {
        OptionsReader.ReadResult result = readAll(GNATSD_TEST_CONF);
        ServerOptions o = result.options().build();
        assertEquals(List.of(), result.warnings());
        assertEquals("localhost", o.client().host());
        assertEquals(4242, o.client().port());
        assertEquals("", result.options().httpHost);
        assertEquals("localhost", o.monitor().host());
        assertEquals(8222, o.monitor().httpPort());
        assertEquals("derek", o.auth().user());
        assertEquals("porkchop", o.auth().password());
        assertEquals(Duration.ofSeconds(1), o.auth().timeout());
        assertFalse(o.log().debug());
        assertTrue(o.log().trace());
        assertFalse(o.log().time());
        assertEquals("/tmp/gnatsd.log", o.log().file());
        assertEquals(Path.of("/tmp/gnatsd.pid"), o.pidFile());
        assertEquals(6543, o.profPort());
        assertTrue(o.log().syslog());
        assertEquals("udp://foo.com:33", o.log().remoteSyslog());
        assertEquals(new ServerOptions.Limits(100, 2048, 65536, OptionsBuilder.DEFAULT_MAX_PENDING,
                OptionsBuilder.DEFAULT_MAX_PENDING_TOTAL, 0, Duration.ofSeconds(60), 3, Duration.ofSeconds(3),
                0, ServerOptions.Quota.UNLIMITED), o.limits());
    }

    @Test
    void theEmptyFileIsAllDefaults() {
        assertEquals(ServerOptions.defaults(), options(""));
    }

    @Test
    void compatBringsTheDefaultsOfGnatsd() {
        for (String compat : List.of("1.0", "\"1.0\"", "gnatsd", "'GNATSD'")) {
            ServerOptions o = options("tls { cert_file: a, key_file: b }\ncompat: " + compat);
            assertEquals(Compat.GNATSD_1_0, o.compat());
            assertEquals(1024, o.limits().maxControlLine());
            assertEquals(Duration.ofSeconds(2), o.limits().writeDeadline());
            assertEquals(Duration.ofSeconds(1), o.auth().timeout());
            assertEquals(Duration.ofMillis(500), o.tls().timeout());
        }
        assertEquals(Compat.CURRENT, options("compat: current").compat());
        assertEquals("test.conf:1:9: expected one of 1.0, gnatsd, current for \"compat\", but got the string \"2.x\"",
                error("compat: 2.x"));
        assertTrue(error("compat: 1").contains("expected one of"));
    }

    // Each key with the field that it ends up in.

    private static void assertKey(String keys, String value, Object expected, Function<OptionsBuilder, Object> field) {
        for (String key : keys.split(" ")) {
            for (String written : List.of(key, key.toUpperCase(), "\"" + key + "\"")) {
                OptionsReader.ReadResult result = readAll(written + ": " + value);
                assertEquals(expected, field.apply(result.options()), written);
                assertEquals(List.of(), result.warnings(), written);
            }
        }
    }

    @Test
    void everyKeyForListeningIsKnown() {
        assertKey("listen", "\"h:5\"", "h", o -> o.host);
        assertKey("listen", "\"h:5\"", 5, o -> o.port);
        assertKey("port", "-1", -1, o -> o.port);
        assertKey("host net", "h", "h", o -> o.host);
        assertKey("server_name", "n", "n", o -> o.serverName);
        assertKey("client_advertise", "\"1.2.3.4:5\"", "1.2.3.4:5", o -> o.clientAdvertise);
        assertKey("allow_non_tls", "true", true, o -> o.allowNonTls);
        assertKey("tls", "{cert_file: c}", "c", o -> o.tls.certFile());
        assertKey("authorization", "{token: $2a$x}", "$2a$x", o -> o.token);
        assertKey("cluster", "{port: 6}", 6, o -> o.clusterPort);
        assertKey("compat", "gnatsd", Compat.GNATSD_1_0, o -> o.compat);
        assertEquals(true, read("config_watch: true, tls {}, cluster {tls {}}").tls.watchFiles());
        assertEquals(true, read("config_watch: true, tls {}, cluster {tls {}}").clusterTls.watchFiles());
    }

    @Test
    void everyKeyForLimitsIsKnown() {
        assertKey("max_connections max_conn", "7", 7, o -> o.maxConnections);
        assertKey("max_connections", "-1", -1, o -> o.maxConnections);
        assertKey("max_control_line", "2kb", 2048, o -> o.maxControlLine);
        assertKey("max_payload", "2MB", 2 << 20, o -> o.maxPayload);
        assertKey("max_payload", "-1", -1, o -> o.maxPayload);
        assertKey("max_pending", "1GB", 1L << 30, o -> o.maxPending);
        assertKey("max_pending_total", "4GB", 1L << 32, o -> o.maxPendingTotal);
        assertKey("max_subscriptions max_subs", "9", 9, o -> o.maxSubscriptions);
        assertKey("ping_interval", "60", Duration.ofSeconds(60), o -> o.pingInterval);
        assertKey("ping_interval", "\"2m\"", Duration.ofMinutes(2), o -> o.pingInterval);
        assertKey("ping_interval", "2m", Duration.ofMinutes(2), o -> o.pingInterval);
        assertKey("write_deadline", "2m", Duration.ofMinutes(2), o -> o.writeDeadline);
        assertKey("ping_interval", "1m30s", Duration.ofSeconds(90), o -> o.pingInterval);
        assertKey("ping_max", "4", 4, o -> o.pingMax);
        assertKey("write_deadline", "\"1m1.5s\"", Duration.ofMillis(61_500), o -> o.writeDeadline);
        assertKey("lame_duck_duration", "\"1m\"", Duration.ofMinutes(1), o -> o.lameDuckDuration);
        assertKey("lame_duck_duration", "30", Duration.ofSeconds(30), o -> o.lameDuckDuration);
        assertKey("lame_duck_grace_period", "\"5s\"", Duration.ofSeconds(5), o -> o.lameDuckGracePeriod);
    }

    @Test
    void everyKeyForMonitoringIsKnown() {
        assertKey("http https", "'h:8222'", "h", o -> o.httpHost);
        assertKey("http", "8222", 8222, o -> o.httpPort);
        assertKey("https", "'127.0.0.1:9443'", 9443, o -> o.httpsPort);
        assertKey("http_port monitor_port", "-1", -1, o -> o.httpPort);
        assertKey("https_port", "8", 8, o -> o.httpsPort);
        assertKey("http_base_path", "/nats", "/nats", o -> o.httpBasePath);
        assertKey("http_allow_origin", "'*'", "*", o -> o.httpAllowOrigin);
        assertKey("jsonp", "no", false, o -> o.jsonp);
        assertKey("dashboard", "off", false, o -> o.dashboard);
        assertKey("http_top_subjects", "on", true, o -> o.topSubjects);
        assertKey("prof_port", "6543", 6543, o -> o.profPort);
        assertEquals("p", read("http_password: p\nhttp_user: u").httpPassword);
        assertEquals("u", read("http_password: p\nhttp_user: u").httpUser);
    }

    @Test
    void everyKeyForLoggingIsKnown() {
        assertKey("debug", "true", true, o -> o.debug);
        assertKey("trace", "true", true, o -> o.trace);
        assertKey("logtime", "false", false, o -> o.logTime);
        assertKey("logfile log_file", "'/tmp/x.log'", "/tmp/x.log", o -> o.logFile);
        assertKey("logfile_size_limit log_size_limit", "10GB", 10L << 30, o -> o.logSizeLimit);
        assertKey("logfile_max_num", "5", 5, o -> o.logMaxFiles);
        assertKey("syslog", "yes", true, o -> o.syslog);
        assertKey("remote_syslog", "'udp://h:1'", "udp://h:1", o -> o.remoteSyslog);
        assertKey("max_traced_msg_len", "100", 100, o -> o.maxTracedPayload);
        assertKey("trace_clients", "alice", List.of("alice"), o -> o.traceClients);
        assertKey("trace_clients", "[alice, 7, '9']", List.of("alice", "7", "9"), o -> o.traceClients);
        assertKey("trace_subjects", "[foo.*, '>']", List.of("foo.*", ">"), o -> o.traceSubjects);
        assertKey("trace_subjects", "foo", List.of("foo"), o -> o.traceSubjects);
        assertKey("log_format", "JSON", "json", o -> o.logFormat);
        assertKey("log_level", "warn", "warn", o -> o.logLevel);
        assertKey("pidfile pid_file", "/tmp/pid", Path.of("/tmp/pid"), o -> o.pidFile);
        assertKey("pid_file", "''", null, o -> o.pidFile);
        assertKey("ports_file_dir", "/tmp", Path.of("/tmp"), o -> o.portsFileDir);
        assertNull(read("").portsFileDir);
    }

    @ParameterizedTest
    @CsvSource({"error, error, false, false", "warn, warn, false, false", "info, info, false, false",
        "debug, info, true, false", "trace, info, true, true", "TRACE, info, true, true"})
    void theLogLevelSwitchesDebugAndTraceOn(String level, String expected, boolean debug, boolean trace) {
        OptionsBuilder o = read("log_level: " + level);
        assertEquals(expected, o.logLevel);
        assertEquals(debug, o.debug);
        assertEquals(trace, o.trace);
    }

    // Addresses.

    @ParameterizedTest
    @CsvSource(delimiter = ' ', textBlock = """
            8922 '' 8922
            :8922 '' 8922
            ":8922" '' 8922
            10.0.1.22:4422 10.0.1.22 4422
            localhost:-1 localhost -1
            127.0.0.1:-1 127.0.0.1 -1
            "127.0.0.1:-1" 127.0.0.1 -1
            "[::1]:4222" ::1 4222
            "localhost:+5" localhost 5
            -1 '' -1
            0 '' 0
            """)
    void addressesAreAPortOrHostAndPort(String value, String host, int port) {
        OptionsBuilder o = read("listen: " + value + "\nhttp: " + value + "\ncluster { listen: " + value + "}");
        assertEquals(host, o.host);
        assertEquals(port, o.port);
        assertEquals(host, o.httpHost);
        assertEquals(port, o.httpPort);
        assertEquals(host, o.clusterHost);
        assertEquals(port, o.clusterPort);
    }

    @Test
    void listenConfigsLoadTogether() {
        ServerOptions o = options("""
                listen: 10.0.1.22:4422
                http: 127.0.0.1:8422
                https: 127.0.0.1:9443
                cluster {
                  listen: 127.0.0.1:4244
                }
                """);
        assertEquals("10.0.1.22", o.client().host());
        assertEquals(4422, o.client().port());
        assertEquals("127.0.0.1", o.monitor().host());
        assertEquals(8422, o.monitor().httpPort());
        assertEquals(9443, o.monitor().httpsPort());
        assertEquals("127.0.0.1", o.cluster().host());
        assertEquals(4244, o.cluster().port());
        assertEquals("0.0.0.0", options("listen: 8922").client().host());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', textBlock = """
            "4222"              ~ Could not parse address string "4222"
            foo                 ~ Could not parse address string "foo"
            "::1:4222"          ~ Could not parse address string "::1:4222"
            a:b:c               ~ Could not parse address string "a:b:c"
            ""                  ~ Could not parse address string ""
            "[::1]"             ~ Could not parse address string "[::1]"
            10.0.1.22:foo       ~ Could not parse port "foo"
            "localhost:"        ~ Could not parse port ""
            localhost:bar       ~ Could not parse port "bar"
            localhost:65536     ~ port 65536 is out of range: expected -1 to 65535
            localhost:-2        ~ port -2 is out of range: expected -1 to 65535
            65536               ~ "listen" is out of range: expected -1 to 65535, but got 65536
            5.5                 ~ expected a port or "host:port" for "listen", but got the float 5.5
            true                ~ expected a port or "host:port" for "listen", but got the boolean true
            [1]                 ~ expected a port or "host:port" for "listen", but got an array
            """)
    void malformedAddressesAreErrors(String value, String expected) {
        assertEquals("test.conf:1:9: " + expected, error("listen: " + value));
    }

    @Test
    void theLastOfSeveralSynonymsCounts() {
        assertEquals(2, read("port: 1\nlisten: 2").port);
        assertEquals(1, read("listen: 2\nport: 1").port);
        assertEquals(3, read("Port: 1\nport: 2\nPORT: 3").port);
        OptionsBuilder o = read("host: h\nlisten: 4222");
        assertEquals("h", o.host, "a port alone says nothing about the host");
    }

    // Types and ranges.

    @ParameterizedTest
    @CsvSource(delimiter = '~', textBlock = """
            port: abc           ~ 1:7: expected an integer for "port", but got the string "abc"
            port: "4222"        ~ 1:7: expected an integer for "port", but got the string "4222"
            port: 1.5           ~ 1:7: expected an integer for "port", but got the float 1.5
            port: {}            ~ 1:7: expected an integer for "port", but got a map
            port: 70000         ~ 1:7: "port" is out of range: expected -1 to 65535, but got 70000
            port: -2            ~ 1:7: "port" is out of range: expected -1 to 65535, but got -2
            Debug: 1            ~ 1:8: expected a boolean for "Debug", but got the integer 1
            debug: "true"       ~ 1:8: expected a boolean for "debug", but got the string "true"
            host: 5             ~ 1:7: expected a string for "host", but got the integer 5; if it is a string, write "5"
            host: on            ~ 1:7: expected a string for "host", but got the boolean on; if it is a string, write "on"
            host: []            ~ 1:7: expected a string for "host", but got an array
            cluster: 5          ~ 1:10: expected a map for "cluster", but got an integer
            tls: yes            ~ 1:6: expected a map for "tls", but got a boolean
            authorization: x    ~ 1:16: expected a map for "authorization", but got a string
            max_payload: 3GB    ~ 1:14: "max_payload" is out of range: expected -2147483648 to 2147483647, but got 3GB
            max_control_line: -1 ~ 1:19: "max_control_line" is out of range: expected 0 to 2147483647, but got -1
            max_pending: -1     ~ 1:14: "max_pending" is out of range: expected 0 or more, but got -1
            max_pending_total: -1 ~ 1:20: "max_pending_total" is out of range: expected 0 or more, but got -1
            ping_interval: -1   ~ 1:16: "ping_interval" must not be negative
            ping_interval: true ~ 1:16: expected a duration like "2m" or a number of seconds for "ping_interval", but got the boolean true
            ping_interval: 9223372037 ~ 1:16: "ping_interval" is out of range: expected at most 9223372036 seconds
            ping_interval: 8k   ~ 1:16: error parsing ping_interval: time: unknown unit "k" in duration "8k"
            write_deadline: 3x  ~ 1:17: error parsing write_deadline: time: unknown unit "x" in duration "3x"
            write_deadline: "1" ~ 1:17: error parsing write_deadline: time: missing unit in duration "1"
            write_deadline: ""  ~ 1:17: error parsing write_deadline: time: invalid duration ""
            lame_duck_duration: 10s ~ 1:21: invalid lame_duck_duration of 10s, minimum is 30 seconds
            log_format: xml     ~ 1:13: expected one of text, json for "log_format", but got the string "xml"
            log_level: 5        ~ 1:12: expected one of error, warn, info, debug, trace for "log_level", but got the integer 5
            trace_subjects: [a..b] ~ 1:17: Subject "a..b" is not a valid subject
            http_password: x    ~ 1:1: "http_user" and "http_password" need each other
            http_user: x        ~ 1:1: "http_user" and "http_password" need each other
            http_user: 5        ~ 1:12: expected a string for "http_user", but got the integer 5; if it is a string, write "5"
            http_password: 123  ~ 1:16: expected a string for "http_password", but got an integer; if it is a string, put it in quotes
            """)
    void wrongValuesAreErrors(String text, String expected) {
        assertEquals("test.conf:" + expected, error(text));
    }

    @Test
    void integersForWriteDeadlineAreSecondsWithAWarning() {
        assertEquals(Duration.ofSeconds(6), read("write_deadline: 6").writeDeadline);
        assertEquals(List.of("test.conf:1:1: write_deadline should be converted to a duration"),
                warnings("write_deadline: 6"));
    }

    @Test
    void zeroMeansTheDefault() {
        assertEquals(ServerOptions.defaults(), options("""
                port: 0, max_connections: 0, max_control_line: 0, max_payload: 0, max_pending: 0,
                max_pending_total: 0,
                ping_interval: 0, ping_max: 0, write_deadline: "0"
                """));
    }

    // Keys that have to agree.

    @Test
    void maxPendingIsNotLessThanMaxPayload() {
        assertEquals("test.conf:1:1: max_payload (2097152) cannot be higher than max_pending (1048576)",
                error("max_pending: 1MB\nmax_payload: 2MB"));
        assertTrue(error("max_pending: 1k").contains("max_payload (1048576) cannot be higher than max_pending (1000)"));
        assertEquals(1L << 20, read("max_payload: 1MB\nmax_pending: 1MB").maxPending);
    }

    @Test
    void maxPendingTotalIsNotLessThanMaxPayload() {
        assertEquals("test.conf:1:20: max_payload (1048576) cannot be higher than max_pending_total (1000)",
                error("max_pending_total: 1k"));
        assertEquals(1L << 20, read("max_pending_total: 1MB").maxPendingTotal);
    }

    @Test
    void withoutMaxPendingThereIsRoomForALargePayload() {
        assertEquals(200L << 20, options("max_payload: 100MB").limits().maxPending());
        assertEquals(OptionsBuilder.DEFAULT_MAX_PENDING, options("max_payload: -1").limits().maxPending());
    }

    @Test
    void theGracePeriodIsShorterThanTheLameDuckDuration() {
        assertEquals("test.conf:1:25: "
                + "lame duck grace period (3m0s) should be strictly lower than lame duck duration (2m0s)",
                error("lame_duck_grace_period: 3m0s"));
        assertTrue(error("lame_duck_grace_period: 30s\nlame_duck_duration: 30s").contains("strictly lower"));
        read("lame_duck_grace_period: 29s\nlame_duck_duration: 30s");
    }

    @Test
    void noAuthUserIsOneOfTheUsers() {
        String users = "\nauthorization { users [ {user: joe, password: x} ] }";
        assertEquals("joe", read("no_auth_user: joe" + users).noAuthUser);
        assertEquals("test.conf:1:1: no_auth_user: \"jim\" not present as user in authorization block",
                error("no_auth_user: jim" + users));
        assertTrue(error("no_auth_user: joe").contains("not present"));
    }

    @Test
    void theSystemUserIsOneOfTheUsersAndNotAnybody() {
        String users = "\nauthorization { users [ {user: joe, password: x}, {user: guest, password: x}, {nkey: "
                + "UDXU4RCSJNZOIQHZNWXHXORDPRTGNJAHAHFRGZNEEJCPQTT2M7NLCNF4} ] }";
        assertEquals("joe", read("system_user: joe" + users).systemUser);
        assertEquals("joe", read("system_user: joe\nno_auth_user: guest" + users).systemUser);
        read("system_user: UDXU4RCSJNZOIQHZNWXHXORDPRTGNJAHAHFRGZNEEJCPQTT2M7NLCNF4" + users);
        assertEquals("joe", read("system_user: joe\nauthorization { user: joe, password: x }").systemUser);
        assertEquals("test.conf:1:1: system_user: \"jim\" not present as user in authorization block",
                error("system_user: jim" + users));
        assertTrue(error("system_user: joe").contains("not present"));
        assertTrue(error("system_user: joe\nauthorization { token: x }").contains("not present"));
        assertEquals("test.conf:1:1: system_user: \"guest\" is also no_auth_user, which needs no credentials",
                error("system_user: guest\nno_auth_user: guest" + users));
    }

    // Unknown keys.

    @ParameterizedTest
    @CsvSource(delimiter = '~', nullValues = "none", textBlock = """
            max_conections: 5   ~ test.conf:1:1: unknown key "max_conections", did you mean "max_connections"?
            MAX_Payloads: 5     ~ test.conf:1:1: unknown key "MAX_Payloads", did you mean "max_payload"?
            deubg: true         ~ test.conf:1:1: unknown key "deubg", did you mean "debug"?
            xyzzy: {}           ~ test.conf:1:1: unknown key "xyzzy"
            cluster {rouets []} ~ test.conf:1:10: unknown key "rouets", did you mean "routes"?
            authorization {usr: x} ~ test.conf:1:16: unknown key "usr", did you mean "user"?
            JetStream {cipher: aes} ~ test.conf:1:12: "cipher" (files are not encrypted) is not supported by jnatsd and ignored
            jetstream {limits {max_ha_assets: 3}} ~ test.conf:1:20: "max_ha_assets" (streams are not replicated) is not supported by jnatsd and ignored
            leafnodes {port: 7} ~ test.conf:1:1: "leafnodes" (leaf nodes) is not supported by jnatsd and ignored
            gateway {name: g}   ~ test.conf:1:1: "gateway" (gateways) is not supported by jnatsd and ignored
            mqtt {port: 1883}   ~ test.conf:1:1: "mqtt" (MQTT) is not supported by jnatsd and ignored
            resolver: MEMORY    ~ test.conf:1:1: "resolver" (logins with JWT) is not supported by jnatsd and ignored
            system_account: SYS ~ test.conf:1:1: "system_account" (accounts) is not supported by jnatsd and ignored
            foo                 ~ test.conf:1:1: the key "foo" has no value and is ignored
            """)
    void unknownKeysAreWarnings(String text, String expected) {
        assertEquals(List.of(expected), warnings(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"server_tags", "ocsp", "connect_error_reports",
        "reconnect_error_reports", "max_sub_tokens", "trace_verbose", "mappings", "disable_sublist_cache",
        "no_header_support"})
    void keysOfNewerServersAreIgnoredWithAWarning(String key) {
        assertEquals(List.of("test.conf:1:1: \"" + key + "\" is not supported by jnatsd and ignored"),
                warnings(key + ": {a: [1, 2]}"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', textBlock = """
            accounts: {A: {users: [{user: a, password: a}]}} ~ 1:1  ~ "accounts"
            Operator: "op.jwt"                               ~ 1:1  ~ "Operator" (logins with JWT)
            trusted_keys: [OA]                               ~ 1:1  ~ "trusted_keys" (logins with JWT)
            authorization { auth_callout { issuer: A } }     ~ 1:17 ~ "auth_callout"
            tls { pinned_certs: ["a"] }                      ~ 1:7  ~ "pinned_certs"
            """)
    void keysOfNewerServersThatKeepClientsOutAreErrors(String text, String place, String key) {
        assertEquals("test.conf:" + place + ": " + key + " is not supported by jnatsd; without it, clients would be"
                + " let in that it keeps out", error(text));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', textBlock = """
            jetstream {x: 1}                  ~ test.conf:1:12: Unknown field "x" in jetstream
            jetstream {limits {x: 1}}         ~ test.conf:1:20: Unknown field "x" in jetstream.limits
            jetstream: maybe                  ~ test.conf:1:12: Expected 'enabled' or 'disabled' for string value, got 'maybe'
            jetstream: 5                      ~ test.conf:1:12: Expected map, bool or string to define JetStream, got an integer
            jetstream {max_mem: -2}           ~ test.conf:1:21: "max_mem" is out of range: expected -1 or more, but got -2
            jetstream {domain: a.b}           ~ test.conf:1:12: "jetstream.domain" must be one token of a subject, without '.', '*' and '>', but is "a.b"
            jetstream {limits: 5}             ~ test.conf:1:20: expected a map for "limits", but got an integer
            jetstream {limits {duplicate_window: x}} ~ test.conf:1:38: error parsing duplicate_window: time: invalid duration "x"
            """)
    void mistakesInJetStreamAreErrors(String text, String expected) {
        assertEquals(expected, error(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"no_auth_user: a", "system_user: a"})
    void usersOfAccountsAreNotReportedAsMissing(String reference) {
        assertEquals("test.conf:1:1: \"accounts\" is not supported by jnatsd; without it, clients would be"
                + " let in that it keeps out",
                error("accounts: {A: {users: [{user: a, password: a}]}}\n" + reference));
    }

    @Test
    void variablesAreNoUnknownKeys() {
        assertEquals(List.of(),
                warnings("BASE = 4000\nauthorization { PASS: $2a$x\n user: a\n password: $PASS }\nport: $BASE"));
        assertEquals(1, warnings("BASE = 4000\nport: 4000").size());
        assertEquals(List.of(), warnings("ROOT = '/var/log/nats.log'\nlog_file: $ROOT"));
    }

    @Test
    void severalMistakesAreReportedTogether() {
        assertEquals("""
                test.conf:1:7: expected an integer for "port", but got the string "abc"
                test.conf:2:17: "port" is out of range: expected -1 to 65535, but got 99999
                test.conf:3:7: error parsing tls config, unknown field ["foo"]
                test.conf:4:15: Cannot have a user/pass and token""",
                error("""
                        port: abc
                        cluster { port: 99999 }
                        tls { foo: 1 }
                        authorization { user: a, token: b }
                        unknown: 5
                        """));
    }

    @Test
    void syntaxErrorsHideFollowingOnes() {
        assertEquals(1, error("port: abc\nfoo = 1 2").lines().count());
    }

    @Test
    void plainTextSecretsAreNoticed() {
        String hash = "$2a$11$W2zko751KUvVy59mUTWmpOdWjpEm5qhcCZRd05GjI/sSOT.xtiHyG";
        assertFalse(readAll("port: 1").plainTextSecrets());
        assertFalse(readAll("authorization { token: " + hash + " }").plainTextSecrets());
        assertFalse(readAll("authorization { users [{user: a, password: " + hash + "}] }").plainTextSecrets());
        assertTrue(readAll("authorization { token: abc }").plainTextSecrets());
        assertTrue(readAll("authorization { user: a, password: abc }").plainTextSecrets());
        assertTrue(readAll("authorization { users [{user: a, password: b}] }").plainTextSecrets());
        assertTrue(readAll("cluster { authorization { user: a, password: b } }").plainTextSecrets());
        assertTrue(readAll("http_user: a, http_password: b").plainTextSecrets());
    }

    @Test
    void theFolderOfStreamsIsNamedOnce() {
        String twice = "Duplicate 'store_dir' configuration";
        assertTrue(Config.error("store_dir: \"/a\"\njetstream { store_dir: \"/b\" }").contains(twice));
        assertTrue(Config.error("jetstream { store_dir: \"/b\" }\nstore_dir: \"/a\"").contains(twice));
        assertEquals("/a", Config.options("jetstream: enabled\nstore_dir: \"/a\"").jetStream().files().storeDir().toString());
    }

    @Test
    void filesAreForcedAtAnIntervalOrAlways() {
        assertEquals(Duration.ofSeconds(1), Config.options("").jetStream().files().syncInterval());
        assertEquals(Duration.ofMinutes(2), Config.options("jetstream { sync_interval: 2m }").jetStream().files().syncInterval());
        assertEquals(Duration.ZERO, Config.options("jetstream { sync: always }").jetStream().files().syncInterval());
        assertTrue(Config.error("jetstream { sync_interval: 0 }").contains("Expected a duration above 0, or 'always', for sync_interval"));
        assertTrue(Config.error("jetstream { sync_interval: never }").contains("sync_interval"));
    }
}
