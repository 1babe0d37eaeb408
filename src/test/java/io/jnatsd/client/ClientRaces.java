package io.jnatsd.client;

import io.jnatsd.auth.Authenticator;
import io.jnatsd.auth.Login;
import io.jnatsd.auth.Permissions;
import io.jnatsd.config.ServerOptions;
import io.jnatsd.config.ServerOptions.PermissionOptions;
import io.jnatsd.config.ServerOptions.Quota;
import io.jnatsd.config.ServerOptions.SubjectRules;
import io.jnatsd.connection.CloseReason;
import io.jnatsd.connection.ServerState;
import io.jnatsd.log.Log;
import io.jnatsd.protocol.ServerInfo;
import io.jnatsd.stress.Race;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** Races of a client's commands with a reload and with the end of its connection. See {@link Race}. */
public final class ClientRaces {
    private static final Login JOE = new Login("joe", Permissions.UNRESTRICTED, 1);
    private static final Login RESTRICTED = new Login("joe",
            Permissions.of(new PermissionOptions(null, new SubjectRules(List.of("bar"), List.of()), null)), 1);

    private ClientRaces() {
    }

    /** One client in each round, whose reader is the first action. */
    private abstract static class OfClient extends Race {
        final ServerState state = new ServerState(Log.silent(), ServerOptions.defaults());
        final Clients clients = new Clients(state);
        ScriptedSocket socket;
        Client client;

        OfClient(String name, int actions, String... allowed) {
            super(name, actions, allowed);
            state.info = new ServerInfo("ID", "name", "java", "127.0.0.1", 4222, true, false, false, false, 1024,
                    List.of(), true, false, false, false, "");
        }

        void rules(Authenticator authenticator) {
            clients.secure(new ClientAuth(authenticator, authenticator, Duration.ofMinutes(5), false, false, false,
                    false), null, null);
        }

        @Override
        protected void begin() throws Exception {
            rules(shown -> JOE);
            socket = new ScriptedSocket().say("CONNECT {\"verbose\":false,\"user\":\"joe\"}\r\n")
                    .say("SUB foo 1\r\nSUB f.* 2\r\n");
            client = clients.accept(socket);
        }

        /** Returns what the connection has left behind, empty if nothing. */
        String leftBehind() {
            boolean free = clients.users.move("", "joe", new Quota(1, 0, 0)) == null;
            if (free)
                clients.users.move("joe", "", Quota.UNLIMITED);
            return (clients.count() == 0 ? "" : ", registered") + (free ? "" : ", counted for its user")
                    + (state.subjects.index().count() == 0 ? "" : ", subscribed");
        }
    }

    /** A reload withdraws the subscriptions of a client that is just subscribing. */
    private static final class Reload extends OfClient {
        private CountDownLatch reloaded;
        private long kept;

        Reload() {
            super("reload against subscribe", 2, "0 kept, 0 withdrawn", "0 kept, 1 withdrawn", "0 kept, 2 withdrawn");
        }

        @Override
        protected void begin() throws Exception {
            super.begin();
            reloaded = new CountDownLatch(1);
            socket.then(reloaded::await).then(() -> kept = state.subjects.index().count());
        }

        @Override
        protected void act(int action) throws Exception {
            if (action == 0) {
                client.run();
                return;
            }
            try {
                rules(shown -> RESTRICTED);
                client.recheck();
            } finally {
                reloaded.countDown();
            }
        }

        @Override
        protected String outcome() {
            int withdrawn = socket.answers().split("\\(sid ", -1).length - 1;
            return kept + " kept, " + withdrawn + " withdrawn" + leftBehind();
        }
    }

    /** A client is closed by one thread and killed by another while it subscribes and a reload checks its login. */
    private static final class End extends OfClient {
        End() {
            super("close against kill, subscribe and reload", 3, "for SERVER_SHUTDOWN", "for KICKED",
                    "for CLIENT_CLOSED");
        }

        @Override
        protected void act(int action) throws Exception {
            switch (action) {
                case 0 -> client.run();
                case 1 -> {
                    client.close(CloseReason.KICKED, "-ERR 'bye'\r\n");
                    client.recheck();
                }
                default -> {
                    client.recheck();
                    client.kill(CloseReason.SERVER_SHUTDOWN);
                }
            }
        }

        @Override
        protected String outcome() {
            return "for " + client.closeReason().name() + leftBehind();
        }
    }

    public static void main(String[] args) throws InterruptedException {
        Race.run(args, new Reload(), new End());
    }
}
