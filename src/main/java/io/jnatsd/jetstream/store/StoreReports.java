package io.jnatsd.jetstream.store;

import java.nio.file.Path;

/** Is told of what is lost in the files of a stream, or cannot be written. Called by the thread that uses the store. */
public interface StoreReports {
    /**
     * A message was damaged.
     *
     * @param sequence its sequence, or 0 if that is not known
     */
    void damaged(Path file, long offset, long sequence);

    /** The end of the last segment was no whole message, and was removed. */
    void torn(Path file, long offset, long bytes);

    /** Messages cannot be written; called for the first of them. */
    void failing(String reason);

    /** Messages can be written again. */
    void recovered();
}
