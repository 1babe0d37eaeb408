package io.jnatsd.connection;

/**
 * Decides which connections of a server get faults. Programs use it to test how clients and other servers cope with
 * them; a server without faults has no injector.
 *
 * <p>Threads: the reader of the connection, which holds no lock.
 */
public interface FaultInjector {
    /**
     * Called before anything is sent or read on a new connection. It may wait.
     *
     * @return false if it has closed the connection
     */
    boolean mayOpen(Connection connection);

    /** Called when a connection has opened, and again when its peer has said who it is. May close the connection. */
    void identified(Connection connection);
}
