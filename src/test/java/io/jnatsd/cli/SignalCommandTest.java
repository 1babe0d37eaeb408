package io.jnatsd.cli;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jnatsd.cli.ServerPid.Running;
import io.jnatsd.server.ControlSocket;
import io.jnatsd.server.RawClient;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code -sl}: finds a server and sends it a command. */
@Timeout(120)
class SignalCommandTest {
    @TempDir
    private Path dir;

    private static void assertRefused(String text, String value) {
        assertEquals(text, assertThrows(Exception.class, () -> SignalCommand.run(value)).getMessage());
    }

    private static Running process(long pid, String line) {
        return new Running(pid, Arrays.asList(line.split(" ")));
    }

    @Test
    void theOneServerAmongAllProcessesIsFound() throws IOException {
        assertEquals(7, ServerPid.onlyServer(Stream.of(
                process(1, "/sbin/init"), new Running(2, List.of()),
                process(3, "-cp jnatsd.jar io.jnatsd.bench.Bench --msgs 7"),
                process(4, "-cp jnatsd.jar io.jnatsd.cli.Main -sl reload"),
                process(5, "-cp jnatsd.jar io.jnatsd.cli.Main --signal=stop=7"),
                process(6, "-cp jnatsd.jar io.jnatsd.cli.Main -t -c nats.conf"),
                process(7, "-cp jnatsd.jar io.jnatsd.cli.Main -T=false -c nats.conf"),
                process(8, "-cp jnatsd.jar io.jnatsd.cli.Main version"),
                process(13, "-cp jnatsd.jar io.jnatsd.cli.Main --health -c nats.conf"),
                process(9, "-cp jnatsd.jar io.jnatsd.cli.MkPasswd"),
                process(10, "/usr/bin/vi io/jnatsd/Main.java"))));
        assertEquals(11, ServerPid.onlyServer(Stream.of(process(11, "-Xmx64m -jar /opt/jnatsd.jar -p 4222"),
                process(12, "-jar other.jar -x"))));
    }

