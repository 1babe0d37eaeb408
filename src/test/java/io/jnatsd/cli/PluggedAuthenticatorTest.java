package io.jnatsd.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jnatsd.Authenticator;
import io.jnatsd.Credentials;
import io.jnatsd.NatsServer;
import io.jnatsd.NatsUser;
import io.jnatsd.log.Log;
import io.jnatsd.server.RawClient;
import io.jnatsd.server.SecuredServer;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An authenticator on the class path of the program. */
@Timeout(120)
class PluggedAuthenticatorTest {
    @TempDir
    private Path folder;

    /** Accepts clients whose token is "open sesame". */
    public static final class Sesame implements Authenticator {
        @Override
        public Optional<NatsUser> authenticate(Credentials credentials) {
            return credentials.token().equals("open sesame") ? Optional.of(NatsUser.named("ali")) : Optional.empty();
        }
    }

    private void name(String provider) throws IOException {
        Path services = Files.createDirectories(folder.resolve("META-INF/services"));
        Files.writeString(services.resolve("io.jnatsd.Authenticator"), provider + "\n");
    }

    private <T> T withServices(Callable<T> task) throws Exception {
        Thread thread = Thread.currentThread();
        ClassLoader usual = thread.getContextClassLoader();
        try (URLClassLoader loader = new URLClassLoader(new URL[] {folder.toUri().toURL()}, usual)) {
            thread.setContextClassLoader(loader);
            return task.call();
        } finally {
            thread.setContextClassLoader(usual);
        }
    }

    @Test
    void theProgramAsksIt() throws Exception {
        name(Sesame.class.getName());
        List<String> command = ServerProcess.java("-a", "127.0.0.1", "-p", "-1");
        int classPath = command.indexOf("-cp") + 1;
        String tests = Path.of(Sesame.class.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
        command.set(classPath, String.join(System.getProperty("path.separator"), command.get(classPath), tests,
                folder.toString()));
        try (ServerProcess server = ServerProcess.launch(command);
                RawClient in = RawClient.connect(server.port());
                RawClient out = RawClient.connect(server.port())) {
            in.send(SecuredServer.connectLine("\"auth_token\":\"open sesame\"")).roundTrip();
            out.send(SecuredServer.connectLine("")).expectEnd("-ERR 'Authorization Violation'\r\n");
        }
    }

    @Test
    void oneThatDoesNotLoadIsAnErrorAtTheStart() throws Exception {
        name("no.such.Thing");
        IOException e = assertThrows(IOException.class, () -> withServices(() -> Main.authenticator(Log.silent())));
        assertTrue(e.getMessage().startsWith("Authenticator cannot be loaded: ") && e.getMessage().contains(
                "no.such.Thing"), e::getMessage);
    }

    @Test
    void withoutOneTheConfigurationCounts() throws Exception {
        assertNull(withServices(() -> Main.authenticator(Log.silent())));
    }

    @Test
    void anEmbeddedServerDoesNotLookForOne() throws Exception {
        name(Sesame.class.getName());
        try (NatsServer server = withServices(NatsServer::start); RawClient client = RawClient.connect(server.port())) {
            client.send(SecuredServer.connectLine("")).roundTrip();
            assertEquals(1, server.clients().size());
        }
    }
}
