package io.jnatsd.server;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.util.Set;

/**
 * A Unix domain socket, which is a file. A file that a killed server has left behind is replaced, if nobody listens on
 * it. The file is removed at the end, unless another server has replaced it. Threads: as {@link Listener}.
 */
final class UnixEndpoint implements Listener.Endpoint {
    /** The time that another process has to accept a connection. */
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private final Path file;
    private final Set<PosixFilePermission> permissions;
    private final ServerSocketChannel channel;
    /** Identifies the file that this server has made; null if there is none. Written by {@link #listen}. */
    private volatile Object fileKey;

    UnixEndpoint(Path file, Set<PosixFilePermission> permissions) throws IOException {
        this.file = file;
        this.permissions = permissions;
        this.channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    }

    /** Returns null, because there is no port. */
    @Override
    public InetSocketAddress address() {
        return null;
    }

    @Override
    public void listen(int backlog) throws IOException {
        try {
            requireFree();
            Path folder = Files.createTempDirectory(file.getParent(), ".jnatsd");
            try {
                bind(folder.resolve("s"), backlog);
            } finally {
                Files.delete(folder);
            }
        } catch (NoSuchFileException e) {
            throw new IOException("no such file or directory", e);
        } catch (AccessDeniedException e) {
            throw new IOException("permission denied", e);
        }
    }

    /** The file is made in a folder that no other user can enter, and is moved when it has its permissions. */
    private void bind(Path made, int backlog) throws IOException {
        channel.bind(UnixDomainSocketAddress.of(made), backlog);
        try {
            if (file.getFileSystem().supportedFileAttributeViews().contains("posix"))
                Files.setPosixFilePermissions(made, permissions);
            Files.move(made, file, StandardCopyOption.ATOMIC_MOVE);
            fileKey = attributes().fileKey();
        } finally {
            Files.deleteIfExists(made);
        }
    }

    private void requireFree() throws IOException {
        if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS))
            return;
        if (!attributes().isOther())
            throw new IOException("the file exists and is not a socket");
        if (isAlive())
            throw new IOException("address already in use");
    }

    private boolean isAlive() throws IOException {
        try (SocketChannel other = SocketChannel.open(StandardProtocolFamily.UNIX);
                TimeLimit limit = new TimeLimit(other, PATIENCE)) {
            try {
                return other.connect(UnixDomainSocketAddress.of(file));
            } catch (IOException e) {
                // A server that is too busy to accept is still alive.
                return limit.passed();
            }
        }
    }

    private BasicFileAttributes attributes() throws IOException {
        return Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    }

    @Override
    public Socket accept() throws IOException {
        return new UnixSocket(channel.accept());
    }

    @Override
    public boolean isClosed() {
        return !channel.isOpen();
    }

    @Override
    public void close() throws IOException {
        Object own = fileKey;
        if (own != null && Files.exists(file, LinkOption.NOFOLLOW_LINKS) && own.equals(attributes().fileKey()))
            Files.delete(file);
        channel.close();
    }
}
