package io.jnatsd.clients;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jnatsd.Authenticator;
import io.jnatsd.NatsServer;
import io.jnatsd.config.OptionsReader;
import io.jnatsd.protocol.TestNkey;
import io.jnatsd.server.RawClient;
import io.jnatsd.server.SecuredServer;
import io.jnatsd.server.Server;
import io.nats.client.AuthHandler;
import io.nats.client.Connection;
import io.nats.client.ErrorListener;
import io.nats.client.Message;
import io.nats.client.Nats;
import io.nats.client.Options;
import io.nats.client.Subscription;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The examples of security.md do what it says, with the official Java client. */
@Timeout(60)
class SecurityPageTest {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final byte[] NOTHING = {};
    private static final String VIOLATION = "-ERR 'Authorization Violation'\r\n";

    private final List<Connection> connections = new ArrayList<>();
    private final Queue<String> errors = new ConcurrentLinkedQueue<>();
    private Server server;

    private static String example(String language, String word) throws IOException {
        return example("security.md", language, word);
    }

    /** Returns the one example in that language that has the word. */
    private static String example(String name, String language, String word) throws IOException {
        String page = Files.readString(Path.of(System.getProperty("jnatsd.home", "."), "src/site/markdown", name));
        List<String> found = Pattern.compile("^```" + language + "\n(.*?)^```$", Pattern.DOTALL | Pattern.MULTILINE)
                .matcher(page).results().map(match -> match.group(1))
                .filter(example -> example.contains(word)).toList();
        assertEquals(1, found.size(), word);
        return found.getFirst();
    }

    private void start(String config) throws Exception {
        server = Server.start(OptionsReader.read("security.md", "listen: \"127.0.0.1:-1\"\n" + config, name -> null)
                .options().build());
    }

    private Connection connect(UnaryOperator<Options.Builder> change) throws IOException, InterruptedException {
        Options.Builder options = Options.builder().noReconnect().connectionTimeout(PATIENCE)
                .errorListener(new ErrorListener() {
                    @Override
                    public void errorOccurred(Connection connection, String error) {
                        errors.add(error);
                    }
                });
        if (server != null)
            options.server(server.url());
        Connection connection = Nats.connect(change.apply(options).build());
        connections.add(connection);
        return connection;
    }

    private Connection login(String user, String password) throws IOException, InterruptedException {
        return connect(o -> o.userInfo(user, password));
    }

    /** Not by jnats: it knows that it has been refused, and waits on until its time is up. */
    private void isRefused(String credentials, String error) throws IOException {
        isRefused(server.port(), credentials, error);
    }

    private static void isRefused(int port, String credentials, String error) throws IOException {
        try (RawClient client = RawClient.connect(port)) {
            client.send(SecuredServer.connectLine(credentials)).expectEnd(error);
        }
    }

    @AfterEach
    void stop() throws InterruptedException {
        for (Connection connection : connections)
            connection.close();
        if (server != null)
            server.close();
    }

    private static String answer(Connection asking, String subject) throws InterruptedException {
        Message answer = asking.request(subject, NOTHING, PATIENCE);
        assertNotNull(answer, subject);
        return new String(answer.getData(), US_ASCII);
    }

    private void mayNotPublish(Connection who, String subject) throws Exception {
        who.publish(subject, NOTHING);
        isTold("Permissions Violation for Publish to \"" + subject + "\"");
    }

    private void mayNotSubscribe(Connection who, String subject) throws Exception {
        who.subscribe(subject);
        isTold("Permissions Violation for Subscription to \"" + subject + "\"");
    }

    private void isTold(String error) {
        await(error).atMost(PATIENCE).until(() -> !errors.isEmpty());
        assertEquals(error, errors.remove());
    }

    @Test
    void derekNeedsHisPassword() throws Exception {
        start(example("conf", "derek"));
        login("derek", "hoo0NS@M2GS@ROUddIroVm").flush(PATIENCE);
        isRefused(SecuredServer.userAndPass("derek", "derek"), VIOLATION);
        isRefused("", VIOLATION);
    }

