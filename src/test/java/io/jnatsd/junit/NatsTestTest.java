package io.jnatsd.junit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jnatsd.NatsServer;
import io.jnatsd.NatsServerBuilder;
import io.jnatsd.NatsTls;
import io.jnatsd.tls.TestCerts;
import io.nats.client.Connection;
import io.nats.client.Connection.Status;
import io.nats.client.Nats;
import io.nats.client.Options;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.net.URI;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Classes and methods with {@link NatsTest}: which servers and connections they get, and when these are closed. */
class NatsTestTest {
    private static void exchange(Connection publisher, Connection subscriber) throws Exception {
        var subscription = subscriber.subscribe("a");
        subscriber.flush(Duration.ofSeconds(10));
        publisher.publish("a", new byte[3]);
        assertEquals(3, subscription.nextMessage(Duration.ofSeconds(10)).getData().length);
    }

    private static int distinct(List<?> values) {
        return new HashSet<>(values).size();
    }

    @NatsTest
    static class EveryParameter {
        static final List<NatsServer> SERVERS = new CopyOnWriteArrayList<>();
        static final List<Connection> CONNECTIONS = new CopyOnWriteArrayList<>();
        private final NatsServer server;
        private Connection first;

        EveryParameter(NatsServer server) {
            this.server = server;
        }

        @BeforeAll
        static void before(NatsServer server, Connection connection) {
            assertTrue(server.isRunning());
            SERVERS.add(server);
            CONNECTIONS.add(connection);
        }

        @BeforeEach
        void before(Connection connection) {
            first = connection;
            CONNECTIONS.add(connection);
        }

        @Test
        void one(NatsServer server, List<NatsServer> servers, @NatsUrl String url, @NatsUrl URI uri,
                Connection connection) throws Exception {
            assertSame(this.server, server);
            assertSame(SERVERS.get(0), server);
            assertEquals(List.of(server), servers);
            assertEquals(server.url(), url);
            assertEquals(URI.create(url), uri);
            assertSame(first, connection);
            exchange(connection, connection);
        }

        @Test
        void two(NatsServer server, Connection connection) {
            assertSame(SERVERS.get(0), server);
            assertSame(first, connection);
            assertEquals("EveryParameter.two", connection.getOptions().getConnectionName());
        }

        @AfterEach
        void after(Connection connection) {
            assertSame(first, connection);
            assertEquals(Status.CONNECTED, connection.getStatus());
        }

        @AfterAll
        static void after(NatsServer server, Connection connection) {
            assertTrue(server.isRunning());
            assertSame(CONNECTIONS.get(0), connection);
            assertEquals(List.of(Status.CONNECTED, Status.CLOSED, Status.CLOSED),
                    CONNECTIONS.stream().map(Connection::getStatus).toList());
        }
    }

    @Test
    void aClassHasOneServerAndEachTestAConnection() throws Exception {
        TestRun.of(EveryParameter.class).assertPassed();
        assertFalse(EveryParameter.SERVERS.get(0).isRunning());
        assertEquals(3, distinct(EveryParameter.CONNECTIONS));
        EveryParameter.CONNECTIONS.forEach(connection -> assertEquals(Status.CLOSED, connection.getStatus()));
    }

    @NatsTest(perMethod = true)
    static class PerMethod {
        static final List<NatsServer> SERVERS = new CopyOnWriteArrayList<>();
        private NatsServer before;

        @BeforeEach
        void before(NatsServer server) {
            assertTrue(SERVERS.stream().noneMatch(NatsServer::isRunning));
            before = server;
            SERVERS.add(server);
        }

        @Test
        void once(NatsServer server) {
            assertSame(before, server);
        }

        @RepeatedTest(2)
        void repeated(NatsServer server) {
            assertSame(before, server);
        }

        @ParameterizedTest
        @ValueSource(strings = {"a", "b"})
        void parameterized(String subject, NatsServer server, Connection connection) {
            assertSame(before, server);
            assertEquals(server.url(), connection.getConnectedUrl());
        }

        @Nested
        class Inner {
            @Test
            void nested(NatsServer server) {
                assertSame(before, server);
            }
        }
    }

    @Test
    void perMethodEachTestRepetitionAndSetOfArgumentsHasItsOwnServer() throws Exception {
        TestRun.of(PerMethod.class).assertPassed();
        assertEquals(6, distinct(PerMethod.SERVERS));
        PerMethod.SERVERS.forEach(server -> assertFalse(server.isRunning()));
    }

