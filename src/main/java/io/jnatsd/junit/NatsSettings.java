package io.jnatsd.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a static method of a test class that sets what the servers of {@link NatsTest} need, or the connections of its
 * tests. With a {@link io.jnatsd.NatsServerBuilder} as its parameter, it is called for each server before it starts,
 * and counts more than the configuration. With an {@code Options.Builder} of jnats, it is called for each
 * {@code Connection} that is a parameter, before it connects.
 *
 * <pre>{@code
 * @NatsSettings
 * static void settings(NatsServerBuilder server) {
 *     server.tls(NatsTls.keyStore(keys, password)).monitoring();
 * }
 *
 * @NatsSettings
 * static void options(Options.Builder connection) {
 *     connection.sslContext(contextThatTrustsTheServer);
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
