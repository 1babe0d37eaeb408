package io.jnatsd.events;

import jdk.jfr.FlightRecorder;

/**
 * Whether an event can be part of a recording. Ask before an event of this package is created: the first use of an
 * event class loads and registers it, and the first registration initializes Flight Recorder, which takes a fresh server
 * about 100 ms. Threads: any thread.
 */
public final class EventRecording {
    private EventRecording() {
    }

    /** False as long as nobody has used Flight Recorder in this JVM. It stays true when a recording ends. */
    public static boolean isPossible() {
        return FlightRecorder.isInitialized();
    }
}
