package io.jnatsd.server;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.util.Objects;
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
            removeAbandoned();
            channel.bind(UnixDomainSocketAddress.of(file), backlog);
            fileKey = key();
            if (file.getFileSystem().supportedFileAttributeViews().contains("posix"))
                Files.setPosixFilePermissions(file, permissions);
        } catch (NoSuchFileException e) {
            throw new IOException("no such file or directory", e);
        }
    }

    private void removeAbandoned() throws IOException {
        if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS))
            return;
        if (!attributes().isOther())
            throw new IOException("the file exists and is not a socket");
        if (isAlive())
            throw new IOException("address already in use");
        Files.delete(file);
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

    private Object key() throws IOException {
        return attributes().fileKey();
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
        if (own != null && Files.exists(file, LinkOption.NOFOLLOW_LINKS) && Objects.equals(own, key()))
            Files.delete(file);
        channel.close();
    }
}
