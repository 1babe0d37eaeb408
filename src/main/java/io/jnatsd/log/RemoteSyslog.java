package io.jnatsd.log;

import io.jnatsd.text.OsError;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.channels.SocketChannel;
import java.util.Locale;

/**
 * The address of the {@code remote_syslog} option. The host name is resolved again at each dial, because the address
 * may change. Threads: immutable; dialled by the thread that opens the log, later by a thread of its own.
 *
 * @param network udp, tcp or unix
 * @param address host and port, or a path
 */
record RemoteSyslog(String network, String address, LogHost host) implements SyslogLink.Dialer {
    static RemoteSyslog parse(String url, LogHost host) throws IOException {
        int colon = url.indexOf("://");
        String scheme = colon < 0 ? "" : url.substring(0, colon).toLowerCase(Locale.ROOT);
        String rest = url.substring(colon < 0 ? 0 : colon + 3);
        int slash = rest.indexOf('/');
        return switch (scheme) {
            case "unix" -> new RemoteSyslog(scheme, slash < 0 ? "" : rest.substring(slash), host);
            case "udp", "tcp" -> new RemoteSyslog(scheme, slash < 0 ? rest : rest.substring(0, slash), host);
            default -> throw new IOException("error invalid network type: \"" + scheme + "\"");
        };
    }

    @Override
    public SyslogLink dial() throws IOException {
        InetSocketAddress resolved = network.equals("unix") ? null : resolve();
        try {
            return switch (network) {
                case "udp" -> DatagramLink.to(resolved, SyslogFormat.udp(host));
                case "tcp" -> StreamLink.connect(SocketChannel.open(), resolved, SyslogFormat.tcp(host));
                default -> StreamLink.connect(SocketChannel.open(StandardProtocolFamily.UNIX),
                        UnixDomainSocketAddress.of(address), SyslogFormat.unixUrl(host));
            };
        } catch (SocketTimeoutException e) {
            throw failed(" " + address + ": " + e.getMessage(), e);
        } catch (IOException e) {
            throw failed(" " + address + ": connect: " + OsError.text(e), e);
        }
    }

    private InetSocketAddress resolve() throws IOException {
        int colon = address.lastIndexOf(':');
        if (colon < 0 || address.endsWith("]"))
            throw failed(": address " + address + ": missing port in address", null);
        String name = address.substring(0, colon), port = address.substring(colon + 1);
        if (name.startsWith("[") && name.endsWith("]"))
            name = name.substring(1, name.length() - 1);
        try {
            return new InetSocketAddress(InetAddress.getByName(name), Integer.parseInt(port));
        } catch (UnknownHostException e) {
            throw failed(": lookup " + name + ": no such host", e);
        } catch (IllegalArgumentException e) { // not a number, or too large
            throw failed(": address " + port + ": invalid port", e);
        }
    }

    private IOException failed(String why, Exception cause) {
        return new IOException("dial " + network + why, cause);
    }
}
