package io.jnatsd.junit;

import io.jnatsd.NatsServerBuilder;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.platform.commons.support.AnnotationSupport;
import org.junit.platform.commons.support.HierarchyTraversalMode;
import org.junit.platform.commons.support.ReflectionSupport;

/** The methods of a test class with {@link NatsSettings}. */
final class SettingsMethods {
    /** By name, because this class works without jnats. */
    private static final String CONNECTION_OPTIONS = "io.nats.client.Options$Builder";

    private SettingsMethods() {
    }

    /**
     * Calls the methods that take such settings.
     *
     * @throws ExtensionConfigurationException if one of the methods cannot be called
     */
    static <T> void apply(Class<?> testClass, Class<T> type, T settings) {
        for (Method method : of(testClass))
            if (takes(method, type.getName()))
                ReflectionSupport.invokeMethod(method, null, settings);
    }

    /** The methods of classes around a nested class come first, those of superclasses before those of subclasses. */
    private static List<Method> of(Class<?> testClass) {
        List<Method> methods = new ArrayList<>();
        if (AnnotationSupport.isAnnotated(testClass, Nested.class) && testClass.getEnclosingClass() != null)
            methods.addAll(of(testClass.getEnclosingClass()));
        for (Method method : AnnotationSupport.findAnnotatedMethods(testClass, NatsSettings.class,
                HierarchyTraversalMode.TOP_DOWN)) {
            if (!Modifier.isStatic(method.getModifiers())
                    || !takes(method, NatsServerBuilder.class.getName()) && !takes(method, CONNECTION_OPTIONS))
                throw new ExtensionConfigurationException("the @NatsSettings method " + method.getName() + " of "
                        + method.getDeclaringClass().getName() + " must be static and take a NatsServerBuilder, or an"
                        + " Options.Builder of jnats: static void settings(NatsServerBuilder server)");
            methods.add(method);
        }
        return methods;
    }

    private static boolean takes(Method method, String type) {
        return method.getParameterCount() == 1 && method.getParameterTypes()[0].getName().equals(type);
    }
}
