package io.jnatsd.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jnatsd.config.ConfigException;
import io.jnatsd.config.OptionsBuilder;
import io.jnatsd.config.OptionsReader;
import io.jnatsd.config.Problem;
import io.jnatsd.config.ServerOptions;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every flag with its synonyms, and flags that override the file. */
class FlagsTest {
    @TempDir
    private Path dir;

    private static ServerOptions options(String... args) throws Exception {
        return new Configuration(Flags.parse(args)).loadFirst().options();
    }

    private ServerOptions over(String config, String... args) throws Exception {
        Path file = Files.writeString(dir.resolve("nats.conf"), config);
        String[] all = new String[args.length + 2];
        all[0] = "-c";
        all[1] = file.toString();
        System.arraycopy(args, 0, all, 2, args.length);
        return options(all).with(o -> o.configFile = null);
    }

    /** Returns the options of a file without flags. */
    private static ServerOptions file(String config) throws ConfigException {
        return OptionsReader.read("nats.conf", config, name -> null).options().build();
    }

    /** Returns all flags except the one that ends the command line. */
    private static List<Flag> allFlags() {
        return Stream.of(Flag.values()).filter(flag -> flag != Flag.HELP).toList();
    }

    private static String flag(Flag flag, boolean last) {
        return flag.names.getFirst() + "=" + value(flag, last);
    }

    private static String value(Flag flag, boolean last) {
        return switch (flag.kind) {
            case NUMBER -> last ? "4242" : "4241";
            case TEXT, PATH, SECRET -> last ? "last" : "first";
            case SWITCH -> String.valueOf(last);
        };
    }

    private static Map<Flag, String> parsed(String... args) throws Exception {
        Flags flags = Flags.parse(args);
        Map<Flag, String> values = new EnumMap<>(Flag.class);
        for (Flag flag : Flag.values())
            if (flags.given(flag))
                values.put(flag, flags.text(flag));
        return values;
    }

    @ParameterizedTest
    @MethodSource("allFlags")
    void aRepeatedFlagKeepsTheOthersAndItsLastValue(Flag repeated) throws Exception {
        List<String> others = new ArrayList<>();
        for (Flag other : allFlags())
            if (!other.equals(repeated))
                others.add(flag(other, true));
        List<String> once = new ArrayList<>(others), twice = new ArrayList<>(others);
        once.add(flag(repeated, true));
        twice.addFirst(flag(repeated, false));
        twice.add(flag(repeated, true));
        Map<Flag, String> expected = parsed(once.toArray(String[]::new));
        for (Flag flag : allFlags())
            assertEquals(value(flag, true), expected.get(flag), flag.name());
        assertEquals(expected, parsed(twice.toArray(String[]::new)));
    }

    @Test
    void aRepeatedFlagKeepsTheLogin() throws Exception {
        String config = "authorization { token: secret }";
        assertEquals(over(config, "-a", "127.0.0.1", "-p", "2"),
                over(config, "-a", "127.0.0.1", "-p", "1", "--port", "2"));
        assertEquals(options("--user", "c", "--pass", "b"), options("--user", "a", "--pass", "b", "--user", "c"));
    }

