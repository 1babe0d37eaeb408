package io.jnatsd.log;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The syslog of this machine. The usual {@code /dev/log} is a datagram socket, and the JDK has no Unix datagram
 * sockets; if a stream connection is refused, logger(1) sends the lines. Threads: see {@link RemoteSyslog}.
 */
record LocalSyslog(LogHost host) implements SyslogLink.Dialer {
    @Override
    public SyslogLink dial() throws IOException {
        var failure = new IOException("Unix syslog delivery error");
        for (Path socket : host.syslogSockets()) {
            if (!Files.exists(socket))
                continue;
            try {
                return StreamLink.connect(SocketChannel.open(StandardProtocolFamily.UNIX),
                        UnixDomainSocketAddress.of(socket), SyslogFormat.local(host));
            } catch (IOException e) {
                failure.addSuppressed(e);
            }
            try {
                return LoggerProgram.start(socket, host);
            } catch (IOException e) {
                failure.addSuppressed(e);
            }
        }
        throw failure;
    }
}
