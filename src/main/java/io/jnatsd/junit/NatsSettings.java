package io.jnatsd.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a static method of a test class that sets what the servers of {@link NatsTest} need. It is called for each
 * server before it starts, and counts more than the configuration.
 *
 * <pre>{@code
 * @NatsSettings
 * static void settings(NatsServerBuilder server) {
 *     server.user("joe", "secret").monitoring();
 * }
 * }</pre>
 *
 * <p>The methods of superclasses are called first, and before these, for a {@code @Nested} class, those of the class
 * around it.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface NatsSettings {
}
