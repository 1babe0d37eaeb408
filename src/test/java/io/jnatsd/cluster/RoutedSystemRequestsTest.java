package io.jnatsd.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.jnatsd.config.OptionsBuilder;
import io.jnatsd.config.ServerOptions.User;
import io.jnatsd.server.RawClient;
import io.jnatsd.server.TestServer;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tests that the system user of a cluster reaches all servers from any one. */
@Timeout(30)
class RoutedSystemRequestsTest {
    private static void withUsers(OptionsBuilder o) {
        o.users = List.of(new User("admin", "a", "", null, 0), new User("joe", "j", "", null, 0));
    }

    private static void withSystemUser(OptionsBuilder o) {
        withUsers(o);
        o.systemUser = "admin";
    }

    private static RawClient login(TestServer server, String user) throws IOException {
        return server.connect().send("CONNECT {\"verbose\":false,\"user\":\"" + user + "\",\"pass\":\"" + user.charAt(0)
                + "\"}\r\nSUB inbox.1 1\r\n").roundTrip();
    }

    private static String answerer(RawClient admin) throws IOException {
        return admin.expect("MSG inbox\\.1 1 \\d+\r\n\\{[^\r]*?\"id\":\"(\\w+)\"[^\r]*}\r\n").group(1);
    }

    @Test
    void everyServerAnswersAPingAndOneWhatIsForIt() throws IOException {
        try (Mesh mesh = Mesh.of(3, RoutedSystemRequestsTest::withSystemUser)) {
            long own = mesh.get(0).subscriptions();
            mesh.awaitSubscriptions(own);
            RawClient admin = login(mesh.get(1), "admin");
            mesh.awaitSubscriptions(own + 1);
            admin.send("PUB $SYS.REQ.SERVER.PING inbox.1 0\r\n\r\n");
            Set<String> expected = new HashSet<>(), found = new HashSet<>();
            for (int i = 0; i < 3; i++) {
                expected.add(mesh.get(i).server().serverId());
                found.add(answerer(admin));
            }
            assertEquals(expected, found);
            admin.roundTrip();
            for (int i = 0; i < 3; i++) {
                String id = mesh.get(i).server().serverId();
                admin.send("PUB $SYS.REQ.SERVER." + id + ".VARZ inbox.1 0\r\n\r\n");
                assertEquals(id, answerer(admin));
            }
            RawClient joe = login(mesh.get(2), "joe");
            String kick = "{\"cid\":" + mesh.get(2).clients().all().iterator().next().id() + "}";
            admin.send("PUB $SYS.REQ.SERVER." + mesh.get(2).server().serverId() + ".KICK inbox.1 " + kick.length() + "\r\n"
                    + kick + "\r\n");
            joe.expectClosed();
        }
    }

    @Test
    void systemRequestsFromAServerWithoutSystemUserAreDropped() throws IOException {
        try (TestServer guarded = Clusters.server(RoutedSystemRequestsTest::withSystemUser);
                TestServer open = Clusters.server(Clusters.url(guarded))) {
            Clusters.awaitRoutes(guarded, 1);
            RawClient stranger = open.quiet(), admin = login(guarded, "admin");
            Clusters.awaitSubscriptions(open, guarded.subscriptions());
            stranger.send("SUB inbox.1 1\r\nPUB $SYS.REQ.SERVER.PING inbox.1 0\r\n\r\nPUB inbox.1 2\r\nhi\r\n")
                    .expectText("MSG inbox.1 1 2\r\nhi\r\n");
            admin.expectText("MSG inbox.1 1 2\r\nhi\r\n").roundTrip();
            stranger.expectNothing();
        }
    }

    /** An address of a queue member does not get a message past the checks of its subject. */
    @Test
    void aMemberIsNotAddressedWithASubjectThatItsServerDoesNotTrust() throws IOException {
        try (TestServer guarded = Clusters.server(RoutedSystemRequestsTest::withSystemUser);
                RawClient peer = Clusters.dial(guarded)) {
            RawClient admin = login(guarded, "admin");
            admin.send("SUB $SYS.a team 2\r\nSUB _SYS.a team 3\r\nSUB a team 4\r\n").roundTrip();
            peer.send(Clusters.connectLine("PEER") + Clusters.infoLine("PEER") + "PING\r\n");
            String cid = peer.expect(".*?SUB a team QRSID:(\\d+):4\r\n.*PONG\r\n").group(1);
            peer.send("MSG $SYS.a QRSID:" + cid + ":2 1\r\nx\r\nMSG _SYS.a QRSID:" + cid + ":3 1\r\nx\r\n")
                    .expectText("-ERR 'Permissions Violation for Publish to \"_SYS.a\"'\r\n");
            peer.send("MSG a QRSID:" + cid + ":4 1\r\nx\r\n").roundTrip();
            admin.expectText("MSG a 4 1\r\nx\r\n").roundTrip();
            peer.send(Clusters.infoLine("PEER").replace("}", ",\"system\":true}") + "MSG $SYS.a QRSID:" + cid + ":2 1\r\nx\r\n");
            admin.expectText("MSG $SYS.a 2 1\r\nx\r\n");
        }
    }

    @Test
    void aReloadIsHeardOfByTheOthers() throws IOException {
        try (TestServer guarded = Clusters.server(RoutedSystemRequestsTest::withSystemUser);
                RawClient peer = Clusters.dial(guarded)) {
            peer.send(Clusters.connectLine("PEER") + Clusters.infoLine("PEER").replace("}", ",\"headers\":true}"));
            peer.expect("(SUB [^\r]*\r\n){" + guarded.subscriptions() + "}");
            RawClient joe = login(guarded, "joe");
            peer.expect("SUB inbox\\.1 [^\r]*\r\n");
            String question = "MSG $SYS.REQ.SERVER.PING RSID:1:1 from.peer 0\r\n\r\n";
            peer.send("SUB from.peer  RSID:1:1\r\n" + question).roundTrip();
            peer.send(Clusters.infoLine("PEER").replace("}", ",\"headers\":true,\"system\":true}") + question);
            peer.expect("MSG from\\.peer RSID:1:1 \\d+\r\n\\{[^\r]*}\r\n").group();
            joe.roundTrip();
        }
    }
}
