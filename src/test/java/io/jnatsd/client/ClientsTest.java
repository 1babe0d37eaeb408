package io.jnatsd.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.jnatsd.config.ServerOptions;
import io.jnatsd.connection.CloseReason;
import io.jnatsd.connection.ServerState;
import io.jnatsd.log.Log;
import io.jnatsd.protocol.ServerInfo;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ClientsTest {
    private final ServerState state = new ServerState(Log.silent(),
            ServerOptions.defaults().with(o -> o.maxConnections = 1));
    private final Clients clients = new Clients(state);

    @BeforeEach
    void info() {
        state.info = new ServerInfo("ID", "name", "java", "127.0.0.1", 4222, false, false, false, false, 1024,
                List.of(), true, false, false, false, "");
    }

    @AfterEach
    void stop() {
        state.stopTimer();
    }

    private Client accepted(ScriptedSocket socket) throws IOException {
        return clients.accept(socket);
    }

    /** For example because the output of all connections uses too much memory. */
    @Test
    void aClientThatIsClosedBeforeItIsAdmittedDoesNotStayRegistered() throws IOException {
        Client killed = accepted(new ScriptedSocket());
        killed.kill(CloseReason.PENDING_BYTES);
        killed.run();
        Client closed = accepted(new ScriptedSocket());
        closed.close(CloseReason.KICKED, "-ERR 'bye'\r\n");
        closed.run();
        assertEquals(0, clients.count());
        assertFalse(clients.all().iterator().hasNext());
        ScriptedSocket next = new ScriptedSocket().say("CONNECT {\"verbose\":false}\r\nPING\r\n");
        accepted(next).run();
        assertEquals("PONG\r\n", next.answers());
        assertEquals(0, clients.count());
    }
}
