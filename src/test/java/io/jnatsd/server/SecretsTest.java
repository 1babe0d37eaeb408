package io.jnatsd.server;

import static io.jnatsd.server.SecuredServer.connectLine;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jnatsd.config.OptionsReader;
import io.jnatsd.protocol.ConnectInfo;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mindrot.jbcrypt.BCrypt;

/** The log of {@code -DV} shows no secret. Every secret here contains HIDDEN. */
@Timeout(30)
class SecretsTest {
    private static void assertNothingTold(SecuredServer server) throws Exception {
        List<String> log = server.log();
        assertFalse(log.isEmpty());
        assertEquals(List.of(), log.stream().filter(line -> line.contains("HIDDEN")).toList());
    }

    @Test
    void noLogLineHasASecret() throws Exception {
        String users = "authorization { users: [ {user: joe, password: PASSWORD}, {user: sue, password: HIDDEN-2} ] }";
        try (SecuredServer server = SecuredServer.start(users.replace("PASSWORD", "HIDDEN-1"))) {
            server.login("joe", "HIDDEN-1").send("SUB a 1\r\nPUB a 2\r\nhi\r\n").expect("MSG");
            server.tryLogin("\"user\":\"joe\",\"pass\":\"HIDDEN-wrong\"").expect("-ERR");
            server.tryLogin("\"auth_token\":\"HIDDEN\",\"jwt\":\"HIDDEN\",\"sig\":\"HIDDEN\"").expect("-ERR");
            server.connect().send(connectLine("\"pass\":\"HIDDEN\",\"protocol\":\"x\"")).expect("-ERR");
            server.reload(users.replace("PASSWORD", BCrypt.hashpw("HIDDEN-1", BCrypt.gensalt(4))));
            server.reloadBySignal("authorization { user: joe, password: HIDDEN-3, token: HIDDEN-4 }");
            server.reload("authorization { token: HIDDEN-5 }");
            server.reload("authorization { user: joe, password: HIDDEN-6 }");
            server.awaitClients(0);
            assertTrue(server.log().stream().anyMatch(line -> line.contains("\"pass\":\"[REDACTED]\"")));
            assertNothingTold(server);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "{\"pass\":\"HIDDEN\"}", "{ \"pass\" : \"HIDDEN\" }", "{\"PASS\":\"HIDDEN\",\"pass\":\"HIDDEN\"}",
        "{\"user\":\"pass\",\"pass\":\"x\\\"HIDDEN\\\\\",\"auth_token\":\"HIDDEN\"}",
        "{\"sig\":\"HIDDEN\",\"Jwt\":\"HIDDEN\"}", "{\"pass\":\"HIDDEN",
    })
    void aTracedConnectHidesThem(String json) throws Exception {
        try (SecuredServer server = SecuredServer.start("")) {
            server.connect().send("CONNECT " + json + "\r\nPING\r\n").expect("\\+OK|-ERR");
            assertTrue(server.log().stream().anyMatch(line -> line.contains("->> [CONNECT ")));
            assertNothingTold(server);
        }
    }

    @Test
    void optionsDoNotTellThem() throws Exception {
        String text = OptionsReader.read("test.conf", """
                authorization { users: [ {user: joe, password: HIDDEN-1} ] }
                http_user: admin
                http_password: HIDDEN-2
                cluster {
                  port: -1
                  authorization { user: ruser, password: HIDDEN-3 }
                  routes: [ "nats-route://ruser:HIDDEN-4@127.0.0.1:7246" ]
                }
                """, name -> null).options().build().toString();
        assertTrue(text.contains("joe"));
        assertFalse(text.contains("HIDDEN"), text);
        assertFalse(OptionsReader.read("test.conf", "authorization { token: HIDDEN-5 }", name -> null).options()
                .build().toString().contains("HIDDEN"));
    }

    @Test
    void whatAClientSaidDoesNotTellThem() throws Exception {
        byte[] json = "{\"user\":\"joe\",\"pass\":\"HIDDEN\",\"auth_token\":\"HIDDEN\",\"sig\":\"HIDDEN\"}"
                .getBytes(StandardCharsets.UTF_8);
        ConnectInfo said = ConnectInfo.BEFORE_CONNECT.merge(json, 0, json.length);
        assertEquals("HIDDEN", said.password());
        assertFalse(said.toString().contains("HIDDEN"));
    }
}
