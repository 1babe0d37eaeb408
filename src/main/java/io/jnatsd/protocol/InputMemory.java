package io.jnatsd.protocol;

/**
 * Grants the memory that a {@link ReadBuffer} takes beyond its first {@link ReadBuffer#FREE} bytes. Each call replaces
 * what was granted before. Threads: the connection's reader.
 */
public interface InputMemory {
    /**
     * Takes so many bytes, which make reading faster or are kept for later.
     *
     * @return false if there are too few; then what was granted before stays so
     */
    boolean tryHold(int bytes);

    /** Takes so many bytes, because they hold input that cannot be dropped; 0 gives everything back. */
    void hold(int bytes);

    /**
     * Waits until so many bytes can be taken, for a command that needs them.
     *
     * @return false if the connection has been closed meanwhile
     */
    boolean await(int bytes);

    /** So many bytes of the command that was waited for have come. */
    void progress(int bytes);
}
