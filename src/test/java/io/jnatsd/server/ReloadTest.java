package io.jnatsd.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jnatsd.config.ConfigException;
import io.jnatsd.config.Option;
import io.jnatsd.config.Options;
import io.jnatsd.config.ServerOptions;
import io.jnatsd.log.Log;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a reload changes, and its log lines. */
@Timeout(30)
class ReloadTest {
    private static final String DONE = "[INF] Reloaded server configuration";

    @TempDir
    private Path dir;

    /** The log line of each option, in the order in which they are logged if all change at once. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            trace: true                         | trace = true
            debug: true                         | debug = true
            logtime: false                      | logtime = false
            trace_clients: [a, 7]               | trace_clients = [a, 7]
            trace_subjects: foo.>               | trace_subjects = [foo.>]
            max_traced_msg_len: 10              | max_traced_msg_len = 10
            max_connections: 1                  | max_connections = 1
            max_subscriptions: 5                | max_subscriptions = 5
            max_pending: 2mb                    | max_pending = 2097152
            max_pending_total: 20mb             | max_pending_total = 20971520
            authorization { user: a, pass: b }  | authorization username; authorization password
            authorization { token: secret }     | authorization token
            authorization { users: [ { user: a, password: b } ] } | authorization users
            ping_interval: 90                   | ping_interval = 1m30s
            ping_max: 4                         | ping_max = 4
            authorization { timeout: 2.5 }      | authorization timeout = 2.5
            max_control_line: 2048              | max_control_line = 2048
            max_payload: 100                    | max_payload = 100
            client_advertise: 'a:1'             | client_advertise = a:1
            cluster { no_advertise: true }      | cluster
            logfile_size_limit: 10mb            | logfile_size_limit = 10485760
            logfile_max_num: 3                  | logfile_max_num = 3
            syslog: true                        | syslog = true
            remote_syslog: 'udp://127.0.0.1:1'  | remote_syslog = udp://127.0.0.1:1
            lame_duck_duration: 3m              | lame_duck_duration = 3m0s
            lame_duck_grace_period: 5s          | lame_duck_grace_period = 5s
            http_user: a; http_password: b      | monitoring
            write_deadline: '1.5s'              | write_deadline = 1.5s
            """)
    void eachOptionThatChangesHasItsLine(String config, String names) throws Exception {
        try (ConfiguredServer server = ConfiguredServer.start(dir, "")) {
            List<String> expected = new ArrayList<>();
            for (String name : names.split("; "))
                expected.add("[INF] Reloaded: " + name);
            expected.add(DONE);
            assertEquals(expected, server.reload(config));
            assertEquals(List.of(DONE), server.reload(config), "nothing has changed since");
        }
    }

    @Test
    void whatIsTakenOutOfTheFileGoesBackToItsDefault() throws Exception {
        try (ConfiguredServer server = ConfiguredServer.start(dir, "max_connections: 7\npid_file: '"
                + dir.resolve("pid") + "'")) {
            assertEquals(List.of("[INF] Reloaded: max_connections = 65536", DONE), server.reload(""));
            assertEquals(ServerOptions.defaults().limits(), server.server().options().limits());
        }
    }

    @Test
    void theLinesComeInTheOrderOfTheReference() throws Exception {
        String all = "write_deadline: '3s'\nremote_syslog: 'udp://127.0.0.1:1'\nsyslog: true\nlog_file: '"
                + dir.resolve("j2.log") + "'\npid_file: '" + dir.resolve("j.pid") + "'\nmax_payload: 100\n"
                + "max_control_line: 2048\nauthorization { user: u, password: p, timeout: 2.5 }\nping_max: 4\n"
                + "ping_interval: 90\nmax_connections: 10\nlogtime: false\ndebug: true\ntrace: true";
        try (ConfiguredServer server = ConfiguredServer.start(dir, "")) {
            List<String> lines = new ArrayList<>();
            for (String line : List.of("trace = true", "debug = true", "logtime = false", "max_connections = 10",
                    "authorization username", "authorization password", "ping_interval = 1m30s", "ping_max = 4",
                    "authorization timeout = 2.5", "max_control_line = 2048", "max_payload = 100",
                    "pid_file = " + dir.resolve("j.pid"), "log_file = " + dir.resolve("j2.log"), "syslog = true",
                    "remote_syslog = udp://127.0.0.1:1", "write_deadline = 3s"))
                lines.add("[INF] Reloaded: " + line);
            assertEquals(lines, server.reload(all));
            assertEquals(List.of(DONE), server.log("j2.log"), "the new log gets the last line");
            assertEquals(String.valueOf(ProcessHandle.current().pid()), Files.readString(dir.resolve("j.pid")));
        }
    }

    /** A name that no option has would leave an option at the end. */
    @Test
    void theOrderOfTheLinesNamesEveryOptionThatAReloadReports() {
        assertEquals(Options.all().map(Option::reloadName).filter(Objects::nonNull).collect(Collectors.toSet()),
                Set.copyOf(Reload.ORDER));
    }

