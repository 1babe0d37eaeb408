package io.jnatsd.server;

import io.jnatsd.log.Log;
import io.jnatsd.log.Threads;
import java.io.BufferedReader;
import java.io.IOException;
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
import java.util.concurrent.locks.LockSupport;

/**
 * Takes the commands of {@code jnatsd -sl} where signals do not reach: on Windows, and under {@code nohup}, which has
 * the JVM ignore a hang-up. A socket file in a folder that only the server's user can enter; one line in, and back come
 * {@code ok} or the lines that say what is wrong.
 *
 * <p>Threads: a virtual thread accepts, and another one answers each command.
 */
public final class ControlSocket implements AutoCloseable {
    /** Does what a command says; the message of its exception is the answer. Called by several threads. */
    public interface Commands {
        void run(String command) throws Exception;
    }

    /** How long a start waits for other processes. */
    private static final Duration PATIENCE = Duration.ofSeconds(1);
    /** How long a command waits for its answer: a reload reads certificates, perhaps on a busy machine. */
    private static final Duration ANSWER_TIME = Duration.ofSeconds(5);
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
        control.threads.start("control", control::serve);
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
     * @throws SocketTimeoutException if it has not answered within five seconds; it may do it all the same, later
     */
    public static String ask(long pid, String command) throws SocketTimeoutException {
        Path file = file(pid);
        if (!Files.exists(file) || !belongsTo(pid, file.getParent()))
            return null;
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
                TimeLimit limit = new TimeLimit(channel, ANSWER_TIME)) {
            String answer = ask(channel, file, command);
            if (limit.passed())
                throw new SocketTimeoutException("no answer within " + ANSWER_TIME.toSeconds() + " s");
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

    private static String ask(SocketChannel channel, Path file, String command) {
        if (!connect(channel, file))
            return null;
        try {
            channel.write(ByteBuffer.wrap((command + "\n").getBytes(StandardCharsets.UTF_8)));
            return new String(Channels.newInputStream(channel).readAllBytes(), StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            return "";
        }
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
                if (!threads.start("control-peer", () -> serve(peer)))
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
            String command = new BufferedReader(new InputStreamReader(Channels.newInputStream(peer),
                    StandardCharsets.UTF_8)).readLine();
            if (command == null)
                return;
            peer.write(ByteBuffer.wrap((answer(command) + "\n").getBytes(StandardCharsets.UTF_8)));
        } catch (IOException e) {
            log.debug("Control socket: " + e.getMessage());
        }
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
