package io.jnatsd;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.jnatsd.NatsServerException.Reason;
import io.jnatsd.auth.ProgramAuthenticator;
import io.jnatsd.config.ConfigException;
import io.jnatsd.config.OptionsReader;
import io.jnatsd.config.ServerOptions.PermissionOptions;
import io.jnatsd.protocol.TestNkey;
import io.jnatsd.server.RawClient;
import io.jnatsd.server.SecuredServer;
import io.nats.client.Connection;
import io.nats.client.ErrorListener;
import io.nats.client.Nats;
import io.nats.client.Options;
import io.nats.client.Subscription;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;

/** Users and permissions as a program states them, with the official Java client. */
@Timeout(60)
class NatsUserTest {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final String VIOLATION = "-ERR 'Authorization Violation'\r\n";
    private static final byte[] NOTHING = {};

    private final Queue<String> errors = new ConcurrentLinkedQueue<>();

    private Connection connect(String url) throws IOException, InterruptedException {
        return Nats.connect(options(url).build());
    }

    private Options.Builder options(String url) {
        return Options.builder().server(url).noReconnect().connectionTimeout(PATIENCE)
                .errorListener(new ErrorListener() {
                    @Override
                    public void errorOccurred(Connection connection, String error) {
                        errors.add(error);
                    }
                });
    }

    /** Not by jnats: it waits until its time is up, although it has been refused. */
    private static void isRefused(NatsServer server, String credentials, String error) throws IOException {
        try (RawClient client = RawClient.connect(server.port())) {
            client.send(SecuredServer.connectLine(credentials)).expectEnd(error);
        }
    }

    private void mayNotPublish(Connection nats, String subject) {
        nats.publish(subject, NOTHING);
        isTold("Permissions Violation for Publish to \"" + subject + "\"");
    }

    private void mayNotSubscribe(Connection nats, String subject, String queue) {
        if (queue == null)
            nats.subscribe(subject);
        else
            nats.subscribe(subject, queue);
        await("error").until(() -> !errors.isEmpty());
        assertEquals("Permissions Violation for Subscription to \"" + subject + "\""
                + (queue == null ? "" : " using queue \"" + queue + "\""), errors.remove());
    }

    private void isTold(String error) {
        await(error).until(() -> !errors.isEmpty());
        assertEquals(error, errors.remove());
    }

    private void works(Connection nats, String... published) throws Exception {
        for (String subject : published)
            nats.publish(subject, NOTHING);
        nats.flush(PATIENCE);
        assertEquals(List.of(), List.copyOf(errors));
    }

    @Test
    void aUserWithoutPermissionsMayDoEverything() throws Exception {
        try (NatsServer server = NatsServer.builder().user(NatsUser.password("joe", "secret")).start();
                Connection joe = connect(server.url("joe", "secret"))) {
            joe.subscribe(">");
            works(joe, "a", "b.c");
        }
    }

    @Test
    void allowedSubjectsAreTheOnlyOnesAndADenialCountsMore() throws Exception {
        NatsUser joe = NatsUser.password("joe", "secret").allowPublish("orders.>").allowPublish("news")
                .denyPublish("orders.audit").allowSubscribe("jobs  workers", "replies.*").denySubscribe("replies.x");
        try (NatsServer server = NatsServer.builder().user(joe).start();
                Connection nats = connect(server.url("joe", "secret"))) {
            nats.subscribe("jobs", "workers");
            nats.subscribe("replies.*");
            works(nats, "orders.new", "news");
            mayNotPublish(nats, "orders.audit");
            mayNotPublish(nats, "jobs");
            mayNotSubscribe(nats, "jobs", null);
            mayNotSubscribe(nats, "jobs", "others");
            mayNotSubscribe(nats, "orders.new", null);
            mayNotSubscribe(nats, "replies.x", null);
        }
    }

    @Test
    void oneDirectionDoesNotLimitTheOther() throws Exception {
        try (NatsServer server = NatsServer.builder().user(NatsUser.password("mute", "m").allowPublish())
                .user(NatsUser.password("deaf", "d").allowSubscribe()).start();
                Connection mute = connect(server.url("mute", "m"));
                Connection deaf = connect(server.url("deaf", "d"))) {
            mute.subscribe(">");
            works(mute);
            mayNotPublish(mute, "a");
            works(deaf, "a");
            mayNotSubscribe(deaf, "a", null);
        }
    }