    @Test
    void noneAndSeveralAreErrors() {
        assertEquals("no jnatsd processes running", assertThrows(IOException.class,
                () -> ServerPid.onlyServer(Stream.of(process(1, "/sbin/init")))).getMessage());
        assertEquals("multiple jnatsd processes running:\n7\n123", assertThrows(IOException.class,
                () -> ServerPid.onlyServer(Stream.of(process(123, "io.jnatsd.cli.Main"),
                        process(7, "-jar jnatsd.jar")))).getMessage());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            stop=abc     | invalid pid: abc
            bogus=abc    | invalid pid: abc
            stop=0       | invalid pid: 0
            reload=-1    | invalid pid: -1
            reload=/nope | invalid pid: /nope
            a=b=c        | invalid signal parameters: a=b=c
            """)
    void whatMakesNoSenseIsRefused(String value, String text) {
        assertRefused(text, value);
    }

    @Test
    void unknownSignalsAreRefusedWhenTheProcessIsKnown() {
        long pid = ProcessHandle.current().pid();
        assertRefused("unknown signal \"bogus\", expected one of stop, quit, term, reopen, reload, ldm", "bogus=" + pid);
        assertRefused("unknown signal \"RELOAD\", expected one of stop, quit, term, reopen, reload, ldm",
                "RELOAD=" + pid);
    }

    @ParameterizedTest
    @ValueSource(strings = {"stop", "quit", "term", "reopen", "reload", "ldm"})
    void aProcessThatIsGoneIsToldAsTheSystemDoes(String command) throws Exception {
        Process gone = new ProcessBuilder("true").start();
        gone.waitFor();
        assertRefused("no such process", command + "=" + gone.pid());
    }

    @Test
    void reloadTellsWhatCameOfIt() throws Exception {
        Path config = Files.writeString(dir.resolve("nats.conf"), "max_payload: 1000"), pid = dir.resolve("nats.pid");
        try (ServerProcess server = ServerProcess.start("-c", config.toString(), "-P", pid.toString())) {
            Files.writeString(config, "max_payload: 2000");
            assertEquals(new Ended(0, "", ""), ServerProcess.run("-sl", "reload=" + pid));
            server.awaitLine("[INF] Reloaded: max_payload = 2000");
            try (RawClient client = RawClient.open(server.port())) {
                client.expect("INFO \\{[^\n]*\"max_payload\":2000[,}]");
            }
            Files.writeString(config, "max_payload: x\nping_max: y");
            Ended ended = ServerProcess.run("-sl=reload=" + server.pid());
            assertEquals(1, ended.code());
            assertEquals("jnatsd: " + config + ":1:14: expected an integer for \"max_payload\", but got the string \"x\"\n"
                    + "jnatsd: " + config + ":2:11: expected an integer for \"ping_max\", but got the string \"y\"\n",
                    ended.err());
            server.awaitLine("[ERR] Failed to reload server configuration: " + config + ":2:11: expected an integer for "
                    + "\"ping_max\", but got the string \"y\"");
            Files.writeString(config, "server_name: other");
            assertRefused("Config reload not supported for ServerName: old=, new=other", "reload=" + pid);
        }
    }

    /** As under nohup, which makes a JVM ignore the signal permanently. */
    @Test
    void aServerThatIgnoresHangUpsIsReachedAllTheSame() throws Exception {
        Path config = Files.writeString(dir.resolve("nats.conf"), "ping_max: 3");
        List<String> command = new ArrayList<>(List.of("sh", "-c", "trap '' HUP INT; exec \"$@\"", "sh"));
        command.addAll(ServerProcess.java("-a", "127.0.0.1", "-p", "-1", "-c", config.toString()));
        try (ServerProcess server = ServerProcess.launch(command)) {
            server.signal("HUP");
            server.signal("INT");
            Files.writeString(config, "ping_max: 4");
            SignalCommand.run("reload=" + server.pid());
            server.awaitLine("[INF] Reloaded: ping_max = 4");
            SignalCommand.run("quit=" + server.pid());
            assertEquals(0, server.ended().code());
            assertFalse(Files.exists(ControlSocket.file(server.pid())));
        }
    }

    @Test
    void aServerWithoutControlSocketIsSignalled() throws Exception {
        Path config = Files.writeString(dir.resolve("nats.conf"), "ping_max: 3");
        try (ServerProcess server = ServerProcess.start("-D", "-c", config.toString())) {
            Files.delete(ControlSocket.file(server.pid()));
            SignalCommand.run("reopen=" + server.pid());
            server.awaitLine("[INF] File log re-open ignored, not a file logger");
            assertRefused("sent the signal to reload; unknown whether the server has accepted its configuration, see"
                    + " its log", "reload=" + server.pid());
            server.awaitLine("[INF] Reloaded server configuration");
            SignalCommand.run("ldm=" + server.pid());
            server.awaitLine("[INF] Entering lame duck mode, stop accepting new clients");
            SignalCommand.run("term=" + server.pid());
            assertEquals(0, server.ended().code());
            assertTrue(server.err().contains("[DBG] Trapped \"terminated\" signal\n"));
        }
    }

    @Test
    void aServerThatStandsStillIsReported() throws Exception {
        Path config = Files.writeString(dir.resolve("nats.conf"), "ping_max: 3");
        try (ServerProcess server = ServerProcess.start("-c", config.toString())) {
            String text = "server " + server.pid() + " does not answer; unknown whether it carries the command out later";
            Files.writeString(config, "ping_max: 4");
            server.signal("STOP");
            assertRefused(text, "reload=" + server.pid());
            server.signal("CONT");
            server.awaitLine("[INF] Reloaded: ping_max = 4");
            server.signal("STOP");
            assertRefused(text, "term=" + server.pid());
            server.signal("CONT");
            assertEquals(0, server.ended().code());
        }
    }

    @Test
    void reopenAndLameDuckAndStop() throws Exception {
        try (ServerProcess server = ServerProcess.start()) {
            SignalCommand.run("reopen=" + server.pid());
            assertTrue(server.err().contains("[INF] File log re-open ignored, not a file logger\n"));
            SignalCommand.run("ldm=" + server.pid());
            server.awaitLine("[INF] Entering lame duck mode, stop accepting new clients");
            assertRefused("Can only reload config when a file is provided using -c or --config",
                    "reload=" + server.pid());
            SignalCommand.run("stop=" + server.pid());
            assertEquals(128 + 9, server.ended().code());
            Path left = ControlSocket.file(server.pid());
            assertTrue(Files.exists(left));
            assertRefused("no such process", "reload=" + server.pid());
            Files.delete(left);
        }
    }

    @Test
    void aServerThatIsAskedToEndBeforeItIsReadyEnds() throws Exception {
        try (ServerProcess server = starting()) {
            SignalCommand.run("quit=" + server.pid());
            assertEquals(0, server.ended().code());
        }
    }

    /** A signal would not be answered. */
    @Test
    void aServerThatIsStartingAnswersAsSoonAsItsSocketIsThere() throws Exception {
        try (ServerProcess server = starting()) {
            assertRefused("Can only reload config when a file is provided using -c or --config",
                    "reload=" + server.pid());
        }
    }

    private static ServerProcess starting() throws IOException {
        ServerProcess server = ServerProcess.launchQuiet(ignoringInterrupts("-a", "127.0.0.1", "-p", "-1"));
        await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(1))
                .until(() -> Files.exists(ControlSocket.file(server.pid())));
        return server;
    }

    /** As a shell does with a command that a script starts with {@code &}. */
    private static List<String> ignoringInterrupts(String... args) {
        List<String> command = new ArrayList<>(List.of("sh", "-c", "trap '' INT; exec \"$@\"", "sh"));
        command.addAll(ServerProcess.java(args));
        return command;
    }

    @ParameterizedTest
    @ValueSource(strings = {"quit", "term"})
    void aServerThatIgnoresInterruptsEndsWithoutControlSocket(String command) throws Exception {
        try (ServerProcess server = ServerProcess.launch(ignoringInterrupts("-a", "127.0.0.1", "-p", "-1"))) {
            Files.delete(ControlSocket.file(server.pid()));
            SignalCommand.run(command + "=" + server.pid());
            assertEquals(0, server.ended().code());
        }
    }

    @Test
    void aServerThatDropsTheCommandToEndIsSignalled() throws Exception {
        try (ServerProcess server = ServerProcess.start();
                ServerSocketChannel dropping = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            Path file = ControlSocket.file(server.pid());
            Files.delete(file);
            dropping.bind(UnixDomainSocketAddress.of(file));
            Thread drops = Thread.ofPlatform().start(() -> assertDoesNotThrow(() -> dropping.accept().close()));
            SignalCommand.run("quit=" + server.pid());
            drops.join();
            assertEquals(0, server.ended().code());
        }
    }
}
