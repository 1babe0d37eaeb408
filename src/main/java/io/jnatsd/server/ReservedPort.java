package io.jnatsd.server;

import io.jnatsd.text.HostPort;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.util.Locale;

/**
 * A port that is bound and does not listen yet. The system accepts connections for a port from the moment it listens,
 * so that has to come last in a start; but whether a port can be had, and the number of one that the system chooses, is
 * needed first. Threads: the one that starts or closes the server.
 */
final class ReservedPort {
    /** Whether a socket may listen on a port that another one of this process holds. */
    private static final boolean SHARED = System.getProperty("os.name").equals("Linux");

    /** Makes a socket listen. */
    interface Binding {
        void bind(InetSocketAddress address) throws IOException;
    }

    /** The address as the options have it, for messages. */
    private final String name;
    private final Socket holder;
    private final InetSocketAddress address;

    private ReservedPort(String name, Socket holder, InetSocketAddress address) {
        this.name = name;
        this.holder = holder;
        this.address = address;
    }

    /**
     * Reserves a port.
     *
     * @param port 0 or below for any free one
     * @throws UnknownHostException if the host has no address
     * @throws IOException with a message in the words of the system
     */
    static ReservedPort of(String host, int port) throws IOException {
        String name = new HostPort(host, port).toString();
        InetAddress resolved = resolve(host);
        Socket holder = new Socket();
        try {
            holder.setReuseAddress(true);
            holder.bind(new InetSocketAddress(resolved, Math.max(port, 0)));
            return new ReservedPort(name, holder, new InetSocketAddress(resolved, holder.getLocalPort()));
        } catch (IOException | IllegalArgumentException e) {
            holder.close();
            throw cannotListen(name, e);
        }
    }

    private static InetAddress resolve(String host) throws UnknownHostException {
        try {
            return InetAddress.getByName(host);
        } catch (UnknownHostException e) {
            UnknownHostException named = new UnknownHostException("lookup " + host + ": no such host");
            named.initCause(e);
            throw named;
        }
    }

    static IOException cannotListen(String name, Exception cause) {
        String text = String.valueOf(cause.getMessage());
        int detail = text.indexOf(" (Bind failed)");
        String reason = (detail < 0 ? text : text.substring(0, detail)).toLowerCase(Locale.ROOT);
        return new IOException("listen tcp " + name + ": bind: " + reason, cause);
    }

    /** With the real port if any free one was asked for. */
    InetSocketAddress address() {
        return address;
    }

    /** Makes a socket listen on the port, which it then has alone. */
    void listen(Binding socket) throws IOException {
        try {
            if (!SHARED)
                holder.close();
            socket.bind(address);
        } catch (IOException e) {
            throw cannotListen(name, e);
        } finally {
            close();
        }
    }

    /** Gives the port up, unless a socket listens on it. */
    void close() {
        try {
            holder.close();
        } catch (IOException e) {
            throw new UncheckedIOException("a socket that was never connected fails to close", e);
        }
    }
}
