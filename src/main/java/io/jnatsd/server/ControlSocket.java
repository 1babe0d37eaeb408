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
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A Unix domain socket that takes the commands of {@code jnatsd -sl} where signals do not work: on Windows, and under
 * {@code nohup}, which makes the JVM ignore SIGHUP. The socket file is in a folder that only the server's user can
 * enter. The peer sends one line. The server answers with an empty line at once and with further empty lines while it
 * carries the command out. It ends with the line {@code ok} or with error lines. Older peers, which do not know the
 * empty lines, skip them.
 *
 * <p>Threads: one thread accepts. Each command has two: one answers the peer, the other carries the command out. They
 * are platform threads, because the carriers of virtual threads may be busy with messages for longer than a peer waits.
 */
public final class ControlSocket implements AutoCloseable {
    /** Carries out commands. The message of an exception is the answer. Called by several threads. */
    public interface Commands {
        void run(String command) throws Exception;
    }

    /** The time that another process has to accept a connection, and again for each part of its answer. */
    private static final Duration STEP_TIMEOUT = Duration.ofSeconds(1);
    /** The interval of the empty lines while a command is carried out. */
    private static final Duration PROGRESS_INTERVAL = STEP_TIMEOUT.dividedBy(4);
    /** The time that a command may take in total. */
    private static final Duration TOTAL_TIMEOUT = Duration.ofSeconds(30);
    private static final int MOST_ANSWER = 1 << 20;
    private static final String SUFFIX = ".sock";
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

    /**
     * Returns the socket file of a process. Its folder is named after the user of the process; only that user and root
     * can enter it.
     */
    public static Path file(long pid) {
        return Path.of(System.getProperty("java.io.tmpdir"), "jnatsd-" + user(pid), pid + SUFFIX);
    }

    /**
     * Returns the user name of a process, or the user id if the user has no name. If the process does not exist, it is
     * the user of this process.
     */
    private static String user(long pid) {
        long own = ProcessHandle.current().pid();
        for (long process : new long[] {pid, own})
            try {
                return Files.getOwner(Path.of("/proc/" + process)).getName();
            } catch (IOException | UnsupportedOperationException e) {
                // The process has ended, or this system has no such folder.
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
        ControlSocket control = new ControlSocket(file, listen(file), commands, log);
        control.threads.startPlatform("control", control::serve);
        return control;
    }

    /**
     * Opens a socket that accepts connections from the moment its file exists. A socket that is bound to its final name
     * refuses them until it listens, and is then taken for one that was left behind.
     */
    private static ServerSocketChannel listen(Path file) throws IOException {
        ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            if (!hasPosixFiles(file.getParent()))
                return channel.bind(UnixDomainSocketAddress.of(file));
            String name = file.getFileName().toString();
            Path unnamed = file.resolveSibling(name.substring(0, name.length() - SUFFIX.length()) + ".new");
            Files.deleteIfExists(unnamed);
            channel.bind(UnixDomainSocketAddress.of(unnamed));
            Files.move(unnamed, file, StandardCopyOption.ATOMIC_MOVE);
            return channel;
        } catch (Throwable e) {
            channel.close();
            throw e;
        }
    }

    private static boolean hasPosixFiles(Path folder) throws IOException {
        return Files.getFileStore(folder).supportsFileAttributeView("posix");
    }

    /**
     * Removes the files of servers that were killed. A pid that does not exist here may belong to another container, so
     * the socket is tried first.
     */
    private static void removeAbandoned(Path folder) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "[0-9]*" + SUFFIX)) {
            long begun = System.nanoTime();
            for (Path file : files) {
                if (!isAlive(file))
                    Files.deleteIfExists(file);
                // This bounds the start. The next start removes the rest.
                if (System.nanoTime() - begun > STEP_TIMEOUT.toNanos())
                    return;
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
    }

    private static boolean isAlive(Path file) throws IOException {
        String name = file.getFileName().toString();
        String pid = name.substring(0, name.length() - SUFFIX.length());
        if (!pid.matches("\\d{1,18}") || ProcessHandle.of(Long.parseLong(pid)).isPresent())
            return true;
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
                TimeLimit limit = new TimeLimit(channel, STEP_TIMEOUT)) {
            // A server that is too busy to accept is still alive.
            return connect(channel, file) || limit.passed();
        }
    }

    private static void makePrivate(Path folder) throws IOException {
        try {
            if (hasPosixFiles(folder.getParent()))
                Files.createDirectory(folder, PosixFilePermissions.asFileAttribute(
                        PosixFilePermissions.fromString("rwx------")));
            else
                Files.createDirectory(folder);
        } catch (FileAlreadyExistsException e) {
            if (!Files.getOwner(folder).getName().equals(user(ProcessHandle.current().pid())))
                throw new IOException(folder + " belongs to another user", e);
        }
    }

    /**
     * Sends a command to another process.
     *
     * @return its answer, empty if it ended without an answer; null if it has no control socket
     * @throws SocketTimeoutException if the process makes no progress for a second, or has not finished within 30
     *         seconds; it may still carry the command out later
     */
    public static String ask(long pid, String command) throws SocketTimeoutException {
        Path file = file(pid);
        if (!Files.exists(file) || !belongsTo(pid, file.getParent()))
            file = ContainedProcess.of(pid).controlSocket();
        if (file == null)
            return null;
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
                TimeLimit limit = new TimeLimit(channel, STEP_TIMEOUT)) {
            String answer = connect(channel, file) ? ask(channel, pid, command, limit) : null;
            if (limit.passed() && (answer == null || answer.isEmpty()))
                throw new SocketTimeoutException("server " + pid + " does not answer");
            return answer;
        } catch (SocketTimeoutException e) {
            throw e;
        } catch (IOException e) {
            return "";
        }
    }

    /** Another user can create a folder with this name, and a socket there would answer in the server's place. */
    private static boolean belongsTo(long pid, Path folder) {
        try {
            return !Files.exists(Path.of("/proc/" + pid)) || Files.getOwner(folder).getName().equals(user(pid));
        } catch (IOException | UnsupportedOperationException e) {
            return false;
        }
    }

    private static String ask(SocketChannel channel, long pid, String command, TimeLimit limit)
            throws SocketTimeoutException {
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
        long start = System.nanoTime();
        ByteArrayOutputStream answer = new ByteArrayOutputStream();
        InputStream in = Channels.newInputStream(channel);
        byte[] bytes = new byte[1024];
        for (int length = in.read(bytes); length >= 0 && answer.size() < MOST_ANSWER; length = in.read(bytes)) {
            limit.renew();
            answer.write(bytes, 0, length);
            if (System.nanoTime() - start > TOTAL_TIMEOUT.toNanos())
                throw new SocketTimeoutException("server " + pid + " has not finished within "
                        + TOTAL_TIMEOUT.toSeconds() + " s");
        }
        return answer.toString(StandardCharsets.UTF_8).strip();
    }

    private static boolean connect(SocketChannel channel, Path file) {
        try {
            return channel.connect(UnixDomainSocketAddress.of(file));
        } catch (IOException e) {
            // The file was left behind by a server that was killed.
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
                // Usually file descriptors are exhausted. Without a pause this loop would use a whole processor.
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
        try (TimeLimit limit = new TimeLimit(peer, STEP_TIMEOUT)) {
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
            answer.copy().completeOnTimeout(null, PROGRESS_INTERVAL.toNanos(), TimeUnit.NANOSECONDS).join();
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
            // The process that sent the command may read the log next.
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
