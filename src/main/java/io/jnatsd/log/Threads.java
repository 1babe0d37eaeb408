package io.jnatsd.log;

import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Starts the threads of one server. Whatever a thread throws, Errors included, is caught here and logged with its
 * trace: it ends what the thread was about and nothing else.
 *
 * <p>Threads: any thread may call all methods.
 */
public final class Threads {
    /** Frames of a stack trace that are logged. */
    private static final int MOST_FRAMES = 30;
    /** The same where the JVM itself is short of something, such as memory. */
    private static final int FEW_FRAMES = 8;
    private static final int MOST_CAUSES = 4;

    /** A class and no lambdas, which would have to be allocated where nothing catches that. */
    private final class Guarded implements Runnable {
        private final LogOrigin from;
        private final String what;
        private final Runnable task;

        Guarded(LogOrigin from, String what, Runnable task) {
            this.from = from;
            this.what = what;
            this.task = task;
        }

        @Override
        public void run() {
            try {
                task.run();
            } catch (Throwable e) {
                failed(from, what, e);
            }
        }
    }

    private final Log log;
    private final AtomicLong outOfMemory = new AtomicLong();

    public Threads(Log log) {
        this.log = log;
    }

    /** Something to run that may throw anything. */
    public interface Task {
        void run() throws Throwable;
    }

    /**
     * Runs a task on a virtual thread of its own. Throws nothing.
     *
     * @return false if the thread could not be started, which is then in the log
     */
    public boolean start(String name, Runnable task) {
        return start(null, name, task);
    }

    /** The same for a task of a connection, which the log names. */
    public boolean start(LogOrigin from, String name, Runnable task) {
        try {
            Thread.ofVirtual().name(name).start(new Guarded(from, name, task));
            return true;
        } catch (Throwable e) {
            failed(from, name, e);
            return false;
        }
    }

    /** The same on a daemon platform thread, for a task that would keep a virtual thread on its carrier. */
    public boolean startPlatform(String name, Runnable task) {
        try {
            Thread.ofPlatform().daemon().name(name).start(new Guarded(null, name, task));
            return true;
        } catch (Throwable e) {
            failed(null, name, e);
            return false;
        }
    }

    /** A task that throws nothing, for who runs it again and again; it needs no memory of its own. */
    public Runnable guarded(String what, Runnable task) {
        return new Guarded(null, what, task);
    }

    /** Runs each task on a virtual thread of its own; {@link Executor#execute} throws nothing. */
    public Executor executor(String name) {
        return task -> start(name, task);
    }

    /**
     * Runs a task on this thread. Throws nothing.
     *
     * @return false if the task has thrown something, which is then in the log
     */
    public boolean run(LogOrigin from, String what, Task task) {
        try {
            task.run();
            return true;
        } catch (Throwable e) {
            failed(from, what, e);
            return false;
        }
    }

    /**
     * Logs what a task has thrown, with its trace. Throws nothing, also where there is no memory for the line; the
     * caller has ended what the task was about before.
     */
    public void failed(LogOrigin from, String what, Throwable e) {
        try {
            if (e instanceof OutOfMemoryError)
                outOfMemory.incrementAndGet();
            log.error(from, text(what, e));
        } catch (Throwable again) {
            lost(again);
        }
    }

    private void lost(Throwable again) {
        if (again instanceof OutOfMemoryError)
            outOfMemory.incrementAndGet();
        log.lineLost();
    }

    /** How many OutOfMemoryErrors have been caught. */
    public long outOfMemory() {
        return outOfMemory.get();
    }

    /** On one line, since each line of a log is an entry to most who read it. A trace may be missing. */
    static String text(String what, Throwable e) {
        StringBuilder text = new StringBuilder(512).append("Internal error in ").append(what).append(": ").append(e);
        int frames = e instanceof VirtualMachineError ? FEW_FRAMES : MOST_FRAMES, causes = 0;
        appendTrace(text, e, frames);
        for (Throwable cause = e.getCause(); cause != null && causes < MOST_CAUSES; cause = cause.getCause()) {
            causes++;
            appendTrace(text.append(", caused by ").append(cause), cause, frames);
        }
        return text.toString();
    }

    private static void appendTrace(StringBuilder text, Throwable e, int most) {
        StackTraceElement[] trace = e.getStackTrace();
        for (int i = 0; i < trace.length && i < most; i++)
            text.append(" at ").append(trace[i]);
        if (trace.length > most)
            text.append(" and ").append(trace.length - most).append(" more");
    }
}
