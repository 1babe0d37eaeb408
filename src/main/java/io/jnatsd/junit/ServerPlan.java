package io.jnatsd.junit;

import io.jnatsd.NatsServer;
import io.jnatsd.NatsServerBuilder;
import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;

/** The servers that a class or a test wants: how many, and how they are set. */
record ServerPlan(int count, boolean cluster, Consumer<NatsServerBuilder> settings) {
    private static final String CLUSTER = "test";

    ServerPlan {
        if (count < 1)
            throw new IllegalArgumentException("the number of servers must be 1 or more, but is " + count);
    }

    /**
     * Reads the annotation of a class or a method.
     *
     * @throws ExtensionConfigurationException if the annotation or what it refers to is wrong
     */
    static ServerPlan of(NatsTest test, Class<?> testClass) {
        if (!test.config().isEmpty() && !test.configText().isEmpty())
            throw wrong("has both config and configText; a server can have one of them", testClass);
        if (test.cluster() < 0 || test.servers() < 1)
            throw wrong("has a number of servers that is not possible: servers must be 1 or more, cluster 0 (no"
                    + " cluster) or more", testClass);
        if (test.cluster() > 0 && test.servers() > 1)
            throw wrong("has both servers and cluster; cluster = " + test.cluster() + " alone starts a cluster of "
                    + test.cluster(), testClass);
        Consumer<NatsServerBuilder> settings = builder -> { };
        if (!test.configText().isEmpty())
            settings = builder -> builder.configText(test.configText());
        else if (!test.config().isEmpty())
            settings = configuration(test.config(), testClass);
        settings = settings.andThen(builder -> SettingsMethods.apply(testClass, NatsServerBuilder.class, builder));
        return new ServerPlan(Math.max(test.cluster(), test.servers()), test.cluster() > 0, settings);
    }

    private static ExtensionConfigurationException wrong(String what, Class<?> testClass) {
        return new ExtensionConfigurationException("@NatsTest of " + testClass.getName() + " " + what);
    }

    private static Consumer<NatsServerBuilder> configuration(String name, Class<?> testClass) {
        URL resource = null;
        for (Class<?> type = testClass; type != null && resource == null; type = type.getSuperclass())
            resource = type.getResource(name);
        if (resource == null && !name.startsWith("/"))
            resource = testClass.getResource("/" + name);
        Path file = Path.of(name);
        try {
            if (resource != null && resource.getProtocol().equals("file"))
                file = Path.of(resource.toURI());
            else if (resource != null)
                try (InputStream in = resource.openStream()) {
                    String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
                    return builder -> builder.configText(text);
                }
        } catch (IOException | URISyntaxException e) {
            throw new ExtensionConfigurationException(
                    "the configuration " + resource + " cannot be read: " + e.getMessage(), e);
        }
        if (!Files.exists(file))
            throw wrong("has config = \"" + name + "\", but there is neither such a resource on the class path nor a"
                    + " file " + file.toAbsolutePath() + (testClass.getModule().isNamed()
                            ? "; a package with resources must be open to io.jnatsd" : ""), testClass);
        Path found = file;
        return builder -> builder.config(found);
    }

    /** Starts the servers, for the context with the unique id. If one fails, none runs. */
    TestServers start(String owner) {
        List<TestServers.Node> nodes = new ArrayList<>();
        boolean done = false;
        try {
            while (nodes.size() < count)
                nodes.add(startOne(nodes));
            if (cluster)
                nodes.forEach(node -> node.server().awaitClusterOf(count));
            done = true;
            return new TestServers(owner, nodes);
        } finally {
            if (!done)
                nodes.forEach(node -> node.server().close());
        }
    }

    private TestServers.Node startOne(List<TestServers.Node> others) {
        RecentLog log = new RecentLog();
        NatsServerBuilder builder = NatsServer.builder().logTo(log::add);
        if (count > 1)
            builder.name("nats-" + others.size());
        if (cluster) {
            builder.cluster(CLUSTER);
            others.forEach(other -> builder.route(other.server()));
        }
        settings.accept(builder);
        return new TestServers.Node(builder.start(), log);
    }
}
