package io.jnatsd.auth;

import io.jnatsd.NatsUser;
import io.jnatsd.config.ServerOptions.PermissionOptions;
import io.jnatsd.config.ServerOptions.ResponseRules;
import io.jnatsd.config.ServerOptions.SubjectRules;
import io.jnatsd.protocol.Nkey;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeoutException;

/**
 * Asks the {@link io.jnatsd.Authenticator} of a program. Threads: as that one.
 *
 * @param program the implementation
 */
public record ProgramAuthenticator(io.jnatsd.Authenticator program) implements Authenticator {

    /** Credentials whose nkey, if there is one, has been proved. */
    private record Proved(Credentials sent) implements io.jnatsd.Credentials {
        @Override
        public String user() {
            return sent.user();
        }

        @Override
        public String password() {
            return sent.password();
        }

        @Override
        public String token() {
            return sent.token();
        }

        @Override
        public String nkey() {
            return sent.nkey();
        }

        @Override
        public String address() {
            return sent.address();
        }

        @Override
        public String clientName() {
            return sent.clientName();
        }

        @Override
        public List<X509Certificate> certificates() {
            return sent.certificates();
        }

        /** Omits secrets, so that they do not get into logs. */
        @Override
        public String toString() {
            return sent.toString();
        }
    }

    @Override
    public Login authenticate(Credentials sent) throws Exception {
        if (!sent.nkey().isEmpty() && !hasKey(sent))
            return null;
        try {
            Optional<NatsUser> user = Objects.requireNonNull(program.authenticate(new Proved(sent)),
                    "authenticate returned null, where Optional.empty() refuses a client");
            return user.map(ProgramAuthenticator::login).orElse(null);
        } catch (TimeoutException e) {
            throw new AuthenticationTimeout(
                    e.getMessage() == null ? "the authenticator has timed out" : e.getMessage());
        }
    }

    private static boolean hasKey(Credentials sent) {
        try {
            byte[] nonce = sent.nonce().getBytes(StandardCharsets.US_ASCII);
            return nonce.length > 0 && Nkey.ofUser(sent.nkey()).verify(nonce, sent.signature());
        } catch (IllegalArgumentException e) {
            // The text is not an nkey.
            return false;
        }
    }

    private static Login login(NatsUser user) {
        return new Login(user.name(), Permissions.of(permissions(user)), user.maxConnections());
    }

    /**
     * Returns the permissions of a user as the configuration has them.
     *
     * @return null if everything is allowed
     */
    public static PermissionOptions permissions(NatsUser user) {
        boolean replies = user.maxResponses() > 0;
        SubjectRules publish = new SubjectRules(user.publishAllowed().orElse(replies ? List.of() : null),
                user.publishDenied());
        SubjectRules subscribe = new SubjectRules(user.subscribeAllowed().orElse(null), user.subscribeDenied());
        SubjectRules all = new SubjectRules(null, List.of());
        return publish.equals(all) && subscribe.equals(all) ? null
                : new PermissionOptions(publish, subscribe,
                        replies ? new ResponseRules(user.maxResponses(), user.responseTime()) : null);
    }
}
