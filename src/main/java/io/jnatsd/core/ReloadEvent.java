package io.jnatsd.core;

import jdk.jfr.Category;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** For Flight Recorder: the configuration was loaded anew, or could not be. Threads: made and committed by one. */
@Name("jnatsd.Reload")
@Label("Configuration Reload")
@Category("jnatsd")
@StackTrace(false)
public final class ReloadEvent extends Event {
    @Label("Succeeded")
    private boolean succeeded;
    /** The reload begins now; committed without more, it has failed. */
    public ReloadEvent() {
        begin();
    }

    /** Everything went well. */
    public void succeeded() {
        succeeded = true;
    }
}