    @Test
    void bobAsksJoeAnswersAliceHearsAllAndSusanPlaysInTheSandbox() throws Exception {
        start(example("conf", "susan"));
        Connection alice = login("alice", "foo"), bob = login("bob", "foo"), joe = login("joe", "foo"),
                susan = login("susan", "foo");
        Subscription all = alice.subscribe(">");
        joe.createDispatcher(m -> joe.publish(m.getReplyTo(), "yes".getBytes(US_ASCII)))
                .subscribe("req.foo").subscribe("req.bar");
        alice.flush(PATIENCE);
        joe.flush(PATIENCE);

        assertEquals("yes", answer(bob, "req.foo"));
        assertEquals("yes", answer(alice, "req.bar"));
        assertEquals("req.foo", all.nextMessage(PATIENCE).getSubject());
        mayNotPublish(bob, "req.foo.bar");
        mayNotSubscribe(bob, "req.foo");
        mayNotPublish(joe, "req.foo");
        mayNotSubscribe(joe, "req.*");

        susan.subscribe("public.news");
        susan.publish("sandbox.castle", NOTHING);
        susan.flush(PATIENCE);
        mayNotPublish(susan, "sandbox.x.y");
        mayNotSubscribe(susan, "req.foo");
        login("susan", "foo");
        isRefused(SecuredServer.userAndPass("susan", "foo"), "-ERR 'Maximum Connections Exceeded'\r\n");
        assertEquals(List.of(), List.copyOf(errors));
    }

    /** As a client has it that keeps its seed to itself. */
    private static final class Signing implements AuthHandler {
        @Override
        public byte[] sign(byte[] nonce) {
            try {
                return Base64.getUrlDecoder().decode(TestNkey.sign(new String(nonce, US_ASCII)));
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public char[] getID() {
            return TestNkey.PUBLIC.toCharArray();
        }

        @Override
        public char[] getJWT() {
            return new char[0];
        }
    }

    @Test
    void theUserSensorsHasLimits() throws Exception {
        start(example("conf", "connection_rate"));
        Connection sensors = login("sensors", "foo");
        long begun = System.nanoTime();
        for (int i = 0; i < 1100; i++)
            sensors.publish("x", NOTHING);
        sensors.flush(PATIENCE);
        assertTrue(System.nanoTime() - begun > Duration.ofMillis(90).toNanos(), "not slowed down");
        while (errors.isEmpty() && connections.size() < 100)
            try {
                login("sensors", "foo");
            } catch (IOException e) {
                errors.add(e.getMessage());
            }
        assertTrue(errors.peek().contains("Exceeded"), errors.peek());
    }

    @Test
    void guestsListenAndAKeyAnswersOrders() throws Exception {
        start(example("conf", "no_auth_user"));
        Connection guest = connect(o -> o), keyed = connect(o -> o.authHandler(new Signing()));
        Subscription news = guest.subscribe("public.>");
        guest.flush(PATIENCE);
        mayNotPublish(guest, "public.news");
        mayNotSubscribe(guest, "public.drafts");
        mayNotSubscribe(guest, "orders.new");

        Subscription orders = keyed.subscribe("orders.*"), jobs = keyed.subscribe("jobs", "workers");
        keyed.flush(PATIENCE);
        mayNotSubscribe(keyed, "jobs");
        mayNotPublish(keyed, "public.news");
        assertEquals(List.of(), List.copyOf(errors));
        assertNull(news.nextMessage(Duration.ofMillis(1)));
        assertEquals(0, orders.getPendingMessageCount() + jobs.getPendingMessageCount());
    }

    @Test
    void theAuthenticatorCompilesAndJudges(@TempDir Path folder) throws Exception {
        Path source = Files.writeString(folder.resolve("OpenSesame.java"), example("java", "OpenSesame"));
        assertEquals(0, ToolProvider.getSystemJavaCompiler().run(null, null, null, "-d", folder.toString(),
                "-cp", System.getProperty("jnatsd.classes"), source.toString()));
        try (URLClassLoader loader = new URLClassLoader(new URL[] {folder.toUri().toURL()})) {
            Authenticator own = (Authenticator) loader.loadClass("OpenSesame").getConstructor().newInstance();
            try (NatsServer embedded = NatsServer.builder().authenticator(own).start()) {
                connect(o -> o.server(embedded.url()).token("open sesame".toCharArray())).flush(PATIENCE);
                isRefused(embedded.port(), "\"auth_token\":\"open\"", VIOLATION);
            }
        }
    }

    /** The address in the Java example is the only thing that is not as it stands: the port of this server is another. */
    @Test
    void theSystemUserOfTheExampleLogsInAndAsks() throws Exception {
        start(example("monitoring.md", "conf", "system_user: admin"));
        Matcher example = Pattern.compile("nats://([^:]+):([^@]+)@.*request\\(\"([^\"]+)\"", Pattern.DOTALL)
                .matcher(example("monitoring.md", "java", "$SYS.REQ.SERVER.PING"));
        assertTrue(example.find());
        String pong = answer(login(example.group(1), example.group(2)), example.group(3));
        assertTrue(pong.startsWith("{\"server\":{\"name\":"), pong);
    }
}
