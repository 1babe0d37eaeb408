package io.jnatsd.server;

import io.jnatsd.log.Log;
import io.jnatsd.log.Threads;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Takes the commands of {@code jnatsd -sl} where signals do not reach: on Windows, and under {@code nohup}, which has
 * the JVM ignore a hang-up. A socket file in a folder that only the server's user can enter. The peer sends one line.
 * The server answers with an empty line at once and with further ones while it carries the command out, and at the end
 * with {@code ok} or the lines that say what is wrong. Peers of versions without the empty lines skip them.
 *
 * <p>Threads: one thread accepts; for each command, one talks to the peer and another one carries the command out. They
 * are platform threads: the carriers of virtual ones may all be busy with messages for longer than a peer waits.
 */
public final class ControlSocket implements AutoCloseable {
    /** Does what a command says; the message of its exception is the answer. Called by several threads. */
    public interface Commands {
        void run(String command) throws Exception;
    }

    /** How long another process may take to accept a connection, and for each byte that it has to send. */
    private static final Duration PATIENCE = Duration.ofSeconds(1);
    /** How often a server that carries out a command says so. */
    private static final Duration SIGN_INTERVAL = PATIENCE.dividedBy(4);
    /** How long a command may take in all. */
    private static final Duration ANSWER_TIME = Duration.ofSeconds(30);
    private static final int MOST_ANSWER = 1 << 20;
    private static final long PAUSE_NANOS = Duration.ofSeconds(1).toNanos();

    private final Path file;
    private final ServerSocketChannel channel;
    private final Commands commands;
    private final Log log;
    private final Threads threads;

    private ControlSocket(Path file, ServerSocketChannel channel, Commands commands, Log log) {
        this.file = file;
        this.channel = channel;
        this.commands = commands;
        this.log = log;
        this.threads = new Threads(log);
    }

    /** Where the socket of a process is: in a folder named after the process's user, who alone can enter it, and root. */
    public static Path file(long pid) {
        return Path.of(System.getProperty("java.io.tmpdir"), "jnatsd-" + user(pid), pid + ".sock");
    }

    /** The name of a process's user, or the number of one without a name; this process's if the other does not exist. */
    private static String user(long pid) {
        long own = ProcessHandle.current().pid();
        for (long process : new long[] {pid, own})
            try {
                return Files.getOwner(Path.of("/proc/" + process)).getName();
            } catch (IOException | UnsupportedOperationException e) {
                // The process has gone, or this system has no such folder.
                continue;
            }
        return pid == own ? System.getProperty("user.name")
                : ProcessHandle.of(pid).flatMap(p -> p.info().user()).orElse(System.getProperty("user.name"));
    }

    /** Opens the socket of this process. */
    public static ControlSocket open(Commands commands, Log log) throws IOException {
        Path file = file(ProcessHandle.current().pid());
        makePrivate(file.getParent());
        Files.deleteIfExists(file);
        removeAbandoned(file.getParent());
        ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        channel.bind(UnixDomainSocketAddress.of(file));
        ControlSocket control = new ControlSocket(file, channel, commands, log);
        control.threads.startPlatform("control", control::serve);
        return control;
    }

