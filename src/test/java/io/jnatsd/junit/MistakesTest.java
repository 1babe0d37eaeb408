package io.jnatsd.junit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jnatsd.NatsServer;
import io.jnatsd.NatsServerBuilder;
import io.jnatsd.NatsServerException;
import io.nats.client.Connection;
import io.nats.client.Options;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ParameterResolutionException;

/** What a class or a method with {@link NatsTest} that cannot work is told. */
class MistakesTest {
    private static void assertFails(Class<?> testClass, Class<? extends Throwable> type, String message) {
        Throwable failure = TestRun.of(testClass).failure("MistakesTest$" + testClass.getSimpleName());
        assertEquals(message, failure.getMessage());
        assertInstanceOf(type, failure);
    }

    private static void assertMethodFails(Class<?> testClass, String test, String message) {
        Throwable failure = TestRun.of(testClass).failure(test);
        assertInstanceOf(ParameterResolutionException.class, failure);
        assertTrue(failure.getMessage().replace("arg0", "it").endsWith(message), failure.getMessage());
    }

    @NatsTest(configText = "max_payload: much")
    static class BrokenText {
        @Test
        void test() {
        }
    }

    @Test
    void aBrokenConfigurationFailsTheClassWithTheMessageOfTheConfiguration() {
        Throwable failure = TestRun.of(BrokenText.class).failure("MistakesTest$BrokenText");
        assertEquals(NatsServerException.Reason.CONFIGURATION, assertInstanceOf(NatsServerException.class, failure).reason());
        assertTrue(failure.getMessage().contains("max_payload"), failure.getMessage());
    }

    @NatsTest(config = "no/such.conf")
    static class MissingFile {
        @Test
        void test() {
        }
    }

    @Test
    void aMissingFileIsNamed() {
        assertFails(MissingFile.class, ExtensionConfigurationException.class, "@NatsTest of " + MissingFile.class.getName()
                + " has config = \"no/such.conf\", but there is neither such a resource on the class path nor a file "
                + java.nio.file.Path.of("no/such.conf").toAbsolutePath());
    }

    @NatsTest(config = "a", configText = "b")
    static class FileAndText {
        @Test
        void test() {
        }
    }

    @NatsTest(servers = 2, cluster = 2)
    static class ServersAndCluster {
        @Test
        void test() {
        }
    }

    @NatsTest(servers = 0)
    static class NoServers {
        @Test
        void test() {
        }
    }

    @Test
    void attributesThatContradictEachOtherAreRefused() {
        assertFails(FileAndText.class, ExtensionConfigurationException.class, "@NatsTest of " + FileAndText.class.getName()
                + " has both config and configText; a server can have one of them");
        assertFails(ServersAndCluster.class, ExtensionConfigurationException.class, "@NatsTest of "
                + ServersAndCluster.class.getName() + " has both servers and cluster; cluster = 2 alone starts a cluster of 2");
        assertFails(NoServers.class, ExtensionConfigurationException.class, "@NatsTest of " + NoServers.class.getName()
                + " has a number of servers that is not possible: servers must be 1 or more, cluster 0 (no cluster) or more");
    }

    @NatsTest
    static class InstanceSettings {
        @NatsSettings
        void settings(NatsServerBuilder server) {
        }

        @Test
        void test() {
        }
    }

    @NatsTest
    static class OtherSettings {
        @NatsSettings
        static void settings() {
        }

        @Test
        void test() {
        }
    }

    @NatsTest
    static class FailingSettings {
        @NatsSettings
        static void settings(NatsServerBuilder server) {
            throw new IllegalStateException("no settings today");
        }

        @Test
        void test() {
        }
    }

    @Test
    void aMethodThatCannotSetSettingsIsRefused() {
        for (Class<?> type : List.of(InstanceSettings.class, OtherSettings.class))
            assertFails(type, ExtensionConfigurationException.class, "the @NatsSettings method settings of " + type.getName()
                    + " must be static and take a NatsServerBuilder, or an Options.Builder of jnats:"
                    + " static void settings(NatsServerBuilder server)");
        assertFails(FailingSettings.class, IllegalStateException.class, "no settings today");
    }

