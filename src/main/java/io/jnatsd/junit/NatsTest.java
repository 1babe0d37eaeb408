package io.jnatsd.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Gives tests a NATS server that runs in this JVM, on the loopback address and any free port.
 *
 * <pre>{@code
 * @NatsTest(configText = "max_payload: 1KB")
 * class LimitTest {
 *     @Test
 *     void aLargePayloadIsRefused(NatsServer server, Connection nats) { ... }
 * }
 * }</pre>
 *
 * <p><b>Parameters.</b> Test methods, lifecycle methods ({@code @BeforeEach}, {@code @BeforeAll}, {@code @AfterEach},
 * {@code @AfterAll}) and constructors may have these parameters:
 * <ul>
 * <li>{@link io.jnatsd.NatsServer}, the server; of several servers the first, or the one of {@link NatsNode};
 * <li>{@code List<NatsServer>}, all servers;
 * <li>{@code String} or {@link java.net.URI} with {@link NatsUrl}, the URL for clients;
 * <li>{@code io.nats.client.Connection} of jnats, connected. All such parameters of one test, its {@code @BeforeEach}
 * and {@code @AfterEach} methods included, get the same connection, unless they differ in their {@link NatsNode} or
 * {@link NatsLogin}. It is closed after the test; that of a constructor, {@code @BeforeAll} or {@code @AfterAll} method
 * after the last test of the class.
 * </ul>
 * A parameter with the annotation of another extension, such as Spring's {@code @Autowired}, is left to that one.
 *
 * <p><b>Scope.</b> On a class, the server starts before {@code @BeforeAll}, and is closed after {@code @AfterAll}; with
 * {@link #perMethod} there is one for each test, each repetition and each set of arguments. On a method, it is for this
 * method alone, which has no part in the server of the class. A {@code @Nested} class uses the servers of the class
 * around it unless it has an annotation of its own. Subclasses inherit the annotation; each has its own server, and so
 * has each invocation of a {@code @ParameterizedClass}. Tests may run in parallel; those of one class share its server.
 *
 * <p><b>Settings</b> that are not in the configuration come from a {@link NatsSettings} method of the test class.
 *
 * <p><b>Log.</b> The log of the server is kept in memory. If a test fails, the last lines that were logged during the
 * test, 32 KB at most, are in its stack trace, as a suppressed exception. (Maven's surefire shows it unless
 * {@code trimStackTrace} is set.) Nothing else is shown, unless the settings send the log elsewhere.
 *
 * <p>A server that cannot be started fails the class, or the method, with {@link io.jnatsd.NatsServerException}.
 */
@Documented
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.METHOD})
@ExtendWith(NatsExtension.class)
public @interface NatsTest {
    /**
     * Names a configuration file: a resource of the class path, from the package of the test class or from the root, or
     * else a file. If the test class is in a module, a package with resources must be open to {@code io.jnatsd}.
     *
     * @return the name; empty for none
     */
    String config() default "";

    /**
     * Gives the text of a configuration file instead.
     *
     * @return the text; empty for none
     */
    String configText() default "";

    /**
     * Sets the number of servers, which know nothing of each other.
     *
     * @return 1 or more
     */
    int servers() default 1;

    /**
     * Sets the number of servers that form a cluster. Each has a route to each other one before the first test begins.
     *
     * @return 1 or more; 0, the default, for no cluster
     */
    int cluster() default 0;

    /**
     * Has each test of the class start its own server. It takes some milliseconds.
     *
     * @return false for one server for the class
     */
    boolean perMethod() default false;
}
