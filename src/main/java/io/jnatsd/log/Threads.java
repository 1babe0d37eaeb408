package io.jnatsd.log;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Starts the threads of one server. Every Throwable of a task, Errors included, is caught here and logged with its
 * stack trace. It ends only the task.
 */
public final class Threads {
    /** The most frames of a stack trace that are logged. */
    private static final int MOST_FRAMES = 30;
    /** The same for an error of the JVM, such as a lack of memory. */
    private static final int FEW_FRAMES = 8;
    private static final int MOST_CAUSES = 4;

    /** A class instead of a lambda, because a lambda is allocated where no handler would catch an OutOfMemoryError. */
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
                runListed(task);
            } catch (Throwable e) {
                failed(from, what, e);
            }
        }
    }

    private final Log log;
    private final AtomicLong outOfMemory = new AtomicLong();
    /** The virtual threads that run now, which the JVM does not list. */
    private final Set<Thread> virtual = ConcurrentHashMap.newKeySet();

    public Threads(Log log) {
        this.log = log;
    }

    /** Runs a task; a virtual thread that runs one is in {@link #virtual} meanwhile. */
    public void runListed(Runnable task) {
        Thread current = Thread.currentThread();
        if (!current.isVirtual()) {
            task.run();
            return;
        }
        list(current);
        try {
            task.run();
        } finally {
            virtual.remove(current);
        }
    }

    /** The task matters more than the list. */
    private void list(Thread current) {
        try {
            virtual.add(current);
        } catch (OutOfMemoryError e) {
            outOfMemory.incrementAndGet();
        }
    }

    /** Returns the virtual threads that run now. */
    public List<Thread> virtual() {
        return List.copyOf(virtual);
    }

    /** A task that may throw anything. */
    public interface Task {
        void run() throws Throwable;
    }

    /**
     * Runs a task on a virtual thread of its own. Throws nothing.
     *
     * @return false if the thread could not be started, which is then logged
     */
    public boolean start(String name, Runnable task) {
        return start(null, name, task);
    }

    /** Does the same for a task of a connection, which the log line names. */
    public boolean start(LogOrigin from, String name, Runnable task) {
        try {
            Thread.ofVirtual().name(name).start(new Guarded(from, name, task));
            return true;
        } catch (Throwable e) {
            failed(from, name, e);
            return false;
        }
    }

    /** Runs a task on a daemon platform thread, for a task that would block the carrier of a virtual thread. */
    public boolean startPlatform(String name, Runnable task) {
        try {
            Thread.ofPlatform().daemon().name(name).start(new Guarded(null, name, task));
            return true;
        } catch (Throwable e) {
            failed(null, name, e);
            return false;
        }
    }

    /** Returns a task that throws nothing and can be run repeatedly without an allocation. */
    public Runnable guarded(String what, Runnable task) {
        return new Guarded(null, what, task);
    }

    /**
     * Returns an executor that runs each task on a virtual thread of its own; {@link Executor#execute} throws nothing.
     */
    public Executor executor(String name) {
        return task -> start(name, task);
    }

    /**
     * Runs a task on this thread. Throws nothing.
     *
     * @return false if the task has thrown something, which is then logged
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
     * Logs a Throwable of a task with its stack trace. Throws nothing, even if there is no memory for the line. The
     * caller must have cleaned up after the task before.
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

    /** Returns how many OutOfMemoryErrors have been caught. */
    public long outOfMemory() {
        return outOfMemory.get();
    }

    /**
     * Formats everything on one line, because most log readers treat each line as an entry. A stack trace may be
     * missing.
     */
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