    /** Each flag has the same effect as a key of the file. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            a addr net               | 10.0.0.1   | host: 10.0.0.1
            p port                   | 4333       | port: 4333
            p port                   | -1         | port: -1
            n name server_name       | west       | server_name: west
            P pid                    | /tmp/pid   | pid_file: /tmp/pid
            m http_port              | 8222       | http_port: 8222
            ms https_port            | 8443       | https_port: 8443
            client_advertise         | a:1        | client_advertise: 'a:1'
            ports_file_dir           | /tmp       | ports_file_dir: /tmp
            profile                  | 6060       | prof_port: 6060
            l log                    | /tmp/log   | log_file: /tmp/log
            r remote_syslog          | udp://h:1  | remote_syslog: 'udp://h:1'
            log_size_limit           | 1000       | logfile_size_limit: 1000
            max_traced_msg_len       | 10         | max_traced_msg_len: 10
            auth                     | secret     | authorization { token: secret }
            cluster cluster_listen   | nats://h:4248 | cluster { host: h, port: 4248 }
            cluster cluster_listen   | nats://h:-1 | cluster { host: h, port: -1 }
            cluster cluster_listen   | nats://u:p@h:1 | cluster { host: h, port: 1, authorization { user: u, password: p } }
            cluster_name             | c          | cluster { name: c }
            cluster_advertise        | a:2        | cluster { cluster_advertise: 'a:2' }
            connect_retries          | 5          | cluster { connect_retries: 5 }
            """)
    void eachFlagIsTheKeyOfTheSameMeaning(String names, String value, String config) throws Exception {
        ServerOptions expected = file(config);
        for (String name : names.split(" ")) {
            assertEquals(expected, options("-" + name, value));
            assertEquals(expected, options("--" + name + "=" + value));
            assertEquals(expected, over("# nothing", "--" + name, value));
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            D debug     | debug: true
            V trace     | trace: true
            DV          | debug: true; trace: true
            s syslog    | syslog: true
            T logtime   | logtime: true
            no_advertise | cluster { no_advertise: true }
            """)
    void eachBooleanFlagIsSwitchedOnAndOff(String names, String config) throws Exception {
        ServerOptions on = file(config), off = file(config.replace("true", "false"));
        for (String name : names.split(" ")) {
            assertEquals(on, options("-" + name));
            assertEquals(on, options("--" + name + "=true"));
            assertEquals(off, options("-" + name + "=false"));
            assertEquals(off, over(config, "--" + name + "=0"), "over the file");
            assertEquals(on, over(config.replace("true", "false"), "-" + name + "=T"), "over the file");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "t", "T", "TRUE", "true", "True"})
    void trueIsWrittenInManyWays(String text) throws Exception {
        assertTrue(options("-D=" + text).log().debug());
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "f", "F", "FALSE", "false", "False"})
    void falseIsWrittenInManyWays(String text) throws Exception {
        assertFalse(options("-T=" + text).log().time());
    }

    @ParameterizedTest
    @CsvSource({"4333, 4333", "+4333, 4333", "0x10, 16", "010, 8", "-1, -1"})
    void numbersAreReadAsGoDoes(String text, int port) throws Exception {
        assertEquals(port, options("-p", text).client().port());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            -a 10.0.0.9            | host: 10.0.0.1                  | host: 10.0.0.9
            -p 5                   | listen: '0.0.0.0:4'             | listen: '0.0.0.0:5'
            -p 0                   | port: 4                         | port: 4
            -n b                   | server_name: a                  | server_name: b
            -P /b                  | pid_file: /a                    | pid_file: /b
            -m 2                   | http: '127.0.0.1:1'             | http: '127.0.0.1:2'
            -ms 2                  | https_port: 1                   | https_port: 2
            -l /b                  | log_file: /a                    | log_file: /b
            -r tcp://b:1           | remote_syslog: 'udp://a:1'      | remote_syslog: 'tcp://b:1'
            -s=false               | syslog: true                    | syslog: false
            -D=false               | debug: true                     | debug: false
            -DV=false              | debug: true; trace: true        | debug: false
            -T=false               | logtime: true                   | logtime: false
            -T                     | logtime: false                  | logtime: true
            --profile 2            | prof_port: 1                    | prof_port: 2
            --ports_file_dir /b    | ports_file_dir: /a              | ports_file_dir: /b
            --client_advertise b:2 | client_advertise: 'a:1'         | client_advertise: 'b:2'
            --log_size_limit 2     | logfile_size_limit: 1           | logfile_size_limit: 2
            --max_traced_msg_len 2 | max_traced_msg_len: 1           | max_traced_msg_len: 2
            --connect_retries 2    | cluster { connect_retries: 1 }  | cluster { connect_retries: 2 }
            --no_advertise=false   | cluster { no_advertise: true }  | cluster { no_advertise: false }
            --cluster_name b       | cluster { name: a }             | cluster { name: b }
            --cluster nats://b:2   | cluster { listen: 'a:1', authorization { user: u, password: p } } | cluster { listen: 'b:2' }
            --routes nats://b:2    | cluster { listen: 'a:1', routes: ['nats://a:2'] } | cluster { listen: 'a:1', routes: ['nats://b:2'] }
            --auth b               | authorization { user: a, password: a } | authorization { token: b }
            """)
    void eachFlagOverridesTheFile(String args, String config, String expected) throws Exception {
        assertEquals(file(expected), over(config, args.split(" ")));
    }

    @Test
    void aLoginOnTheCommandLineTakesThePlaceOfThatInTheFile() throws Exception {
        ServerOptions.AuthOptions auth = over("authorization { users: [ { user: a, password: b } ] }",
                "--user", "u", "--pass", "p").auth();
        assertNull(auth.users());
        assertEquals("u", auth.user());
        assertEquals("p", auth.password());
        assertEquals("", over("authorization { token: t }", "--user=u", "--pass=p").auth().token());
        assertEquals("b", over("authorization { user: u, password: a }", "--pass=b").auth().password());
    }

    @Test
    void routesAreSeparatedByCommas() throws Exception {
        ServerOptions.ClusterOptions cluster = options("--cluster", "nats://:4248", "--routes",
                "nats://a:1, nats-route://u:p@b:2").cluster();
        assertEquals(List.of(URI.create("nats://a:1"), URI.create("nats-route://u:p@b:2")), cluster.routes());
        assertEquals("0.0.0.0", cluster.host());
    }

    @Test
    void tlsFlagsNeedACertificateAndItsKey() throws Exception {
        ServerOptions.TlsOptions tls = options("--tls", "--tlscert", "c.pem", "--tlskey=k.pem").tls();
        assertEquals("c.pem", tls.certFile());
        assertEquals("k.pem", tls.keyFile());
        assertFalse(tls.verify());
        tls = options("--tlsverify", "--tlscert", "c", "--tlskey", "k", "--tlscacert", "ca").tls();
        assertTrue(tls.verify());
        assertEquals("ca", tls.caFile());
        assertNull(options("--tlscert", "c.pem", "--tlskey=k.pem").tls(), "not without --tls");
        refused("TLS Server certificate must be present and valid.", "--tls");
        refused("TLS Server private key must be present and valid.", "--tlsverify", "--tlscert", "c");
    }

    @Test
    void clusterFlagsThatMakeNoSenseAreRefused() {
        refused("Solicited routes require cluster capabilities, e.g. --cluster.", "--routes", "nats://a:1");
        refused("Expected cluster password to be set.", "--cluster", "nats://u@h:1");
        for (String url : List.of("127.0.0.1:4248", "localhost:4248", "nats://h", "h"))
            assertThrows(ConfigException.class, () -> options("--cluster", url), url);
        assertThrows(ConfigException.class, () -> options("--cluster", "nats://h:1", "--routes", "nats://a:1,b"));
    }

    @Test
    void aUrlThatIsRefusedIsNotShown() {
        for (String login : List.of("u:hid1/hid2", "u:hid1#hid2", "u:hid1?hid2", "u:hid1@hid2", "u:12/hid2", "u:hid1 hid2",
                "u:hid1%zzhid2", "u:hid1[hid2", "hid1,hid2"))
            for (String end : List.of("@h:1", "@h", "@h:x", "", "@h:0", "@[h:1"))
                for (String flag : List.of("--cluster", "--routes")) {
                    String[] args = {"--cluster", "nats://h:1", flag, "nats://" + login + end};
                    try {
                        options(args);
                        boolean valid = login.contains("@") && end.equals("@h:1");
                        assertTrue(valid || login.equals("u:12/hid2") && end.isEmpty(), () -> login + end);
                    } catch (ConfigException e) {
                        assertFalse(e.toString().contains("hid"), e::toString);
                    } catch (Exception e) {
                        throw new AssertionError(login + end, e);
                    }
                }
    }

    private static void refused(String text, String... args) {
        assertEquals(text, assertThrows(ConfigException.class, () -> options(args)).getMessage());
    }

    @Test
    void theLastOfARepeatedFlagCounts() throws Exception {
        assertEquals(2, options("-p", "1", "--port=2").client().port());
    }

    @Test
    void withoutFlagsAndFileEverythingIsAsByDefault() throws Exception {
        assertEquals(ServerOptions.defaults(), options());
        assertEquals(new OptionsBuilder().build(), options("--"));
    }

    @Test
    void withoutAFileThereIsNothingToReload() throws Exception {
        Configuration configuration = new Configuration(Flags.parse(new String[] {"-p", "1"}));
        assertEquals("Can only reload config when a file is provided using -c or --config",
                assertThrows(ConfigException.class, configuration::load).getMessage());
    }

    @Test
    void aReloadKeepsTheFlags() throws Exception {
        Path file = Files.writeString(dir.resolve("nats.conf"), "port: 1");
        Configuration configuration = new Configuration(Flags.parse(new String[] {"-p", "5", "-c", file.toString()}));
        Files.writeString(file, "port: 2\nmax_payload: 7");
        ServerOptions options = configuration.load().options();
        assertEquals(5, options.client().port());
        assertEquals(7, options.limits().maxPayload());
    }

    @ParameterizedTest
    @MethodSource("allFlags")
    void anEmptyValueUnsetsAFlagThatIsNotBoolean(Flag flag) throws Exception {
        String name = flag.names.getFirst();
        if (flag.isSwitch()) {
            assertThrows(UsageException.class, () -> Flags.parse(new String[] {name + "="}));
            return;
        }
        assertEquals(parsed(), parsed(name + "="));
        assertEquals(parsed(), parsed(name, ""));
        assertEquals(parsed("-D"), parsed(flag(flag, false), "-D", name, ""));
        assertEquals(parsed(flag(flag, true)), parsed(name, "", flag(flag, true)));
    }

    private static List<String> warnings(String... args) throws Exception {
        return new Configuration(Flags.parse(args)).loadFirst().warnings().stream().map(Problem::toString).toList();
    }

    /** Otherwise a script with an unset variable would start a server without a login. */
    @Test
    void anEmptyLoginThatLeavesTheServerOpenIsAWarning() throws Exception {
        for (String flag : List.of("--auth", "--user", "--pass")) {
            assertEquals(List.of(flag + " is empty: no credentials are required"), warnings(flag, ""));
            assertEquals(List.of(flag + " is empty: no credentials are required"), warnings(flag, "x", flag.substring(1) + "="));
        }
        assertEquals(List.of("--user and --pass are empty: no credentials are required"),
                warnings("--pass", "", "--user", ""));
        assertFalse(options("--auth", "").auth().requiresCredentials());
    }

    @Test
    void anEmptyLoginIsNoWarningWhereCredentialsAreRequiredAllTheSame() throws Exception {
        assertEquals(List.of(), warnings("--auth", "", "--auth", "x"));
        assertEquals(List.of(), warnings("--auth", "", "--user", "a", "--pass", "b"));
        assertEquals(List.of(), warnings("-P", ""));
        String file = Files.writeString(dir.resolve("nats.conf"), "authorization { token: x }").toString();
        assertEquals(List.of(), warnings("-c", file, "--auth", ""));
        assertEquals("x", options("-c", file, "--auth", "").auth().token());
        Files.writeString(dir.resolve("nats.conf"), "prot: 1");
        assertEquals(List.of(file + ":1:1: unknown key \"prot\", did you mean \"port\"?",
                "--auth is empty: no credentials are required"), warnings("-c", file, "--auth", ""));
    }

    @Test
    void halfALoginIsRefusedWhereTheOtherHalfIsEmpty() {
        refused("authorization has the user \"a\", but no password", "--user", "a", "--pass", "");
        refused("authorization has a password, but no user", "--user", "", "--pass", "b");
    }
}