    @NatsTest
    static class ManyInvocations {
        @RepeatedTest(2)
        void repeated(@NatsUrl String url, TestReporter reporter) {
            reporter.publishEntry(url);
        }

        @ParameterizedTest
        @ValueSource(ints = {1, 2})
        void parameterized(int argument, @NatsUrl String url, TestReporter reporter) {
            reporter.publishEntry(url);
        }

        @TestFactory
        List<DynamicTest> dynamic(NatsServer server, Connection connection, TestReporter reporter) {
            return List.of(DynamicTest.dynamicTest("one", () -> {
                exchange(connection, connection);
                reporter.publishEntry(server.url());
            }));
        }
    }

    @Test
    void repetitionsArgumentsAndDynamicTestsShareTheServerOfTheClass() throws Exception {
        List<String> urls = TestRun.of(ManyInvocations.class).assertPassed().reported();
        assertEquals(5, urls.size());
        assertEquals(1, distinct(urls));
    }

    static class OnMethods {
        static final List<NatsServer> SERVERS = new CopyOnWriteArrayList<>();

        @Test
        @NatsTest(configText = "max_payload: 100")
        void one(NatsServer server, Connection connection) {
            SERVERS.add(server);
            assertEquals(100, connection.getMaxPayload());
        }

        @Test
        @NatsTest(configText = "max_payload: 200")
        void two(NatsServer server, Connection connection) {
            SERVERS.add(server);
            assertEquals(200, connection.getMaxPayload());
        }

        @Test
        void none() {
        }
    }

    @Test
    void aMethodMayHaveAServerOfItsOwn() throws Exception {
        TestRun.of(OnMethods.class).assertPassed();
        assertEquals(2, distinct(OnMethods.SERVERS));
        OnMethods.SERVERS.forEach(server -> assertFalse(server.isRunning()));
    }

    @NatsTest(configText = "max_payload: 100")
    static class MethodInClass {
        private int most;

        @BeforeEach
        void before(Connection connection) {
            most = (int) connection.getMaxPayload();
        }

        @Test
        void ofTheClass(Connection connection) {
            assertEquals(100, connection.getMaxPayload());
            assertEquals(100, most);
        }

        @Test
        @NatsTest(configText = "max_payload: 200")
        void ofTheMethod(Connection connection) {
            assertEquals(200, connection.getMaxPayload());
            assertEquals(200, most);
        }
    }

    @Test
    void theAnnotationOfTheMethodCountsMoreThanThatOfTheClass() throws Exception {
        TestRun.of(MethodInClass.class).assertPassed();
    }

    @NatsTest
    static class Outer {
        static final List<NatsServer> SERVERS = new CopyOnWriteArrayList<>();

        @BeforeAll
        static void before(NatsServer server) {
            SERVERS.add(server);
        }

        @Test
        void outer(NatsServer server) {
            assertSame(SERVERS.get(0), server);
        }

        @Nested
        class Same {
            @Test
            void nested(NatsServer server, Connection connection) {
                assertSame(SERVERS.get(0), server);
                assertEquals(server.url(), connection.getConnectedUrl());
            }
        }

        @Nested
        @NatsTest(configText = "max_payload: 100")
        class Own {
            @Test
            void nested(NatsServer server, Connection connection) {
                assertNotSame(SERVERS.get(0), server);
                assertTrue(SERVERS.get(0).isRunning());
                assertEquals(100, connection.getMaxPayload());
                SERVERS.add(server);
            }

            @Nested
            class Deeper {
                @Test
                void deeper(Connection connection) {
                    assertEquals(100, connection.getMaxPayload());
                }
            }
        }
    }

    @Test
    void aNestedClassUsesTheServerAroundItUnlessItHasItsOwn() throws Exception {
        assertEquals(4, TestRun.of(Outer.class).assertPassed().passed());
        assertEquals(2, distinct(Outer.SERVERS));
        Outer.SERVERS.forEach(server -> assertFalse(server.isRunning()));
    }

    @NatsTest(configText = "max_payload: 100")
    abstract static class Parent {
        @NatsSettings
        private static void settings(NatsServerBuilder server) {
            server.name("parent").maxConnections(10);
        }

        @Test
        void limits(Connection connection, TestReporter reporter) {
            assertEquals(100, connection.getMaxPayload());
            reporter.publishEntry(connection.getServerInfo().getServerName());
        }
    }

    static class Child extends Parent {
    }

    static class ChildWithSettings extends Parent {
        @NatsSettings
        static void moreSettings(NatsServerBuilder server) {
            server.name("child");
        }
    }

