package io.jnatsd.events;

import jdk.jfr.FlightRecorder;

/**
 * Tells whether an event may be part of a recording. Must be asked before an event of this package is created: the
 * first use of an event class loads and registers it, and the first registration initializes Flight Recorder, which
 * takes about 100 ms. Threads: any thread.
 */
public final class EventRecording {
    private EventRecording() {
    }

    /** Returns false as long as Flight Recorder has not been used in this JVM. It stays true when a recording ends. */
    public static boolean isPossible() {
        return FlightRecorder.isInitialized();
    }
}
