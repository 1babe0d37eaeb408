package io.jnatsd.log;

import java.io.IOException;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import org.tinylog.core.LogEntry;

/**
 * Syslog over TCP or a Unix stream socket. The channel does not block, so that a write to a server that has stopped
 * reading can time out. Threads: see {@link SyslogLink}.
 */
final class StreamLink implements SyslogLink {
    /** Long enough for a remote server, and short enough for callers that wait for a flush. */
    private static final int TIMEOUT_MILLIS = 1000;

    private final SocketChannel channel;
    private final Selector selector;
    private final SelectionKey key;
    private final SyslogFormat format;
    private final ByteBuffer unread = ByteBuffer.allocate(64);

    private StreamLink(SocketChannel channel, Selector selector, SyslogFormat format) throws IOException {
        this.channel = channel;
        this.selector = selector;
        this.format = format;
        channel.configureBlocking(false);
        key = channel.register(selector, 0);
    }

    /** Takes over the channel, and closes it if this fails. */
    static StreamLink connect(SocketChannel channel, SocketAddress address, SyslogFormat format) throws IOException {
        Selector selector = null;
        try {
            selector = Selector.open();
            var link = new StreamLink(channel, selector, format);
            if (!channel.connect(address)) {
                link.await(SelectionKey.OP_CONNECT);
                channel.finishConnect();
            }
            return link;
        } catch (IOException e) {
            channel.close();
            if (selector != null)
                selector.close();
            throw e;
        }
    }

    private void await(int operation) throws IOException {
        key.interestOps(operation);
        selector.selectedKeys().clear();
        if (selector.select(TIMEOUT_MILLIS) == 0)
            throw new SocketTimeoutException("i/o timeout");
    }

    @Override
    public void send(LogEntry entry) throws IOException {
        ByteBuffer line = ByteBuffer.wrap(format.bytes(entry));
        while (line.hasRemaining())
            if (channel.write(line) == 0)
                await(SelectionKey.OP_WRITE);
    }

    /** Returns whether the connection has ended. Syslog servers send nothing, so any readable event is the end. */
    @Override
    public boolean lost() {
        try {
            return channel.read(unread.clear()) < 0;
        } catch (IOException e) {
            return true; // the connection was reset
        }
    }

    @Override
    public void close() throws IOException {
        try (selector) {
            channel.close();
        }
    }
}
