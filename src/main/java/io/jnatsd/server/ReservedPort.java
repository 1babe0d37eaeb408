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
 * A port that is bound but does not listen yet. The system accepts connections from the moment a port listens, so
 * listening must be the last step of a start. Whether a port is free, and the number of a port that the system chooses,
 * is needed earlier. Threads: the thread that starts or closes the server.
 */
final class ReservedPort {
    /** Whether a socket may listen on a port that another socket of this process has bound. */
    private static final boolean SHARED = System.getProperty("os.name").equals("Linux");

    /** Makes a socket listen. */
    interface Binding {
        void bind(InetSocketAddress address) throws IOException;
    }

    /** The address as in the options, for messages. */
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
     * @param port 0 or less for any free port
     * @throws UnknownHostException if the host has no address
     * @throws IOException with the error text of the system
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

    static PortException cannotListen(String name, Exception cause) {
        String text = String.valueOf(cause.getMessage());
        int detail = text.indexOf(" (Bind failed)");
        String reason = (detail < 0 ? text : text.substring(0, detail)).toLowerCase(Locale.ROOT);
        return new PortException(name, reason, cause);
    }

    /** Returns the address with the actual port. */
    InetSocketAddress address() {
        return address;
    }

    /** Makes a socket listen on the port, and releases the reservation. */
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

    /** Releases the port, unless a socket listens on it. */
    void close() {
        try {
            holder.close();
        } catch (IOException e) {
            throw new UncheckedIOException("a socket that was never connected fails to close", e);
        }
    }
}
