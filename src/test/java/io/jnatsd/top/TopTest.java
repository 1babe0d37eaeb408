package io.jnatsd.top;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.jnatsd.config.OptionsBuilder;
import io.jnatsd.config.ServerOptions;
import io.jnatsd.config.ServerOptions.TlsOptions;
import io.jnatsd.server.RawClient;
import io.jnatsd.server.Server;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class TopTest {
    private static final Path HOME = Path.of(System.getProperty("jnatsd.home"));

    /** The output and the exit code of one call. */
    private record Ran(int code, String out, String err) {
    }

    private static Ran top(String... arguments) {
        StringWriter out = new StringWriter(), err = new StringWriter();
        int code = Top.run(arguments, new PrintWriter(out, true), new PrintWriter(err, true),
                new ByteArrayInputStream(new byte[0]));
        return new Ran(code, out.toString(), err.toString());
    }

    private static Ran once(Server server, String... more) {
        List<String> arguments = new ArrayList<>(List.of("--once", "-d", "0.05", "-s", server.monitorUrl()));
        arguments.addAll(List.of(more));
        return top(arguments.toArray(String[]::new));
    }

    private static Server server(Consumer<OptionsBuilder> change) throws IOException {
        return Server.start(ServerOptions.defaults().with(o -> {
            o.host = "127.0.0.1";
            o.port = -1;
            o.httpPort = -1;
            o.serverName = "north";
            change.accept(o);
        }));
    }

    private static RawClient client(Server server, String name) throws IOException {
        RawClient client = RawClient.connect(server.port());
        return client.send("CONNECT {\"verbose\":false,\"lang\":\"go\",\"version\":\"1.2\",\"name\":\"" + name + "\"}\r\n")
                .roundTrip();
    }

    @Test
    void theServerAndItsClientsAreShownOnce() throws IOException {
        try (Server server = server(o -> { }); RawClient a = client(server, "meter");
                RawClient b = client(server, "sink")) {
            b.send("SUB volts 1\r\nSUB amps 2\r\n").roundTrip();
            a.send("PUB volts 1500\r\n" + "x".repeat(1500) + "\r\n").roundTrip();
            b.expect("MSG volts 1 1500\r\nx*\r\n");
            Ran ran = once(server, "--sort", "subs", "--subs");
            assertEquals("", ran.err);
            assertEquals(0, ran.code);
            List<String> lines = ran.out.lines().toList();
            assertTrue(lines.get(0).matches("NATS server version 1\\.0\\.2 \\(uptime: \\d+s\\) north"), lines.get(0));
            assertTrue(lines.get(2).matches("  Load: CPU: \\d+\\.\\d%  Memory: \\d+\\.\\dM  Slow Consumers: 0"));
            assertEquals("  In:   Msgs: 1  Bytes: 1.5K  Msgs/Sec: 0  Bytes/Sec: 0", lines.get(3));
            assertEquals("  Out:  Msgs: 1  Bytes: 1.5K  Msgs/Sec: 0  Bytes/Sec: 0", lines.get(4));
            assertEquals("Connections: 2, of which 2 shown, by subs", lines.get(6));
            assertEquals("HOST CID NAME SUBS PENDING MSGS_TO MSGS_FROM BYTES_TO BYTES_FROM LANG VERSION UPTIME IDLE "
                    + "LAST ACTIVITY SUBSCRIPTIONS", lines.get(7).strip().replaceAll(" +", " "));
            assertTrue(lines.get(8).matches(" +127\\.0\\.0\\.1:\\d+ +2 sink +2 +0 +1 +0 +1\\.5K +0 go +1\\.2 +\\d+s +\\d+s "
                    + "\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d +(volts, amps|amps, volts)"), lines.get(8));
            assertTrue(lines.get(9).matches(" +127\\.0\\.0\\.1:\\d+ +1 meter +0 +0 +0 +1 +0 +1\\.5K go .*"), lines.get(9));
            assertEquals(9, once(server, "-n", "1").out.lines().count());
            assertFalse(ran.out.contains("\033"));
        }
    }

    @Test
    void aLoginIsGiven() throws IOException {
        try (Server server = server(o -> {
            o.httpUser = "ops";
            o.httpPassword = "secret";
        })) {
            assertEquals("nats-top: " + server.monitorUrl() + " asks for a login: use --user and --pass\n",
                    once(server).err);
            assertEquals(1, once(server, "--user", "ops", "--pass", "wrong").code);
            assertEquals(0, once(server, "--user", "ops", "--pass", "secret").code);
        }
    }

    @Test
    void httpsIsSpoken() throws IOException {
        Path certs = HOME.resolve("test-certs");
        try (Server server = server(o -> {
            o.httpPort = 0;
            o.httpsPort = -1;
            o.tls = new TlsOptions(certs.resolve("server-cert.pem").toString(),
                    certs.resolve("server-key.pem").toString(), "", false, false, Duration.ofSeconds(2), List.of(),
                    List.of(), false, false);
        })) {
            String port = String.valueOf(URI.create(server.monitorUrl()).getPort());
            String[] plain = {"--once", "-d", "0.05", "-ms", port};
            assertTrue(top(plain).err.startsWith("nats-top: no TLS with https://127.0.0.1:" + port));
            assertEquals(0, once(server, "--tlsca", certs.resolve("ca.pem").toString()).code);
            assertEquals(1, once(server, "--tlsca", certs.resolve("wrong-ca.pem").toString()).code);
            assertEquals(0, top("--once", "-d", "0.05", "-ms", port, "-k").code);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"--once --sort x | 2 | unknown sort key 'x'; it is one of cid, subs,",
        "--once -n 0 | 2 | -n and -d must be above zero", "--once -m x | 2 | Invalid value for option",
        "--once --nonsense | 2 | Unknown option: '--nonsense' (see",
        "--once --pas=x | 2 | Unknown option: '--pas', did you mean --pass? (see nats-top --help)",
        "--once -S x | 2 | Unknown option: '-S', did you mean -s? (see",
        "-m 1 | 2 | the output is not a terminal; use --once",
        "--once -m 1 | 1 | no server listens at http://127.0.0.1:1", "--once -s no.such.host.invalid | 1 | no host of the name no.such.host.invalid",
        "--once -s no_such.host.invalid:1 | 1 | no host of the name no_such.host.invalid",
        "--once -s 127.0.0.1:1 | 1 | no server listens at http://127.0.0.1:1",
        "--once -s [::1]:1 | 1 | no server listens at http://[::1]:1",
        "--once -s ::1 -m 1 | 1 | no server listens at http://[::1]:1", "--once -m 99999 | 2 | -m and -ms",
        "--once -s ftp://x | 2 | ", "--once -s a^b | 2 | ", "--once --tlsca none.pem | 1 | no such file: none.pem"})
    void mistakesAreExplainedInOneLine(String arguments, int code, String text) {
        Ran ran = top(arguments.split(" "));
        assertEquals(code, ran.code, ran.err);
        assertTrue(ran.err.startsWith("nats-top: " + (text == null ? "" : text)), ran.err);
        assertEquals(1, ran.err.lines().count(), ran.err);
        assertEquals("", ran.out);
    }

    @Test
    void whatDoesNotSpeakHttpIsNamed() throws IOException {
        try (Server server = server(o -> { })) {
            String url = "http://127.0.0.1:" + server.port();
            assertEquals("nats-top: " + url + " does not answer with HTTP\n",
                    top("--once", "-m", "" + server.port()).err);
            assertTrue(top("--once", "-s", server.monitorUrl() + "/nowhere").err.contains("answers 404: 404 page not found"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"--help", "-h", "--version", "-v"})
    void helpAndVersionAreThere(String flag) {
        Ran ran = top(flag);
        assertEquals(0, ran.code);
        assertTrue(ran.out.contains("nats-top"));
    }

    private static Snapshot snapshot(long nanos, String now, int messages) {
        JsonObject varz = JsonParser.parseString("{\"server_id\":\"A\",\"start\":\"x\",\"now\":\"" + now
                + "\",\"in_msgs\":" + messages + "}").getAsJsonObject();
        JsonObject connz = JsonParser.parseString("{\"total\":1,\"connections\":[{\"cid\":1,\"ip\":\"10.0.0.1\",\"port\":5,"
                + "\"name\":\"bell\\u0007\\u001b[31m" + "x".repeat(50) + "\",\"in_msgs\":" + messages + "}]}").getAsJsonObject();
        return new Snapshot(varz, connz, nanos);
    }

    @Test
    void ratesGoByTheServersClock() {
        Snapshot before = snapshot(0, "2026-01-01T00:00:00Z", 100), now = snapshot(1, "2026-01-01T00:00:02Z", 300);
        assertEquals(100, now.rate(before, "in_msgs"));
        assertEquals(100, now.connectionRates(before, "in_msgs").get("1"));
        assertTrue(Double.isNaN(now.rate(null, "in_msgs")));
        String text = String.join("\n", new Screen(10, 0, SortKey.CID, false, true, false).lines(now, before));
        assertTrue(text.contains(" 100/s "), text);
    }

    @Test
    void aNarrowTerminalGetsFewerColumnsAndNoRubbish() {
        Snapshot now = snapshot(0, "2026-01-01T00:00:00Z", 100);
        for (int width : new int[] {40, 60, 80, 120, 200})
            for (String line : new Screen(10, width, SortKey.BYTES_TO, false, false, true).lines(now, null)) {
                String bare = line.replaceAll("\033\\[[0-9]*m", "");
                assertTrue(bare.length() <= width, bare);
                assertTrue(bare.chars().noneMatch(c -> c < ' '), bare);
            }
        String narrow = String.join("\n", new Screen(10, 60, SortKey.BYTES_TO, false, false, true).lines(now, null));
        assertTrue(narrow.contains("\033[7mBYTES_TO\033[0m"), "what it is sorted by stays");
        assertTrue(narrow.contains("bell??[31mxxx"));
        assertFalse(narrow.contains("VERSION "));
        for (String line : new Screen(10, 60, SortKey.CID, true, false, false).lines(now, null))
            assertTrue(!line.contains("HOST") || line.endsWith("SUBSCRIPTIONS"), line);
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "9999, 9999", "10000, 10.0K", "1234567, 1.2M", "999999, 1.0M", "20.5, 20.5", "NaN, -"})
    void figuresAreShort(double n, String text) {
        assertEquals(text, Amounts.count(n));
    }

    @Test
    void aTerminalIsLeftAsItWas() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/script")), "no /usr/bin/script: install util-linux's");
        try (Server server = server(o -> { }); RawClient client = client(server, "meter")) {
            String command = Path.of(System.getProperty("java.home"), "bin/java") + " -XX:TieredStopAtLevel=1 -cp "
                    + System.getProperty("java.class.path") + " -Djnatsd.top.terminal=true io.jnatsd.top.Top -s "
                    + server.monitorUrl() + "; echo code $?; stty -a";
            Process script = new ProcessBuilder("/usr/bin/script", "-qec", command, "/dev/null")
                    .redirectErrorStream(true).start();
            OutputStream keys = script.getOutputStream();
            StringBuilder seen = new StringBuilder();
            byte[] bytes = new byte[8192];
            String[] presses = {">", "r", "s", "\033[C", "+", "q"};
            int pressed = 0;
            for (int got; (got = script.getInputStream().read(bytes)) >= 0;) {
                seen.append(new String(bytes, 0, got, java.nio.charset.StandardCharsets.ISO_8859_1));
                if (seen.indexOf("q quit") >= 0 && pressed < presses.length) {
                    keys.write(presses[pressed++].getBytes(java.nio.charset.StandardCharsets.US_ASCII));
                    keys.flush();
                }
            }
            assertTrue(script.waitFor(10, TimeUnit.SECONDS));
            String text = seen.toString();
            assertTrue(text.contains("meter") && text.contains("by subs"), text);
            assertTrue(text.contains("\033[?25h\033[?1049l") && text.contains("code 0"), text);
            assertTrue(text.contains(" icanon") && text.contains(" echo "), text);
            client.roundTrip();
        }
    }

    @Test
    void theLastValueOfARepeatedFlagCounts() {
        Ran ran = top("--once", "-n", "5", "-n", "0");
        assertTrue(ran.err().contains("-n and -d must be above zero"), ran.err());
    }
}
