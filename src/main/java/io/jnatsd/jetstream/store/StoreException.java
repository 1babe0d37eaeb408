package io.jnatsd.jetstream.store;

/**
 * A store cannot write or read its files, for example because the disk is full. The message is for people: the file and
 * the reason. Threads: immutable.
 */
public final class StoreException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public StoreException(String message) {
        super(message);
    }
}