    @Test
    void allowedResponsesAreTheOnlyPublications() throws Exception {
        NatsUser service = NatsUser.password("service", "s").allowResponses(1, Duration.ofMinutes(1));
        try (NatsServer server = NatsServer.builder().user(service).user("joe", "j").start();
                Connection answering = connect(server.url("service", "s"));
                Connection asking = connect(server.url("joe", "j"))) {
            answering.createDispatcher(m -> {
                answering.publish(m.getReplyTo(), "once".getBytes(StandardCharsets.US_ASCII));
                answering.publish(m.getReplyTo(), "twice".getBytes(StandardCharsets.US_ASCII));
            }).subscribe("help");
            works(answering);
            Subscription replies = asking.subscribe("replies");
            asking.publish("help", "replies", NOTHING);
            assertEquals("once", new String(replies.nextMessage(PATIENCE).getData(), StandardCharsets.US_ASCII));
            isTold("Permissions Violation for Publish to \"replies\"");
            mayNotPublish(answering, "a");
        }
    }

    @Test
    void aUserHasAsManyConnectionsAsItMay() throws Exception {
        try (NatsServer server = NatsServer.builder().user(NatsUser.password("joe", "j").maxConnections(1)).start();
                Connection first = connect(server.url("joe", "j"))) {
            isRefused(server, "\"user\":\"joe\",\"pass\":\"j\"", "-ERR 'Maximum Connections Exceeded'\r\n");
            works(first);
        }
    }

    private Connection connectByKey(NatsServer server) throws IOException, InterruptedException {
        return Nats.connect(options(server.url())
                .authHandler(Nats.staticCredentials(null, TestNkey.SEED.toCharArray())).build());
    }

    @Test
    void aUserLogsInByNkey() throws Exception {
        try (NatsServer server = NatsServer.builder().user(NatsUser.nkey(TestNkey.PUBLIC).allowPublish("a"))
                .authTimeout(PATIENCE).start();
                Connection nats = connectByKey(server)) {
            works(nats, "a");
            mayNotPublish(nats, "b");
            isRefused(server, "", VIOLATION);
        }
    }

    @Test
    void anAuthenticatorSeesAnNkeyThatIsProved() throws Exception {
        Queue<Credentials> seen = new ConcurrentLinkedQueue<>();
        try (NatsServer server = NatsServer.builder().authenticator(credentials -> {
            seen.add(credentials);
            return Optional.of(NatsUser.named("keyed"));
        }).authTimeout(PATIENCE).start(); Connection nats = connectByKey(server)) {
            works(nats, "a");
            assertEquals(TestNkey.PUBLIC, seen.remove().nkey());
            isRefused(server,
                    "\"nkey\":\"" + TestNkey.PUBLIC + "\",\"sig\":\"" + TestNkey.sign("another") + "\"", VIOLATION);
            isRefused(server, "\"nkey\":\"" + TestNkey.PUBLIC + "\"", VIOLATION);
            isRefused(server, "\"nkey\":\"joe\"", VIOLATION);
            assertEquals(List.of(), List.copyOf(seen));
        }
    }

    @Test
    void guestsNeedNoLoginAndTheSystemUserAsksTheServer() throws Exception {
        try (NatsServer server = NatsServer.builder().user(NatsUser.password("guest", "g").allowSubscribe("news"))
                .user("admin", "a").noAuthUser("guest").systemUser("admin").start();
                Connection guest = connect(server.url());
                Connection admin = connect(server.url("admin", "a"))) {
            mayNotSubscribe(guest, "a", null);
            assertNotNull(admin.request("$SYS.REQ.SERVER.PING", NOTHING, PATIENCE));
            mayNotPublish(guest, "$SYS.REQ.SERVER.PING");
        }
    }

    @Test
    void aUserOfTheProgramReplacesTheOneOfTheConfiguration() throws Exception {
        try (NatsServer server = NatsServer.builder()
                .configText("authorization { users: [ { user: joe, password: old }, { user: ann, password: a } ] }")
                .user("joe", "new").start();
                Connection joe = connect(server.url("joe", "new"));
                Connection ann = connect(server.url("ann", "a"))) {
            works(joe, "a");
            works(ann, "a");
            isRefused(server, "\"user\":\"joe\",\"pass\":\"old\"", VIOLATION);
        }
    }

    @Test
    void aReloadChangesPermissions() throws Exception {
        try (NatsServer server = NatsServer.builder().user("joe", "j").start();
                Connection joe = connect(server.url("joe", "j"))) {
            works(joe, "a");
            server.reload(settings -> settings.user(NatsUser.password("joe", "j").denyPublish("a")));
            await("the new permissions").until(() -> {
                joe.publish("a", NOTHING);
                joe.flush(PATIENCE);
                return errors.contains("Permissions Violation for Publish to \"a\"");
            });
        }
    }