    @Test
    void subclassesInheritTheAnnotationAndTheSettings() throws Exception {
        assertEquals(List.of("parent"), TestRun.of(Child.class).assertPassed().reported());
        assertEquals(List.of("child"), TestRun.of(ChildWithSettings.class).assertPassed().reported());
    }

    @NatsTest(configText = "authorization { users: [{user: joe, password: secret}, {user: ann, password: a/b}] }")
    @NatsLogin(user = "joe", password = "secret")
    static class Logins {
        @Test
        void ofTheClass(@NatsUrl String url, NatsServer server) throws Exception {
            assertEquals(server.url("joe", "secret"), url);
            Nats.connect(url).close();
        }

        @Test
        void ofTheParameter(Connection joe, @NatsLogin(user = "ann", password = "a/b") Connection ann,
                @NatsLogin(user = "ann", password = "a/b") @NatsUrl String url) throws Exception {
            assertNotSame(joe, ann);
            exchange(joe, ann);
            Nats.connect(url).close();
        }

        @Test
        @NatsLogin(user = "ann", password = "a/b")
        void ofTheMethod(@NatsUrl String url, NatsServer server) {
            assertEquals(server.url("ann", "a/b"), url);
        }

        @Nested
        class Inner {
            @Test
            void ofTheClassAround(Connection connection) throws Exception {
                exchange(connection, connection);
            }
        }
    }

    @Test
    void connectionsAndUrlsLogIn() throws Exception {
        TestRun.of(Logins.class).assertPassed();
    }

    @Retention(RetentionPolicy.RUNTIME)
    @interface Foreign {
    }

    static class ForeignResolver implements ParameterResolver {
        @Override
        public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
            return parameter.isAnnotated(Foreign.class);
        }

