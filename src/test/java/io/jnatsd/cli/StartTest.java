package io.jnatsd.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jnatsd.server.RawClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Successful and failing starts of the whole program. */
@Timeout(60)
class StartTest {
    private static final String STARTING = "[INF] Starting jnatsd version ";

    @TempDir
    private Path dir;

    @Test
    void everythingGoesToStderrAndThePidFileNamesTheProcess() throws Exception {
        Path pid = dir.resolve("pid"), config = Files.writeString(dir.resolve("nats.conf"), "prot: 4222");
        try (ServerProcess server = ServerProcess.start("-D", "-P", pid.toString(), "-c", config.toString(),
                "--ports_file_dir", dir.toString())) {
            assertEquals(String.valueOf(server.pid()), Files.readString(pid));
            assertEquals("{\"nats\":[\"nats://127.0.0.1:" + server.port() + "\"]}",
                    Files.readString(dir.resolve("jnatsd_" + server.pid() + ".ports")));
            assertTrue(server.err().contains("[WRN] " + config + ":1:1: unknown key \"prot\", did you mean \"port\"?\n"));
            server.signal("TERM");
            Ended ended = server.ended();
            assertEquals(0, ended.code());
            assertEquals("", ended.out());
            assertTrue(ended.err().endsWith("[INF] Server Exiting..\n"), ended.err());
            assertFalse(Files.exists(dir.resolve("jnatsd_" + server.pid() + ".ports")));
            assertTrue(Files.exists(pid));
        }
    }

    @Test
    void anEmptyTokenLetsEveryoneInAndTheLogSaysSo() throws Exception {
        try (ServerProcess server = ServerProcess.start("--auth", "");
                RawClient client = RawClient.connect(server.port())) {
            assertTrue(server.err().contains("[WRN] --auth is empty: no credentials are required\n"), server.err());
            client.send("CONNECT {\"verbose\":false}\r\n").roundTrip();
        }
    }

    @Test
    void aPortInUseIsFatal() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int port = taken.getLocalPort();
            Path pid = dir.resolve("pid");
            Ended ended = ServerProcess.run("-T=false", "-a", "127.0.0.1", "-p", String.valueOf(port), "-P",
                    pid.toString());
            assertEquals(1, ended.code());
            assertEquals("", ended.out());
            String[] lines = ended.err().replaceAll("(?m)^\\[\\d+] ", "").split("\n");
            assertTrue(lines[0].startsWith(STARTING), lines[0]);
            assertEquals("[FTL] Error listening on port: 127.0.0.1:" + port + ", \"listen tcp 127.0.0.1:" + port
                    + ": bind: address already in use\"", lines[1]);
            assertEquals(2, lines.length);
            assertFalse(Files.exists(pid), "that of the server on the port stays as it is");
        }
    }

    @Test
    void aPidFileThatCannotBeWrittenIsFatal() throws Exception {
        Path bad = dir.resolve("no/such/dir/pid");
        assertFatal("Could not write pidfile: open " + bad + ": no such file or directory", "-P", bad.toString());
    }

    @Test
    void fatalLinesGoWhereTheLogGoes() throws Exception {
        Path log = dir.resolve("log");
        Ended ended = ServerProcess.run("-a", "no.such.host.invalid", "-l", log.toString());
        assertEquals(new Ended(1, "", ""), ended);
        assertTrue(Files.readString(log).contains(
                "[FTL] Error listening on port: no.such.host.invalid:4222, \"lookup no.such.host.invalid: no such host\""),
                Files.readString(log));
    }

    private static void assertFatal(String text, String... args) throws IOException, InterruptedException {
        String[] all = new String[args.length + 4];
        System.arraycopy(new String[] {"-a", "127.0.0.1", "-p", "-1"}, 0, all, 0, 4);
        System.arraycopy(args, 0, all, 4, args.length);
        Ended ended = ServerProcess.run(all);
        assertEquals(1, ended.code());
        assertTrue(ended.err().endsWith("[FTL] " + text + "\n"), ended.err());
        assertFalse(ended.err().contains("Exiting"), ended.err());
    }

    @Test
    void aMistakeOnTheCommandLineHasItsOwnExitCode() throws Exception {
        assertEquals(new Ended(2, "", "jnatsd: flag provided but not defined: -nosuch (jnatsd --help lists all flags)\n"),
                ServerProcess.run("--nosuch"));
    }
}
