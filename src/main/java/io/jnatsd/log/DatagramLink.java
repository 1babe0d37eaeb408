package io.jnatsd.log;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.Arrays;
import org.tinylog.core.LogEntry;

/** Syslog over UDP, one datagram for each line. Threads: see {@link SyslogLink}. */
final class DatagramLink implements SyslogLink {
    /** A little less than the largest UDP datagram. Longer lines are cut, because they could not be sent at all. */
    private static final int MAX_BYTES = 65_000;
    private final DatagramChannel channel;
    private final SyslogFormat format;

    private DatagramLink(DatagramChannel channel, SyslogFormat format) {
        this.channel = channel;
        this.format = format;
    }

    static DatagramLink to(InetSocketAddress address, SyslogFormat format) throws IOException {
        DatagramChannel channel = DatagramChannel.open();
        try {
            return new DatagramLink(channel.connect(address), format);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    @Override
    public void send(LogEntry entry) throws IOException {
        byte[] line = format.bytes(entry);
        if (line.length > MAX_BYTES)
            line = Arrays.copyOf(line, MAX_BYTES);
        ByteBuffer datagram = ByteBuffer.wrap(line);
        try {
            channel.write(datagram);
        } catch (PortUnreachableException earlier) {
            channel.write(datagram.rewind()); // the error was about an earlier datagram
        }
    }

    @Override
    public boolean lost() {
        return false;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
