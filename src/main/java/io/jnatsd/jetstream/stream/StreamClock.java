package io.jnatsd.jetstream.stream;

import java.time.Instant;

/** The time as streams and consumers see it. Threads: any thread. */
public interface StreamClock {
    /** The time of the operating system. */
    StreamClock SYSTEM = new StreamClock() {
        @Override
        public long nanos() {
            return System.nanoTime();
        }

        @Override
        public long wallClock() {
            return Times.nanos(Instant.now());
        }
    };

    /** Returns a time in nanoseconds for deadlines, which never goes back. */
    long nanos();

    /** Returns the time in nanoseconds since 1970. */
    long wallClock();
}