        @Override
        public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
            return null;
        }
    }

    @NatsTest
    @ExtendWith(ForeignResolver.class)
    static class ForeignAnnotations {
        @Test
        void both(@Foreign Connection foreign, Connection own) {
            assertNull(foreign);
            assertEquals(Status.CONNECTED, own.getStatus());
        }
    }

    @Test
    void aParameterWithTheAnnotationOfAnotherExtensionIsLeftToIt() throws Exception {
        TestRun.of(ForeignAnnotations.class).assertPassed();
    }

    @NatsTest
    static class ConnectionOptions {
        @NatsSettings
        static void settings(NatsServerBuilder server) throws Exception {
            String password = "secret";
            server.tls(NatsTls.keyStore(TestCerts.keyStore("server-cert.pem", "server-key.pem", password),
                    password.toCharArray()));
        }

        @NatsSettings
        static void options(Options.Builder connection) throws Exception {
            connection.sslContext(TestCerts.client("ca.pem"));
        }

        @Nested
        class Inner {
            @NatsSettings
            static void options(Options.Builder connection) {
                connection.connectionName("inner");
            }

            @Test
            void tls(Connection connection, NatsServer server) throws Exception {
                exchange(connection, connection);
                assertTrue(connection.getServerInfo().isTLSRequired());
                assertEquals("inner", server.clients().get(0).name());
            }
        }
    }

    @Test
    void theClassMaySetTheOptionsOfItsConnections() throws Exception {
        TestRun.of(ConnectionOptions.class).assertPassed();
    }

    @TestInstance(TestInstance.Lifecycle.PER_CLASS)
    @NatsTest
    static class OneInstance {
        private final NatsServer server;
        private final Connection connection;

        OneInstance(NatsServer server, Connection connection) {
            this.server = server;
            this.connection = connection;
        }

        @BeforeAll
        void before(NatsServer server, Connection connection) {
            assertSame(this.server, server);
            assertSame(this.connection, connection);
        }

        @RepeatedTest(2)
        void test(NatsServer server, Connection connection) throws Exception {
            assertSame(this.server, server);
            assertNotSame(this.connection, connection);
            exchange(this.connection, connection);
        }
    }

    @Test
    void anInstanceForTheClassGetsTheServerInItsConstructor() throws Exception {
        TestRun.of(OneInstance.class).assertPassed();
    }

    @NatsTest(servers = 2)
    static class Independent {
        @Test
        void two(List<NatsServer> servers, NatsServer first, @NatsNode(1) NatsServer second,
                @NatsNode(1) @NatsUrl String url, Connection toFirst, @NatsNode(1) Connection toSecond)
                throws Exception {
            assertEquals(List.of(first, second), servers);
            assertEquals(second.url(), url);
            assertEquals(first.url(), toFirst.getConnectedUrl());
            assertEquals(second.url(), toSecond.getConnectedUrl());
            assertNotEquals(first.name(), second.name());
            var subscription = toFirst.subscribe("a");
            toFirst.flush(Duration.ofSeconds(10));
            toSecond.publish("a", new byte[0]);
            toSecond.flush(Duration.ofSeconds(10));
            assertNull(subscription.nextMessage(Duration.ofMillis(1)));
            assertThrows(IllegalStateException.class, first::clusterPort);
        }
    }

    @Test
    void severalServersAreIndependent() throws Exception {
        TestRun.of(Independent.class).assertPassed();
    }

    @NatsTest(cluster = 3)
    static class ThreeInACluster {
        @Test
        void three(List<NatsServer> servers, @NatsNode(0) Connection publisher, @NatsNode(2) Connection subscriber)
                throws Exception {
            assertEquals(3, servers.size());
            var subscription = subscriber.subscribe("a");
            subscriber.flush(Duration.ofSeconds(10));
            servers.get(0).awaitSubscription("a");
            publisher.publish("a", new byte[3]);
            assertEquals(3, subscription.nextMessage(Duration.ofSeconds(10)).getData().length);
        }

        @Test
        void aMiddleServerStartsAgain(List<NatsServer> servers) {
            servers.get(1).restart();
            servers.forEach(server -> server.awaitClusterOf(3));
        }
    }

    @Test
    void theServersOfAClusterAreConnected() throws Exception {
        TestRun.of(ThreeInACluster.class).assertPassed();
    }

    @NatsTest(config = "nats.conf")
    static class ConfigurationFile {
        @Test
        void fromTheClassPath(Connection connection) {
            assertEquals(1000, connection.getMaxPayload());
        }

        @Test
        @NatsTest(config = "/io/jnatsd/junit/nats.conf")
        void fromTheRootOfTheClassPath(Connection connection) {
            assertEquals(1000, connection.getMaxPayload());
        }

        @Test
        @NatsTest(config = "io/jnatsd/junit/nats.conf")
        void fromTheRootWithoutSlash(Connection connection) {
            assertEquals(1000, connection.getMaxPayload());
        }
    }

    @Test
    void theConfigurationMayBeAFile() throws Exception {
        TestRun.of(ConfigurationFile.class).assertPassed();
    }

    @NatsTest
    static class Parallel {
        private static final CountDownLatch ALL = new CountDownLatch(3);

        private static void together(Connection connection, TestReporter reporter) throws Exception {
            ALL.countDown();
            assertTrue(ALL.await(60, TimeUnit.SECONDS), "the tests run one after the other");
            String subject = connection.createInbox();
            var subscription = connection.subscribe(subject);
            connection.publish(subject, new byte[1]);
            assertEquals(1, subscription.nextMessage(Duration.ofSeconds(10)).getData().length);
            reporter.publishEntry("connection-" + System.identityHashCode(connection));
            reporter.publishEntry(connection.getConnectedUrl());
        }

        @Test
        void one(Connection connection, TestReporter reporter) throws Exception {
            together(connection, reporter);
        }

        @Test
        void two(Connection connection, TestReporter reporter) throws Exception {
            together(connection, reporter);
        }

        @Test
        void three(Connection connection, TestReporter reporter) throws Exception {
            together(connection, reporter);
        }
    }

    @Test
    void parallelTestsShareTheServerAndHaveTheirOwnConnections() throws Exception {
        List<String> reported = TestRun.parallel(3, Parallel.class).assertPassed().reported();
        assertEquals(6, reported.size());
        assertEquals(3 + 1, distinct(reported));
    }

    @Retention(RetentionPolicy.RUNTIME)
    @NatsTest(configText = "max_payload: 300")
    @interface SmallMessages {
    }

    @SmallMessages
    static class Composed {
        @Test
        void small(Connection connection) {
            assertEquals(300, connection.getMaxPayload());
        }
    }

    @Test
    void anAnnotationOfTheProgramMayContainTheAnnotation() throws Exception {
        TestRun.of(Composed.class).assertPassed();
    }

    @NatsTest
    @ParameterizedClass
    @ValueSource(ints = {1, 2})
    record ParameterizedClasses(int argument) {
        @Test
        void one(@NatsUrl String url, TestReporter reporter) {
            reporter.publishEntry(url);
        }
    }

    @Test
    void eachInvocationOfAParameterizedClassHasItsOwnServer() throws Exception {
        assertEquals(2, distinct(TestRun.of(ParameterizedClasses.class).assertPassed().reported()));
    }
}
