package io.jnatsd.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** There is no static state: servers in one JVM are independent of each other. */
class ManyServersTest {
    @Test
    void tenServersKeepApart() throws IOException {
        List<TestServer> servers = new ArrayList<>();
        List<RawClient> clients = new ArrayList<>();
        Set<String> ids = new HashSet<>();
        try {
            for (int i = 0; i < 10; i++) {
                int limit = 10_000 + i;
                TestServer server = TestServer.tracing(o -> o.maxPayload = limit);
                servers.add(server);
                ids.add(server.server().serverId());
                RawClient client = server.open();
                client.expect("INFO .*\"max_payload\":" + limit + ",.*\"client_id\":1,.*\r\n");
                clients.add(client.send("CONNECT {\"verbose\":false}\r\nSUB foo " + i + "\r\n").roundTrip());
            }
            for (int i = 0; i < 10; i++)
                clients.get(i).send("PUB foo 1\r\n" + i + "\r\n");
            for (int i = 0; i < 10; i++) {
                clients.get(i).expectText("MSG foo " + i + " 1\r\n" + i + "\r\n").roundTrip();
                assertEquals(1, servers.get(i).state().traffic.totals().inMessages());
                assertEquals(1, servers.get(i).log().stream().filter(line -> line.contains("MSG_PAYLOAD")).count());
            }
            servers.get(3).close();
            clients.get(4).roundTrip();
        } finally {
            for (TestServer server : servers)
                if (server != servers.get(3))
                    server.close();
        }
        assertEquals(10, ids.size());
    }

    @Test
    void aHundredServersComeAndGo() throws IOException {
        for (int i = 0; i < 100; i++)
            try (TestServer server = TestServer.start()) {
                server.quiet().send("SUB foo 1\r\nPUB foo 1\r\nx\r\n").expectText("MSG foo 1 1\r\nx\r\n");
            }
    }
}
