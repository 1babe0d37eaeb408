package io.jnatsd.junit;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.TestExecutionResult.Status;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.engine.reporting.ReportEntry;
import org.junit.platform.launcher.LauncherConstants;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherConfig;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** A run of a test class within a test: how its tests and classes ended, by name, and what they reported. */
final class TestRun implements TestExecutionListener {
    private final List<Ended> ended = new CopyOnWriteArrayList<>();
    private final List<String> reported = new CopyOnWriteArrayList<>();

    private record Ended(TestIdentifier test, TestExecutionResult result) {
    }

    /** Runs the class, its tests one after the other. */
    static TestRun of(Class<?> testClass) {
        return of(Map.of("junit.jupiter.execution.parallel.enabled", "false"), testClass);
    }

    /** Runs the classes and their tests at the same time. */
    static TestRun parallel(int threads, Class<?>... testClasses) {
        return of(Map.of("junit.jupiter.execution.parallel.enabled", "true",
                "junit.jupiter.execution.parallel.mode.default", "concurrent",
                "junit.jupiter.execution.parallel.config.strategy", "fixed",
                "junit.jupiter.execution.parallel.config.fixed.parallelism", Integer.toString(threads)), testClasses);
    }

    private static TestRun of(Map<String, String> parameters, Class<?>... testClasses) {
        TestRun run = new TestRun();
        LauncherConfig plain = LauncherConfig.builder().enableTestExecutionListenerAutoRegistration(false)
                .enableLauncherSessionListenerAutoRegistration(false).build();
        LauncherFactory.create(plain).execute(LauncherDiscoveryRequestBuilder.request()
                .selectors(Stream.of(testClasses).map(DiscoverySelectors::selectClass).toList())
                .configurationParameter(LauncherConstants.STACKTRACE_PRUNING_ENABLED_PROPERTY_NAME, "false")
                .configurationParameters(parameters).build(), run);
        return run;
    }

    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
        ended.add(new Ended(test, result));
    }

    @Override
    public void reportingEntryPublished(TestIdentifier test, ReportEntry entry) {
        reported.addAll(entry.getKeyValuePairs().values());
    }

    /** Returns what the tests have published, in order. */
    List<String> reported() {
        return reported;
    }

    /** Returns how many tests have passed. */
    long passed() {
        return ended.stream().filter(end -> end.test.isTest() && end.result.getStatus() == Status.SUCCESSFUL).count();
    }

    /** Throws what made a test or a class fail, if one did. */
    TestRun assertPassed() throws Exception {
        for (Ended end : ended)
            if (end.result.getStatus() != Status.SUCCESSFUL)
                throw new AssertionError(end.toString(), end.result.getThrowable().orElse(null));
        return this;
    }

    /** Returns why a test or a class has failed, or was aborted. */
    Throwable failure(String name) {
        return ended.stream().filter(end -> end.test.getDisplayName().equals(name))
                .map(end -> end.result.getThrowable().orElseThrow()).findFirst()
                .orElseThrow(() -> new NoSuchElementException(name + " is not in " + ended));
    }

    /** Returns the stack trace as build tools print it. */
    String stackTrace(String name) {
        StringWriter text = new StringWriter();
        failure(name).printStackTrace(new PrintWriter(text));
        return text.toString();
    }
}
