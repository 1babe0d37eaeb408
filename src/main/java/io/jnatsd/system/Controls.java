package io.jnatsd.system;

/** What the system user can have the server do. Threads: anybody's. */
public interface Controls {
    /**
     * Loads the configuration anew.
     *
     * @return what is wrong with it, empty if nothing is
     */
    String reload();

    /** Ends a client's connection; false if there is none with this number. */
    boolean kick(long cid);
}
