package io.jnatsd.system;

/** The actions that the system user can request of the server. Threads: any thread. */
public interface Controls {
    /**
     * Reloads the configuration.
     *
     * @return why the reload failed; empty if it succeeded
     */
    String reload();

    /** Closes a client's connection. Returns false if no client has this number. */
    boolean kick(long cid);
}