    @Test
    void theLevelAndTheFormatOfTheLogChange() throws Exception {
        try (ConfiguredServer server = ConfiguredServer.start(dir, "")) {
            assertEquals(List.of("[INF] Reloaded: log_level = warn"), server.reload("log_level: warn"));
            server.reload("log_format: json");
            String last = server.log().getLast();
            assertTrue(last.contains("\"level\":\"info\"") && last.contains("\"msg\":\"Reloaded server configuration\""),
                    last);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            listen: '127.0.0.1:1234'   | Port: old=-1, new=1234
            listen: '127.0.0.2:-1'     | Host: old=127.0.0.1, new=127.0.0.2
            http_port: 17800           | HTTPPort: old=0, new=17800
            https_port: 17800          | HTTPSPort: old=0, new=17800
            http_base_path: /nats      | HTTPBasePath: old=, new=/nats
            prof_port: 6060            | ProfPort: old=0, new=6060
            server_name: other         | ServerName: old=, new=other
            compat: '1.0'              | Compat: old=CURRENT, new=GNATSD_1_0
            ports_file_dir: /tmp       | PortsFileDir: old=null, new=/tmp
            cluster { name: c }        | cluster name: old=, new=c
            cluster { host: localhost } | cluster host: old=0.0.0.0, new=localhost
            cluster { port: 17249 }    | cluster port: old=0, new=17249
            """)
    void anOptionThatCannotChangeRefusesTheWholeReload(String config, String text) throws Exception {
        try (ConfiguredServer server = ConfiguredServer.start(dir, "");
                RawClient client = RawClient.quiet(server.port())) {
            ServerOptions before = server.server().options();
            Instant loaded = server.server().configLoaded();
            assertEquals(List.of("[ERR] Failed to reload server configuration: Config reload not supported for " + text),
                    server.reload(config + "\nmax_payload: 10\ndebug: true"));
            assertSame(before, server.server().options());
            assertEquals(loaded, server.server().configLoaded());
            client.send("SUB a 1\r\nPUB a 20\r\n" + "x".repeat(20) + "\r\n").expect("MSG a 1 20\r\n.{20}\r\n");
            assertFalse(server.log().toString().contains("[DBG]"));
        }
    }

    @Test
    void aRandomPortIsWhateverItIs() throws Exception {
        try (ConfiguredServer server = ConfiguredServer.start(dir, "max_payload: 10")) {
            int port = server.port();
            assertEquals(List.of("[INF] Reloaded: max_payload = 20", DONE), server.reload("max_payload: 20"));
            assertEquals(port, server.port());
        }
    }

    @Test
    void aBrokenFileChangesNothingAndIsToldWithItsPlace() throws Exception {
        try (ConfiguredServer server = ConfiguredServer.start(dir, "")) {
            ServerOptions before = server.server().options();
            String error = "[ERR] Failed to reload server configuration: ";
            assertEquals(List.of(
                    error + server.file() + ":3:14: expected an integer for \"max_payload\", but got the string \"much\"",
                    error + server.file() + ":4:8: expected a boolean for \"debug\", but got the integer 7"),
                    server.reload("max_payload: much\ndebug: 7\nping_max: 1"));
            assertEquals(1, server.reload("authorization { users: [").size());
            Files.delete(server.file());
            assertFalse(server.server().reload());
            assertEquals(error + "error opening config file: open " + server.file() + ": no such file or directory",
                    server.log().getLast());
            assertSame(before, server.server().options());
        }
    }

    @Test
    void anEmbedderLearnsWhatIsWrong() throws Exception {
        try (ConfiguredServer server = ConfiguredServer.start(dir, "")) {
            server.configure("port: x");
            assertThrows(ConfigException.class, server.server()::tryReload);
            server.configure("log_file: '" + dir.resolve("no/such/dir/log") + "'");
            assertThrows(IOException.class, server.server()::tryReload);
        }
    }

    @Test
    void unknownKeysAreWarnedOfAgain() throws Exception {
        try (ConfiguredServer server = ConfiguredServer.start(dir, "")) {
            assertEquals(List.of("[WRN] " + server.file() + ":3:1: unknown key \"prot\", did you mean \"port\"?", DONE),
                    server.reload("prot: 4223"));
        }
    }

    @Test
    void aLogFileThatCannotBeOpenedKeepsTheOldOne() throws Exception {
        try (ConfiguredServer server = ConfiguredServer.start(dir, "")) {
            Path bad = dir.resolve("no/such/dir/log");
            assertEquals(List.of("[ERR] Failed to reload server configuration: error opening file: open " + bad
                    + ": no such file or directory"), server.reload("debug: true\nlog_file: '" + bad + "'"));
            assertFalse(server.server().options().log().debug());
            assertEquals(DONE, server.reload("").getLast());
        }
    }

    @Test
    void aPidFileThatCannotBeWrittenIsToldAndTheReloadGoesOn() throws Exception {
        try (ConfiguredServer server = ConfiguredServer.start(dir, "")) {
            Path bad = dir.resolve("no/such/dir/pid");
            assertEquals(List.of("[ERR] Failed to write pidfile: open " + bad + ": no such file or directory",
                    "[INF] Reloaded: pid_file = " + bad, DONE), server.reload("pid_file: '" + bad + "'"));
        }
    }

    @Test
    void theTimeOfTheConfigurationIsThatOfTheLastGoodReload() throws Exception {
        try (ConfiguredServer server = ConfiguredServer.start(dir, "")) {
            Instant started = server.server().configLoaded();
            server.reload("");
            assertNotEquals(started, server.server().configLoaded());
        }
    }

    @Test
    void aServerThatWasNotConfiguredByAFileHasNothingToReload() throws Exception {
        ServerOptions options = ServerOptions.defaults().withHost("127.0.0.1").withPort(-1);
        try (Server server = Server.start(options, Log.silent())) {
            assertTrue(server.reload());
            assertEquals(options, server.options());
        }
    }
}
