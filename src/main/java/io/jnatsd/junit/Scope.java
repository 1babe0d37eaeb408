package io.jnatsd.junit;

import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;

/**
 * The servers that a class or a test uses, and the class or the test that they belong to.
 *
 * @param owner the context that the servers are stored with; null if only the tests within have servers
 * @param own false if the owner also uses servers that a context around it has stored
 * @param plan what to start if there are none yet
 */
record Scope(ExtensionContext owner, boolean own, Supplier<ServerPlan> plan) {
    private static final Supplier<ServerPlan> ONE_SERVER = () -> new ServerPlan(1, false, builder -> { });

    /** Follows the annotation that is the nearest: that of the test method, of its class, of the classes around it. */
    static Scope annotated(ExtensionContext context) {
        boolean inTest = context.getTestMethod().isPresent();
        Optional<NatsTest> found = AnnotationSupport.findAnnotation(context.getTestMethod(), NatsTest.class);
        if (found.isPresent())
            return of(context, found.get(), context.getRequiredTestClass());
        for (Optional<ExtensionContext> next = Optional.of(context); next.isPresent(); next = next.get().getParent()) {
            ExtensionContext outer = next.get();
            if (outer.getTestMethod().isPresent())
                continue;
            found = AnnotationSupport.findAnnotation(outer.getTestClass(), NatsTest.class);
            if (found.isPresent()) {
                ExtensionContext owner = !found.get().perMethod() ? outer : inTest ? context : null;
                return of(owner, found.get(), (owner == null ? outer : owner).getRequiredTestClass());
            }
        }
        return new Scope(context, false, ONE_SERVER);
    }

    private static Scope of(ExtensionContext owner, NatsTest test, Class<?> testClass) {
        return new Scope(owner, true, () -> ServerPlan.of(test, testClass));
    }

    /** Returns whether there are no servers here, but in each test. */
    boolean isMissing() {
        return owner == null;
    }
}
