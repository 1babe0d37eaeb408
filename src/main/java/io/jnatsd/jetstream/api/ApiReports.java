package io.jnatsd.jetstream.api;

import io.jnatsd.events.EventRecording;
import io.jnatsd.events.JetStreamErrorEvent;
import io.jnatsd.jetstream.config.ErrorCode;
import io.jnatsd.jetstream.config.JetStreamException;
import io.jnatsd.jetstream.stream.Environment;
import io.jnatsd.jetstream.stream.MemoryLimit;
import io.jnatsd.jetstream.stream.Repeats;
import io.jnatsd.protocol.Arguments;
import io.jnatsd.text.Quoted;

/**
 * What operators are told about requests: a Flight Recorder event for each error, and log lines of those that a limit of
 * the server causes, one of each kind a minute at most. Threads: the actor that has it.
 */
final class ApiReports {
    private final Environment environment;
    private final Repeats withoutMemory = new Repeats();
    private final Repeats dropped = new Repeats();

    ApiReports(Environment environment) {
        this.environment = environment;
    }

    /** A request was answered with an error. */
    void failed(String subject, JetStreamException error) {
        String shown = Arguments.text(subject);
        if (EventRecording.isPossible())
            JetStreamErrorEvent.commit(shown, error.error().number(), Arguments.text(error.getMessage()));
        if (error.error() != ErrorCode.INSUFFICIENT_MEMORY)
            return;
        MemoryLimit memory = environment.memory();
        long count = withoutMemory.count(1, environment.clock().nanos());
        if (count > 0)
            environment.log().warn("Request " + Quoted.of(shown) + " was refused: " + error.getMessage() + "; streams have reserved "
                    + memory.reserved() + " of " + memory.most() + " bytes" + (count == 1 ? ""
                    : " (" + count + " such requests since the last line)"));
    }

    /** Requests were refused because too many waited. */
    void dropped(long requests) {
        long count = dropped.count(requests, environment.clock().nanos());
        if (count > 0)
            environment.log().warn("JetStream refused " + count + " requests because too many waited");
    }
}