    @Test
    void serversOfAClusterLogInWithItsCredentials() throws Exception {
        NatsServerBuilder settings = NatsServer.builder().cluster("c").clusterCredentials("r", "a:b/c@%");
        try (NatsServer one = settings.start();
                NatsServer two = settings.route(one).start();
                NatsServer stranger = NatsServer.builder().cluster("c").route(one).start();
                Connection subscriber = connect(one.url());
                Connection publisher = connect(two.url());
                Connection strange = connect(stranger.url())) {
            Subscription subscription = subscriber.subscribe("a");
            await("interest").until(() -> {
                strange.publish("a", "strange".getBytes(StandardCharsets.US_ASCII));
                publisher.publish("a", "known".getBytes(StandardCharsets.US_ASCII));
                return subscription.nextMessage(Duration.ofMillis(50)) != null;
            });
            strange.publish("a", "strange".getBytes(StandardCharsets.US_ASCII));
            strange.flush(PATIENCE);
            publisher.publish("a", "end".getBytes(StandardCharsets.US_ASCII));
            String text;
            do {
                text = new String(subscription.nextMessage(PATIENCE).getData(), StandardCharsets.US_ASCII);
                assertFalse(text.equals("strange"));
            } while (!text.equals("end"));
        }
    }

    private static void isRefused(String message, Executable mistake) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, mistake).getMessage());
    }

    @Test
    void valuesWithoutASenseAreRefusedAtOnce() {
        NatsUser joe = NatsUser.password("joe", "secret");
        isRefused("a user needs a name and a password, but the password is empty", () -> NatsUser.password("joe", ""));
        isRefused("nkey is not valid: it has 58 characters instead of 56", () -> NatsUser.nkey(TestNkey.SEED));
        isRefused("allowPublish needs subjects such as \"orders.*\", but got \"a..b\"", () -> joe.allowPublish("a..b"));
        isRefused("allowPublish needs subjects such as \"orders.*\", but got \"a b\"", () -> joe.allowPublish("a b"));
        isRefused("denySubscribe needs subjects such as \"orders.*\" or \"orders.* queue\", but got \"a b c\"",
                () -> joe.denySubscribe("a b c"));
        isRefused("denyPublish needs one subject or more; \">\" stands for all", joe::denyPublish);
        isRefused("allowResponses must allow 1 reply or more, but the count is 0",
                () -> joe.allowResponses(0, Duration.ofSeconds(1)));
        isRefused("the time of allowResponses must be longer than zero, but is PT0S",
                () -> joe.allowResponses(1, Duration.ZERO));
        isRefused("maxConnections must be 1 or more, but is 0", () -> joe.maxConnections(0));
        isRefused("the user \"ali\" has no password, nkey or certificate to log in with; NatsUser.named is for what an"
                + " Authenticator returns", () -> NatsServer.builder().user(NatsUser.named("ali")));
        isRefused("noAuthUser needs the name of a user, but it is empty", () -> NatsServer.builder().noAuthUser(""));
        isRefused("clusterCredentials needs a user and a password, but the user is empty",
                () -> NatsServer.builder().clusterCredentials("", "p"));
    }

    private static PermissionOptions configured(String permissions) throws ConfigException {
        return OptionsReader.read("test.conf", "authorization { users: [ { user: joe, password: j, permissions: { "
                + permissions + " } } ] }", name -> null).options().users.getFirst().permissions();
    }

    @Test
    void permissionsAreThoseOfTheConfiguration() throws Exception {
        NatsUser joe = NatsUser.password("joe", "j");
        assertNull(ProgramAuthenticator.permissions(joe));
        assertEquals(configured("publish: { allow: [a, b] }"), ProgramAuthenticator.permissions(joe.allowPublish("a", "b")));
        assertEquals(configured("publish: { deny: a }"), ProgramAuthenticator.permissions(joe.denyPublish("a")));
        assertEquals(configured("subscribe: { allow: [\"a  q\"], deny: b }"),
                ProgramAuthenticator.permissions(joe.allowSubscribe("a  q").denySubscribe("b")));
        assertEquals(configured("allow_responses: { max: 2, expires: \"3m\" }"),
                ProgramAuthenticator.permissions(joe.allowResponses(2, Duration.ofMinutes(3))));
        assertEquals(configured("publish: { allow: a }, allow_responses: { max: 2, expires: \"3m\" }"),
                ProgramAuthenticator.permissions(joe.allowPublish("a").allowResponses(2, Duration.ofMinutes(3))));
    }

    @Test
    void usersThatAreNamedMustExist() {
        NatsServerException e = assertThrows(NatsServerException.class,
                NatsServer.builder().user("joe", "j").noAuthUser("jim")::start);
        assertEquals(Reason.CONFIGURATION, e.reason());
        assertEquals("no_auth_user: \"jim\" not present as user in authorization block", e.getMessage());
    }

    @Test
    void aPasswordIsNotShown() {
        assertEquals("NatsUser[joe]", NatsUser.password("joe", "secret").toString());
    }
}
