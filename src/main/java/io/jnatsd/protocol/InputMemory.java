package io.jnatsd.protocol;

/**
 * Grants a {@link ReadBuffer} memory beyond its first {@link ReadBuffer#FREE} bytes. Each call replaces the earlier
 * grant. Threads: the connection's reader only.
 */
public interface InputMemory {
    /**
     * Takes memory that makes reading faster, or that is kept for later.
     *
     * @return false if there is not enough; then the earlier grant is unchanged
     */
    boolean tryHold(int bytes);

    /** Takes memory for input that cannot be dropped, even beyond the limit; 0 returns all memory. */
    void hold(int bytes);

    /**
     * Takes memory for a whole command. Waits until there is enough.
     *
     * @return false if the connection was closed while this waited
     */
    boolean await(int bytes);

    /** Reports how many bytes of the command that {@link #await} was called for have arrived. */
    void progress(int bytes);
}