    @NatsTest
    static class Parameters {
        @Test
        void url(@NatsUrl int it) {
        }

        @Test
        void array(NatsServer[] it) {
        }

        @Test
        void builder(NatsServerBuilder it) {
        }

        @Test
        void node(@NatsNode(1) NatsServer it) {
        }

        @Test
        void nodeOfList(@NatsNode(0) List<NatsServer> it) {
        }

        @Test
        void loginOfServer(@NatsLogin(user = "a", password = "b") NatsServer it) {
        }

        @Test
        void text(String it) {
        }
    }

    @Test
    void aParameterThatCannotBeIsToldWhatToWriteInstead() {
        assertMethodFails(Parameters.class, "url(int)", "Parameters.url: @NatsUrl belongs to a String or a java.net.URI");
        assertMethodFails(Parameters.class, "array(NatsServer[])", "Parameters.array: write List<NatsServer>");
        assertMethodFails(Parameters.class, "builder(NatsServerBuilder)", "Parameters.builder: the server runs already;"
                + " settings belong into a static method with @NatsSettings, or use NatsServer.reload");
        assertMethodFails(Parameters.class, "node(NatsServer)",
                "Parameters.node: there is no server 1, only server 0; @NatsTest(servers = 2) starts two");
        assertMethodFails(Parameters.class, "nodeOfList(List)",
                "Parameters.nodeOfList: @NatsNode belongs to a NatsServer, a Connection, or @NatsUrl");
        assertMethodFails(Parameters.class, "loginOfServer(NatsServer)",
                "Parameters.loginOfServer: @NatsLogin belongs to a Connection, or to @NatsUrl");
        assertTrue(TestRun.of(Parameters.class).failure("text(String)").getMessage().contains("No ParameterResolver"));
    }

    @NatsTest(perMethod = true)
    static class ConstructorPerMethod {
        ConstructorPerMethod(NatsServer it) {
        }

        @Test
        void test() {
        }
    }

    @NatsTest(perMethod = true)
    static class ClassPerMethod {
        @BeforeAll
        static void before(Connection it) {
        }

        @Test
        void test() {
        }
    }

    @Test
    void aServerForEachTestIsNoParameterOfTheClass() {
        String message = "with @NatsTest(perMethod = true) each test has its own server, so the parameter must be one of the"
                + " test method, or of a @BeforeEach or @AfterEach method";
        assertMethodFails(ConstructorPerMethod.class, "test()", message);
        assertMethodFails(ClassPerMethod.class, "MistakesTest$ClassPerMethod", message);
    }

    @NatsTest(configText = "authorization { user: joe, password: secret }")
    static class Logins {
        /** After an error in its login, jnats waits for the whole time. */
        @NatsSettings
        static void briefly(Options.Builder connection) {
            connection.connectionTimeout(Duration.ofSeconds(1));
        }

        @Test
        void none(Connection it) {
        }

        @Test
        @NatsLogin(user = "joe", password = "wrong")
        void wrong(Connection it) {
        }
    }

    @Test
    void aConnectionThatIsRefusedSaysWhatTheServerWants() {
        assertMethodFails(Logins.class, "none(Connection)",
                " wants a login: write @NatsLogin(user = ..., password = ...) at the parameter, the method or the class");
        assertMethodFails(Logins.class, "wrong(Connection)", " refuses the login of user joe");
    }

    @NatsTest
    static class ClosedServer {
        @BeforeAll
        static void before(NatsServer server) {
            server.close();
        }

        @Test
        void test(Connection it) {
        }
    }

    @Test
    void aServerThatTheTestHasClosedIsClosed() {
        assertEquals("this NATS server is closed", TestRun.of(ClosedServer.class).failure("test(Connection)").getCause().getMessage());
    }
}
