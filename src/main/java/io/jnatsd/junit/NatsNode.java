package io.jnatsd.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Says which of several servers a parameter of a test is about.
 *
 * <pre>{@code
 * @Test
 * @NatsTest(cluster = 3)
 * void aMessageCrossesTheCluster(@NatsNode(0) Connection publisher, @NatsNode(2) Connection subscriber) { ... }
 * }</pre>
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.PARAMETER, ElementType.ANNOTATION_TYPE})
public @interface NatsNode {
    /**
     * Returns the number of the server.
     *
     * @return 0 for the first
     */
    int value();
}
