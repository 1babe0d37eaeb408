package io.jnatsd.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.jnatsd.protocol.TestNkey;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** protocol.md, sections 1, 2 and 13: logins with a signature. */
@Timeout(30)
class NkeyLoginTest {
    private static final String VIOLATION = "-ERR 'Authorization Violation'\r\n";
    private static final String CONFIG = "authorization { users: [ {nkey: " + TestNkey.PUBLIC
            + ", permissions: {publish: a, subscribe: a}}, {user: joe, password: j} ] }";

    private SecuredServer server;

    private void start(String config) throws Exception {
        server = SecuredServer.start(config);
    }

    @AfterEach
    void stop() throws Exception {
        if (server != null)
            server.close();
    }

    private static String nonce(RawClient client) throws Exception {
        String info = client.expect("INFO (\\{.*\\}) \r\n").group(1);
        Matcher nonce = Pattern.compile("\"nonce\":\"([A-Za-z0-9_-]{15})\"").matcher(info);
        return nonce.find() ? nonce.group(1) : "";
    }

    private static String credentials(String nonce) throws Exception {
        return "\"nkey\":\"" + TestNkey.PUBLIC + "\",\"sig\":\"" + TestNkey.sign(nonce) + "\"";
    }

    @Test
    void aSignedNonceLogsIn() throws Exception {
        start(CONFIG);
        RawClient client = server.open();
        client.send(SecuredServer.connectLine(credentials(nonce(client)))).roundTrip();
        assertEquals(TestNkey.PUBLIC, server.server().clients().get(1).user());
        client.send("PUB b 0\r\n\r\n").expectText("-ERR 'Permissions Violation for Publish to \"b\"'\r\n");
        server.awaitLog("[ERR] cid:1 - Publish Violation - User \"" + TestNkey.PUBLIC + "\", Subject \"b\"");
        server.login("joe", "j");
    }

    @Test
    void everyConnectionHasANonceOfItsOwn() throws Exception {
        start(CONFIG);
        RawClient one = server.open(), two = server.open();
        String nonce = nonce(one);
        assertNotEquals(nonce, nonce(two));
        two.send(SecuredServer.connectLine(credentials(nonce))).expectEnd(VIOLATION);
        server.awaitLog("[ERR] cid:2 - Authorization Error - User \"" + TestNkey.PUBLIC + "\"");
    }

    @Test
    void aKeyNeedsItsSignature() throws Exception {
        start(CONFIG);
        server.tryLogin("\"nkey\":\"" + TestNkey.PUBLIC + "\"").expectEnd(VIOLATION);
        server.tryLogin("\"nkey\":\"" + TestNkey.PUBLIC + "\",\"sig\":\"!\"").expectEnd(VIOLATION);
        server.tryLogin("\"user\":\"" + TestNkey.PUBLIC + "\",\"pass\":\"\"").expectEnd(VIOLATION);
        RawClient stranger = server.open();
        String other = "UAFPF7HTRS3LPTCJIV3JDFCLEHWH2Q3PFE5OUYNNEVHNTY4UFUGR2Z6G";
        stranger.send(SecuredServer.connectLine(credentials(nonce(stranger)).replace(TestNkey.PUBLIC, other)))
                .expectEnd(VIOLATION);
    }

    @Test
    void nobodyGetsANonceForNothing() throws Exception {
        start("authorization { user: joe, password: j }");
        assertEquals("", nonce(server.open()));
    }

    @Test
    void aKeyThatAReloadBringsWorksForNewConnections() throws Exception {
        start("authorization { user: joe, password: j }");
        server.reload(CONFIG);
        RawClient client = server.open();
        String nonce = nonce(client);
        assertFalse(nonce.isEmpty());
        client.send(SecuredServer.connectLine(credentials(nonce))).roundTrip();
        server.reload(CONFIG + "\nno_auth_user: joe");
        client.roundTrip();
    }
}
