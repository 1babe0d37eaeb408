package io.jnatsd.junit;

import io.jnatsd.NatsServer;
import io.jnatsd.NatsServerBuilder;
import java.lang.reflect.Executable;
import java.lang.reflect.Parameter;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Store;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolutionException;
import org.junit.platform.commons.support.AnnotationSupport;

/** A parameter of a test, a lifecycle method or a constructor that is about servers. */
record ServerParameter(ParameterContext parameter, ExtensionContext context) {
    private static final String CONNECTION = "io.nats.client.Connection";

    /** A connection that is stored with a context, and not found from those within it. */
    private record ConnectionKey(String context, int node, NatsLogin login) {
    }

    /** Returns whether the parameter is one of these; {@link #resolve} may still fail, and then says why. */
    boolean isSupported() {
        if (has(NatsUrl.class) || has(NatsNode.class) || has(NatsLogin.class))
            return true;
        // With another annotation, such as @Autowired or @Mock, it belongs to the extension that has this annotation.
        Class<?> type = parameter.getParameter().getType();
        return parameter.getParameter().getAnnotations().length == 0 && (type == NatsServer.class
                || type == NatsServer[].class || type == NatsServerBuilder.class || isList() || isConnection());
    }

    private boolean has(Class<? extends java.lang.annotation.Annotation> annotation) {
        return parameter.isAnnotated(annotation);
    }

    private boolean isList() {
        Type type = parameter.getParameter().getParameterizedType();
        return type instanceof ParameterizedType generic && generic.getRawType() == List.class
                && generic.getActualTypeArguments()[0] == NatsServer.class;
    }

    private boolean isConnection() {
        return parameter.getParameter().getType().getName().equals(CONNECTION);
    }

    /**
     * Returns the argument.
     *
     * @param store of the context
     * @throws ParameterResolutionException if there is none; the message says what to write instead
     */
    Object resolve(TestServers servers, Store store) {
        Class<?> type = parameter.getParameter().getType();
        if (has(NatsUrl.class))
            return url(type, node(servers));
        if (isConnection())
            return connection(servers, store);
        if (has(NatsLogin.class))
            throw wrong("@NatsLogin belongs to a Connection, or to @NatsUrl");
        if (type == NatsServer.class)
            return node(servers);
        if (has(NatsNode.class))
            throw wrong("@NatsNode belongs to a NatsServer, a Connection, or @NatsUrl");
        if (isList())
            return servers.all();
        throw wrong(type == NatsServerBuilder.class
                ? "the server runs already; settings belong into a static method with @NatsSettings, or use"
                        + " NatsServer.reload"
                : "write List<NatsServer>");
    }

    ParameterResolutionException wrong(String what) {
        Parameter p = parameter.getParameter();
        Executable of = parameter.getDeclaringExecutable();
        return new ParameterResolutionException("parameter " + p.getType().getSimpleName() + " " + p.getName() + " of "
                + of.getDeclaringClass().getName() + "." + of.getName() + ": " + what);
    }

    private NatsServer node(TestServers servers) {
        return servers.all().get(number(servers));
    }

    private int number(TestServers servers) {
        int number = parameter.findAnnotation(NatsNode.class).map(NatsNode::value).orElse(0);
        int count = servers.all().size();
        if (number < 0 || number >= count)
            throw wrong("there is no server " + number + (count == 1
                    ? ", only server 0; @NatsTest(servers = 2) starts two" : ", only 0 to " + (count - 1)));
        return number;
    }

    private Object url(Class<?> type, NatsServer server) {
        NatsLogin login = login();
        String url = login == null ? server.url() : server.url(login.user(), login.password());
        if (type == String.class)
            return url;
        if (type == URI.class)
            return URI.create(url);
        throw wrong("@NatsUrl belongs to a String or a java.net.URI");
    }

    private Object connection(TestServers servers, Store store) {
        NatsLogin login = login();
        int node = number(servers);
        ConnectionKey key = new ConnectionKey(context.getUniqueId(), node, login);
        TestConnection connection = store.get(key, TestConnection.class);
        if (connection == null) {
            connection = TestConnection.open(servers.all().get(node).url(), login, context);
            store.put(key, connection);
        }
        return connection.connection();
    }

    private NatsLogin login() {
        Optional<NatsLogin> login = parameter.findAnnotation(NatsLogin.class)
                .or(() -> AnnotationSupport.findAnnotation(parameter.getDeclaringExecutable(), NatsLogin.class))
                .or(() -> AnnotationSupport.findAnnotation(context.getTestMethod(), NatsLogin.class));
        Class<?> type = context.getRequiredTestClass();
        while (type != null && login.isEmpty()) {
            login = AnnotationSupport.findAnnotation(type, NatsLogin.class);
            type = AnnotationSupport.isAnnotated(type, Nested.class) ? type.getEnclosingClass() : null;
        }
        return login.orElse(null);
    }
}
