package io.jnatsd.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jnatsd.server.Version;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Command lines that do not start a server: their output and exit code. */
class CommandLineTest {
    @TempDir
    private Path dir;

    static Ended run(String... args) throws InterruptedException {
        ByteArrayOutputStream out = new ByteArrayOutputStream(), err = new ByteArrayOutputStream();
        int code = Main.run(args, new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8));
        return new Ended(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    private Path config(String text) throws IOException {
        return Files.writeString(dir.resolve("nats.conf"), text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"-v", "--v", "-version", "--version", "version", "VERSION", "-v foo", "-DV -v", "-v=true"})
    void theVersionIsAnAnswer(String args) throws Exception {
        assertEquals(new Ended(0, "jnatsd version " + Version.TEXT + "\n", ""), run(args.split(" ")));
    }

    @Test
    void theVersionIsThatOfTheBuild() throws IOException {
        Properties properties = new Properties();
        properties.load(Version.class.getResourceAsStream("/io/jnatsd/version.properties"));
        assertEquals(properties.getProperty("version"), Version.TEXT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"-h", "--h", "-help", "--help", "help", "HELP", "-D help", "-h --nosuch"})
    void theHelpIsAnAnswer(String args) throws Exception {
        Ended ended = run(args.split(" "));
        assertEquals(0, ended.code());
        assertEquals("", ended.err());
        assertTrue(ended.out().startsWith("Usage: jnatsd [options]"), ended.out());
    }

    @Test
    void theFirstWordMayNameAnotherCommand() throws Exception {
        Ended bench = ServerProcess.run("bench", "--mgs=5");
        assertEquals(2, bench.code());
        assertTrue(bench.err().startsWith("nats-bench: Unknown option: '--mgs', did you mean --msgs?"), bench.err());
        Ended top = ServerProcess.run("top", "--version");
        assertEquals(new Ended(0, "nats-top " + Version.TEXT + "\n", ""), top);
        Ended password = ServerProcess.run("mkpasswd", "-c", "3");
        assertEquals(new Ended(1, "", "mkpasswd: cost 3 is outside allowed range (4,31)\n"), password);
    }

    @Test
    void theHelpNamesEveryFlagInAFewScreenLines() throws Exception {
        String help = run("--help").out();
        for (String flag : ("-a --addr --net -p --port -n --name -P --pid -m --http_port -ms --https_port -c --config -t -sl"
                + " --signal --health --check --client_advertise --ports_file_dir --profile -l --log -T --logtime -s --syslog -r"
                + " --remote_syslog -D --debug -V --trace -DV --log_size_limit --max_traced_msg_len --user --pass --auth"
                + " --tls --tlscert --tlskey --tlsverify --tlscacert --routes --cluster --cluster_listen --cluster_name"
                + " --no_advertise --cluster_advertise --connect_retries -h --help -v --version --help_tls").split(" "))
            assertTrue(help.matches("(?s).*[ ,]" + flag + "[ ,=\n].*"), flag);
        assertTrue(help.lines().allMatch(line -> line.length() <= 110), help);
        for (String heading : "Server Logging Authorization TLS Cluster Common".split(" "))
            assertTrue(help.contains("\n" + heading + " Options:\n"), heading);
    }

    @ParameterizedTest
    @ValueSource(strings = {"--check 127.0.0.1:1,u:HUSH@127.0.0.1:2", "-check=127.0.0.1:1 u:HUSH@127.0.0.1:2"})
    void aMeshThatDoesNotAnswerIsAProblem(String args) throws Exception {
        assertEquals(new Ended(1, "problem: \"127.0.0.1:1\": no server listens there\n"
                + "problem: \"127.0.0.1:2\": no server listens there\n", ""), run(args.split(" ")));
    }

    /** The value may be a variable of a script that is not set. */
    @ParameterizedTest
    @ValueSource(strings = {"--check=", "--check=,"})
    void aCheckOfNoServerStartsNone(String args) throws Exception {
        assertEquals(new Ended(1, "problem: no server is named\n", ""), run(args));
    }

    @Test
    void theConfigurationPageShowsTheHelp() throws Exception {
        Path page = Path.of(System.getProperty("jnatsd.home", "."), "src/site/markdown/configuration.md");
        assertTrue(Files.readString(page).contains("```text\n" + run("--help").out().strip() + "\n```\n"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"-help_tls", "--help_tls"})
    void theTlsHelpShowsTheBlockAndTheNames(String flag) throws Exception {
        Ended ended = run(flag);
        assertEquals(0, ended.code());
        for (String part : "cert_file: key_file: ca_file: verify: cipher_suites: curve_preferences:".split(" "))
            assertTrue(ended.out().contains(part), part);
        assertTrue(ended.out().contains("\n    TLS_RSA_WITH_RC4_128_SHA\n"));
        assertTrue(ended.out().contains("\n    TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256\n"));
        assertTrue(ended.out().contains("Available curve preferences include:\n    CurveP256\n"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            --nosuch       | 2 | flag provided but not defined: -nosuch
            -pp 4222       | 2 | flag provided but not defined: -pp
            --prot 4222    | 2 | flag provided but not defined: -prot, did you mean --port?
            -prot=4222     | 2 | flag provided but not defined: -prot, did you mean --port?
            --Port 4222    | 2 | flag provided but not defined: -Port, did you mean --port?
            -dv            | 2 | flag provided but not defined: -dv, did you mean -DV?
            -C nats.conf   | 2 | flag provided but not defined: -C, did you mean -c?
            -x             | 2 | flag provided but not defined: -x
            --uzer a       | 2 | flag provided but not defined: -uzer, did you mean --user?
            --clustr_name  | 2 | flag provided but not defined: -clustr_name, did you mean --cluster_name?
            -js=maybe      | 2 | invalid boolean value "maybe" for flag -js: expected true or false
            -sd            | 2 | flag needs an argument: -sd
            ---port 4222   | 2 | bad flag syntax: ---port
            -=x            | 2 | bad flag syntax: -
            -p             | 2 | flag needs an argument: -p
            --config       | 2 | flag needs an argument: -config
            -p abc         | 2 | invalid value "abc" for flag -p: expected a whole number of 32 bits
            -m=99999999999 | 2 | invalid value "99999999999" for flag -m: expected a whole number of 32 bits
            -D=maybe       | 2 | invalid boolean value "maybe" for flag -D: expected true or false
            foo            | 1 | Unrecognized command: "foo"
            foo -v         | 1 | Unrecognized command: "foo"
            -D true        | 1 | Unrecognized command: "true"
            -T false       | 1 | Unrecognized command: "false"
            -p 1 -- foo    | 1 | Unrecognized command: "foo"
            -              | 1 | Unrecognized command: "-"
            """)
    void whatMakesNoSenseIsOneLine(String args, int code, String text) throws Exception {
        assertEquals(new Ended(code, "", "jnatsd: " + text + " (jnatsd --help lists all flags)\n"), run(args.split(" ")));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            -sl stop=abc   | invalid pid: abc
            -sl=quit=0     | invalid pid: 0
            --signal a=b=c | invalid signal parameters: a=b=c
            --tls          | TLS Server certificate must be present and valid.
            --routes nats://a:1 | Solicited routes require cluster capabilities, e.g. --cluster.
            -c /nope.conf  | error opening config file: open /nope.conf: no such file or directory
            -t             | -t needs a configuration file, given with -c
            """)
    void anErrorIsOneLine(String args, String text) throws Exception {
        assertEquals(new Ended(1, "", "jnatsd: " + text + "\n"), run(args.split(" ")));
    }

    @Test
    void aDirectoryIsNoConfiguration() throws Exception {
        assertEquals(new Ended(1, "", "jnatsd: error opening config file: read " + dir + ": is a directory\n"),
                run("-c", dir.toString()));
    }

    @Test
    void aLogFileThatCannotBeOpenedIsAnError() throws Exception {
        Path bad = dir.resolve("no/such/dir/log");
        assertEquals(new Ended(1, "", "jnatsd: error opening file: open " + bad + ": no such file or directory\n"),
                run("-p", "-1", "-l", bad.toString()));
        assertEquals(new Ended(1, "", "jnatsd: error opening file: open " + dir + ": is a directory\n"),
                run("-p", "-1", "-l", dir.toString()));
    }

    @Test
    void aSyslogThatCannotBeReachedIsAnError() throws Exception {
        Ended ended = run("-p", "-1", "-r", "tcp://127.0.0.1:1");
        assertEquals(1, ended.code());
        assertTrue(ended.err().startsWith("jnatsd: error connecting to syslog: \"dial tcp 127.0.0.1:1: "), ended.err());
        assertEquals(new Ended(1, "", "jnatsd: error invalid network type: \"foo\"\n"),
                run("-p", "-1", "-r", "foo://h:1"));
    }

    @Test
    void aGoodConfigurationIsValid() throws Exception {
        Path file = config("port: 4222\nauthorization { user: a, password: b }");
        assertEquals(new Ended(0, "", "jnatsd: configuration file " + file + " is valid\n"),
                run("-t", "-c", file.toString()));
    }

    @Test
    void badConfigurationsAreToldWithTheirPlacesSeveralAtOnce() throws Exception {
        Path file = config("port: \"abc\"\nmax_payload: 1.5\nusers [");
        for (String[] args : new String[][] {{"-t", "-c", file.toString()}, {"-c", file.toString()}}) {
            Ended ended = run(args);
            assertEquals(1, ended.code());
            assertTrue(ended.err().lines().allMatch(line -> line.startsWith("jnatsd: " + file + ":")), ended.err());
        }
        config("port: \"abc\"\nmax_payload: 1.5");
        assertEquals(2, run("-c", file.toString()).err().lines().count());
    }

    @Test
    void aCheckTakesUnknownKeysForErrors() throws Exception {
        Path file = config("port: 4222\nmax_conections: 10");
        assertEquals(new Ended(1, "", "jnatsd: " + file
                + ":2:1: unknown key \"max_conections\", did you mean \"max_connections\"?\n"),
                run("-c", file.toString(), "-t"));
    }

    @Test
    void aCheckCountsTheFlagsIn() throws Exception {
        Path file = config("port: 4222");
        assertEquals(1, run("-t", "-c", file.toString(), "--tls").code());
    }

    @Test
    void anEmptyFileNameIsNone() throws Exception {
        assertEquals(1, run("-t", "-c", "").code());
    }
}
