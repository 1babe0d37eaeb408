package io.jnatsd.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a parameter of type {@code String} or {@link java.net.URI} that gets the URL of the server, with the login of
 * {@link NatsLogin} if there is one.
 *
 * <pre>{@code
 * @Test
 * void theServiceAnswers(@NatsUrl String url) { ... }
 * }</pre>
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.PARAMETER, ElementType.ANNOTATION_TYPE})
public @interface NatsUrl {
}
