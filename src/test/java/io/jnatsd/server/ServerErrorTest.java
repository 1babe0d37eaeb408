package io.jnatsd.server;

import static io.jnatsd.server.SecuredServer.userAndPass;
import static org.awaitility.Awaitility.await;

import io.jnatsd.auth.Login;
import io.jnatsd.client.Clients;
import io.jnatsd.config.ServerOptions;
import io.jnatsd.connection.ServerState;
import io.jnatsd.log.Log;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** After any Throwable, Errors included, a server keeps working; only the affected connection or task ends. */
@Timeout(60)
class ServerErrorTest {
    private static OutOfMemoryError withoutTrace() {
        OutOfMemoryError e = new OutOfMemoryError("Java heap space");
        e.setStackTrace(new StackTraceElement[0]);
        return e;
    }

    @Test
    void anErrorInAReaderEndsItsConnectionAndNoOther() throws Exception {
        try (SecuredServer server = SecuredServer.start("", shown -> {
            if (shown.user().equals("short"))
                throw withoutTrace();
            return Login.OPEN;
        })) {
            RawClient other = server.login("joe", "j");
            server.tryLogin(userAndPass("short", "x")).expectClosed();
            server.awaitLog("[ERR] cid:2 - Internal error in reader: java.lang.OutOfMemoryError: Java heap space");
            await().until(() -> server.server().clients().count() == 1);
            other.roundTrip();
            server.login("sue", "s").roundTrip();
        }
    }

    @Test
    void anAuthenticatorThatLacksAClassLetsNobodyIn() throws Exception {
        try (SecuredServer server = SecuredServer.start("", shown -> {
            throw new NoClassDefFoundError("org/ldap/Directory");
        })) {
            server.tryLogin(userAndPass("x", "y")).expectEnd("-ERR 'Authorization Violation'\r\n");
            server.awaitLog("[ERR] cid:1 - Authenticator failed: java.lang.NoClassDefFoundError: org/ldap/Directory");
        }
    }

    @Test
    void aPortAcceptsFurtherConnectionsAfterAnError() throws Exception {
        ServerState state = new ServerState(Log.silent(), ServerOptions.defaults());
        Clients clients = new Clients(state);
        AtomicInteger taken = new AtomicInteger();
        Listener listener = new Listener("Client", new TcpEndpoint(ReservedPort.of("127.0.0.1", 0)), state, socket -> {
            if (taken.getAndIncrement() < 3)
                throw withoutTrace();
            return clients.accept(socket);
        });
        try {
            listener.listen();
            listener.serve();
            for (int i = 0; i < 3; i++)
                try (RawClient refused = RawClient.open(listener.port())) {
                    refused.expectClosed();
                }
            await().until(() -> state.threads.outOfMemory() == 3);
            RawClient.open(listener.port()).close();
            await().until(() -> taken.get() == 4);
        } finally {
            listener.close();
            state.stopTimer();
        }
    }
}