    /** Servers that were killed leave their files behind. Who looks dead may only be in another container. */
    private static void removeAbandoned(Path folder) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "[0-9]*.sock")) {
            long begun = System.nanoTime();
            for (Path file : files) {
                if (!isAlive(file))
                    Files.deleteIfExists(file);
                // The start does not wait for several of them: the next start goes on.
                if (System.nanoTime() - begun > PATIENCE.toNanos())
                    return;
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
    }

    private static boolean isAlive(Path file) throws IOException {
        String name = file.getFileName().toString();
        String pid = name.substring(0, name.length() - ".sock".length());
        if (!pid.matches("\\d{1,18}") || ProcessHandle.of(Long.parseLong(pid)).isPresent())
            return true;
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
                TimeLimit limit = new TimeLimit(channel, PATIENCE)) {
            // An owner that is too busy to accept is alive all the same.
            return connect(channel, file) || limit.passed();
        }
    }

    private static void makePrivate(Path folder) throws IOException {
        try {
            if (Files.getFileStore(folder.getParent()).supportsFileAttributeView("posix"))
                Files.createDirectory(folder, PosixFilePermissions.asFileAttribute(
                        PosixFilePermissions.fromString("rwx------")));
            else
                Files.createDirectory(folder);
        } catch (FileAlreadyExistsException e) {
            if (!Files.getOwner(folder).getName().equals(user(ProcessHandle.current().pid())))
                throw new IOException(folder + " belongs to somebody else", e);
        }
    }

    /**
     * Has another process do something.
     *
     * @return its answer, empty if it ended without one; null if it has no control socket
     * @throws SocketTimeoutException if it makes no progress for a second, or has not finished within 30; it may do it
     *         all the same, later
     */
    public static String ask(long pid, String command) throws SocketTimeoutException {
        Path file = file(pid);
        if (!Files.exists(file) || !belongsTo(pid, file.getParent()))
            return null;
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
                TimeLimit limit = new TimeLimit(channel, PATIENCE)) {
            String answer = ask(channel, pid, command, limit);
            if (limit.passed() && (answer == null || answer.isEmpty()))
                throw new SocketTimeoutException("server " + pid + " does not answer");
            return answer;
        } catch (SocketTimeoutException e) {
            throw e;
        } catch (IOException e) {
            return "";
        }
    }

    /** A folder that somebody else has made under the user's name would answer in the server's place. */
    private static boolean belongsTo(long pid, Path folder) {
        try {
            return !Files.exists(Path.of("/proc/" + pid)) || Files.getOwner(folder).getName().equals(user(pid));
        } catch (IOException | UnsupportedOperationException e) {
            return false;
        }
    }

    private static String ask(SocketChannel channel, long pid, String command, TimeLimit limit)
            throws SocketTimeoutException {
        if (!connect(channel, file(pid)))
            return null;
        limit.renew();
        try {
            send(command, channel);
            return answer(channel, pid, limit);
        } catch (SocketTimeoutException e) {
            throw e;
        } catch (IOException e) {
            return "";
        }
    }

    private static String answer(SocketChannel channel, long pid, TimeLimit limit) throws IOException {
        long asked = System.nanoTime();
        ByteArrayOutputStream answer = new ByteArrayOutputStream();
        InputStream in = Channels.newInputStream(channel);
        byte[] bytes = new byte[1024];
        for (int length = in.read(bytes); length >= 0 && answer.size() < MOST_ANSWER; length = in.read(bytes)) {
            limit.renew();
            answer.write(bytes, 0, length);
            if (System.nanoTime() - asked > ANSWER_TIME.toNanos())
                throw new SocketTimeoutException("server " + pid + " has not finished within "
                        + ANSWER_TIME.toSeconds() + " s");
        }
        return answer.toString(StandardCharsets.UTF_8).strip();
    }

    private static boolean connect(SocketChannel channel, Path file) {
        try {
            return channel.connect(UnixDomainSocketAddress.of(file));
        } catch (IOException e) {
            // A file that its server left behind when it was killed.
            return false;
        }
    }

    private void serve() {
        while (channel.isOpen()) {
            try {
                SocketChannel peer = channel.accept();
                if (!threads.startPlatform("control-peer", () -> serve(peer)))
                    peer.close();
            } catch (IOException e) {
                // Out of descriptors, as a rule: trying again at once would only burn the processor.
                if (channel.isOpen()) {
                    log.debug("Control socket: " + e.getMessage());
                    LockSupport.parkNanos(PAUSE_NANOS);
                }
            } catch (Throwable e) {
                threads.failed(null, "control socket", e);
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }

    private void serve(SocketChannel peer) {
        try (peer) {
            String command = readCommand(peer);
            if (command != null)
                carryOut(command, peer);
        } catch (IOException e) {
            log.debug("Control socket: " + e.getMessage());
        }
    }

    private static String readCommand(SocketChannel peer) throws IOException {
        try (TimeLimit limit = new TimeLimit(peer, PATIENCE)) {
            String command = new BufferedReader(new InputStreamReader(Channels.newInputStream(peer),
                    StandardCharsets.UTF_8)).readLine();
            return limit.passed() ? null : command;
        }
    }

    private void carryOut(String command, SocketChannel peer) throws IOException {
        CompletableFuture<String> answer = new CompletableFuture<>();
        if (!threads.startPlatform("control-command", () -> answer.complete(answer(command))))
            answer.complete("internal error");
        do {
            send("", peer);
            answer.copy().completeOnTimeout(null, SIGN_INTERVAL.toNanos(), TimeUnit.NANOSECONDS).join();
        } while (!answer.isDone());
        send(answer.join(), peer);
    }

    private static void send(String line, SocketChannel peer) throws IOException {
        peer.write(ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8)));
    }

    private String answer(String command) {
        log.debug("Control command \"" + command + "\"");
        try {
            commands.run(command);
            // Whoever asked may look at the log next.
            log.flush();
            return "ok";
        } catch (Exception e) {
            return String.valueOf(e.getMessage());
        } catch (Throwable e) {
            threads.failed(null, "control command " + command, e);
            return "internal error";
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
            Files.deleteIfExists(file);
        } catch (IOException e) {
            log.debug("Control socket: " + e.getMessage());
        }
    }
}
