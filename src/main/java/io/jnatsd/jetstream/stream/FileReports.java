package io.jnatsd.jetstream.stream;

import io.jnatsd.jetstream.store.StoreReports;
import io.jnatsd.log.Log;
import io.jnatsd.protocol.Arguments;
import io.jnatsd.text.Quoted;
import java.nio.file.Path;

/** Logs what is wrong with the files of a stream. Threads: the actor of the stream, or who opens it before that. */
public final class FileReports implements StoreReports {
    /** Damaged messages that are logged one by one. */
    private static final int MOST_LINES = 100;

    private static final long PAUSE = 60_000_000_000L;

    private final Log log;
    private final String stream;
    private int lines;
    /** When the last line said that the stream cannot be written; that and its end are logged once a minute at most. */
    private long failed = System.nanoTime() - PAUSE;
    private boolean failing;

    /** @param stream the name as in the protocol */
    public FileReports(Log log, String stream) {
        this.log = log;
        this.stream = "Stream " + Quoted.of(Arguments.text(stream));
    }

    @Override
    public void damaged(Path file, long offset, long sequence) {
        if (++lines <= MOST_LINES)
            log.warn(stream + ": " + (sequence == 0 ? "a message" : "message " + sequence) + " is damaged and lost, in " + file
                    + " at offset " + offset + (lines == MOST_LINES ? "; more are counted only" : ""));
    }

    @Override
    public void torn(Path file, long offset, long bytes) {
        log.warn(stream + ": the last " + bytes + " bytes of " + file + ", from offset " + offset
                + " on, are no complete message and were removed");
    }

    @Override
    public void failing(String reason) {
        long now = System.nanoTime();
        if (now - failed < PAUSE)
            return;
        failed = now;
        failing = true;
        log.error(stream + " cannot be written and refuses messages: " + reason);
    }

    @Override
    public void recovered() {
        if (failing)
            log.notice(stream + " can be written again");
        failing = false;
    }
}
