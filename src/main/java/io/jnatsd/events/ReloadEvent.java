package io.jnatsd.events;

import jdk.jfr.Category;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** Flight Recorder event: the configuration was reloaded, or the reload failed. Threads: created and committed by one thread. */
@Name("jnatsd.Reload")
@Label("Configuration Reload")
@Category("jnatsd")
@StackTrace(false)
public final class ReloadEvent extends Event {
    @Label("Succeeded")
    private boolean succeeded;

    /** Creates the event at the begin of a reload. Without a call of {@link #succeeded} it records a failure. */
    public ReloadEvent() {
        begin();
    }

    /** Records that the new options are in force. */
    public void succeeded() {
        succeeded = true;
    }
}
