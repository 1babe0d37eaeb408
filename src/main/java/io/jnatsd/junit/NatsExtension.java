package io.jnatsd.junit;

import io.jnatsd.NatsServer;
import io.jnatsd.NatsServerBuilder;
import java.lang.reflect.Constructor;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.DynamicTestInvocationContext;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;
import org.opentest4j.TestAbortedException;

/**
 * The extension behind {@link NatsTest}. In a field, it starts servers that are set by the program:
 *
 * <pre>{@code
 * @RegisterExtension
 * static final NatsExtension nats = NatsExtension.of(server -> server.user("joe", "secret"));
 *
 * @Test
 * void joeLogsIn() throws Exception {
 *     Nats.connect(nats.server().url("joe", "secret")).close();
 * }
 * }</pre>
 *
 * <p>In a static field, the servers run for the class, its {@code @Nested} classes included. In an instance field, they
 * run for one test; with {@code @TestInstance(PER_CLASS)} for the class. Parameters and logs are as with
 * {@link NatsTest}. With several such fields, parameters are ambiguous; use {@link #server()} instead.
 *
 * <p>Threads: any thread.
 */
public final class NatsExtension
        implements BeforeAllCallback, AfterAllCallback, BeforeEachCallback, AfterEachCallback, ParameterResolver,
        InvocationInterceptor {
    /** Null to follow the annotations. */
    private final ServerPlan fixed;
    /** Each object has its own servers. */
    private final Namespace namespace = Namespace.create(NatsExtension.class, this);
    /** What this object has started; several run at once only if classes or tests run in parallel. */
    private final List<TestServers> started = new CopyOnWriteArrayList<>();

    /** The keys of what is stored with a context. */
    private enum Key { SERVERS, MARK }

    /** How many lines the logs of servers that already ran had when a test began. */
    private record Mark(List<Long> lines) {
    }

    /** Creates an extension that follows the {@link NatsTest} annotation, or else starts one server for the class. */
    public NatsExtension() {
        this(null);
    }

    private NatsExtension(ServerPlan fixed) {
        this.fixed = fixed;
    }

    /**
     * Returns an extension for one server.
     *
     * @param settings called before the server starts
     * @return for a field with {@code @RegisterExtension}
     */
    public static NatsExtension of(Consumer<NatsServerBuilder> settings) {
        return new NatsExtension(new ServerPlan(1, false, Objects.requireNonNull(settings, "settings")));
    }

    /**
     * Returns an extension for several servers, which know nothing of each other.
     *
     * @param count 1 or more
     * @param settings called for each server before it starts
     * @return for a field with {@code @RegisterExtension}
     */
    public static NatsExtension servers(int count, Consumer<NatsServerBuilder> settings) {
        return new NatsExtension(new ServerPlan(count, false, Objects.requireNonNull(settings, "settings")));
    }

    /**
     * Returns an extension for a cluster. Each server has a route to each other one before the first test begins.
     *
     * @param count 1 or more
     * @param settings called for each server before it starts
     * @return for a field with {@code @RegisterExtension}
     */
    public static NatsExtension cluster(int count, Consumer<NatsServerBuilder> settings) {
        return new NatsExtension(new ServerPlan(count, true, Objects.requireNonNull(settings, "settings")));
    }

    /**
     * Returns the server, of several the first.
     *
     * @return a running server, unless the test has closed it
     * @throws IllegalStateException before {@code @BeforeAll} and after {@code @AfterAll} (in an instance field:
     *         {@code @BeforeEach} and {@code @AfterEach}), and if several classes use this extension in parallel
     */
    public NatsServer server() {
        return servers().get(0);
    }

    /**
     * Returns all servers.
     *
     * @return in the order of their start
     * @throws IllegalStateException as {@link #server()}
     */
    public List<NatsServer> servers() {
        List<TestServers> current = started.stream().filter(servers -> !servers.isClosed()).toList();
        if (current.size() == 1)
            return current.get(0).all();
        throw new IllegalStateException(current.isEmpty()
                ? "no NATS server runs yet, or no longer: those of an extension in a static field run from before"
                        + " @BeforeAll until after @AfterAll, those of one in an instance field for each test"
                : "several test classes use this NatsExtension at the same time; take a parameter of type NatsServer"
                        + " instead");
    }

    /**
     * Returns the URL for clients of the server, of several the first.
     *
     * @return as {@link NatsServer#url()}
     * @throws IllegalStateException as {@link #server()}
     */
    public String url() {
        return server().url();
    }

    // ---- callbacks -------------------------------------------------------------------------------------------

    @Override
    public void beforeAll(ExtensionContext context) {
        Scope scope = scope(context);
        if (!scope.isMissing())
            running(scope);
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        TestServers servers = running(scope(context));
        if (!servers.owner().equals(context.getUniqueId()))
            context.getStore(namespace).put(Key.MARK, new Mark(servers.mark()));
    }

    @Override
    public void afterEach(ExtensionContext context) {
        context.getExecutionException().ifPresent(failure -> addLog(failure, context));
    }

    @Override
    public void afterAll(ExtensionContext context) {
        context.getExecutionException().ifPresent(failure -> addLog(failure, context));
    }

    /** The failure of a constructor, and of a dynamic test, is not known to the callbacks above. */
    @Override
    public <T> T interceptTestClassConstructor(Invocation<T> invocation,
            ReflectiveInvocationContext<Constructor<T>> constructor, ExtensionContext context) throws Throwable {
        return withLog(invocation, context);
    }

    @Override
    public void interceptDynamicTest(Invocation<Void> invocation, DynamicTestInvocationContext test,
            ExtensionContext context) throws Throwable {
        withLog(invocation, context);
    }

    private <T> T withLog(Invocation<T> invocation, ExtensionContext context) throws Throwable {
        try {
            return invocation.proceed();
        } catch (Throwable t) {
            addLog(t, context);
            throw t;
        }
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return new ServerParameter(parameter, context).isSupported();
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        ServerParameter wanted = new ServerParameter(parameter, context);
        Scope scope = scope(context);
        if (scope.isMissing())
            throw wanted.wrong("with @NatsTest(perMethod = true) each test has its own server, so the parameter must be"
                    + " one of the test method, or of a @BeforeEach or @AfterEach method");
        return wanted.resolve(running(scope), context.getStore(namespace));
    }

    private Scope scope(ExtensionContext context) {
        return fixed == null ? Scope.annotated(context) : new Scope(context, false, () -> fixed);
    }

    private TestServers stored(ExtensionContext context) {
        return context.getStore(namespace).get(Key.SERVERS, TestServers.class);
    }

    /** Returns the servers of the scope, and starts them if this has not been done. */
    private TestServers running(Scope scope) {
        TestServers servers = stored(scope.owner());
        String id = scope.owner().getUniqueId();
        if (servers == null || scope.own() && !servers.owner().equals(id)) {
            servers = scope.plan().get().start(id);
            scope.owner().getStore(namespace).put(Key.SERVERS, servers);
            started.removeIf(TestServers::isClosed);
            started.add(servers);
        }
        return servers;
    }

    /** Adds the log to what has made the test or the class fail, once. */
    private void addLog(Throwable failure, ExtensionContext context) {
        TestServers servers = stored(context);
        if (servers == null || failure instanceof TestAbortedException
                || Stream.of(failure.getSuppressed()).anyMatch(NatsServerLog.class::isInstance))
            return;
        Mark mark = context.getStore(namespace).get(Key.MARK, Mark.class);
        NatsServerLog log = servers.logSince(mark == null ? null : mark.lines);
        if (log != null)
            failure.addSuppressed(log);
    }
}
