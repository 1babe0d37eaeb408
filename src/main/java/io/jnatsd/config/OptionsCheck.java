package io.jnatsd.config;

import io.jnatsd.config.ServerOptions.AuthOptions;
import io.jnatsd.config.ServerOptions.ClusterOptions;
import io.jnatsd.config.ServerOptions.MonitorOptions;
import io.jnatsd.config.ServerOptions.TlsOptions;
import io.jnatsd.config.ServerOptions.User;
import io.jnatsd.protocol.Nkey;
import io.jnatsd.text.GoDuration;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * The rules for complete options, whether a file, the command line or an embedding program set them: the ranges in
 * {@link Options}, and what must hold between options. Negative values mean
 * "no limit" for {@code max_connections}, {@code max_payload} and {@code max_subscriptions}, and for {@code max_pending}
 * where a program sets it; they are refused elsewhere.
 * Threads: one for each instance.
 */
public final class OptionsCheck {
    /**
     * A rule that the options break.
     *
     * @param key the path of the key in the configuration file, {@code cluster.port}
     */
    record Violation(String key, String text) {
    }

    private final List<Violation> violations = new ArrayList<>();

    private OptionsCheck() {
    }

    /**
     * Builds options that keep the rules.
     *
     * @throws ConfigException as {@link #require}
     */
    public static ServerOptions build(OptionsBuilder builder) throws ConfigException {
        ServerOptions options = builder.build();
        require(options);
        return options;
    }

    /**
     * Builds the options of an embedding program that has no configuration. Its methods have checked the ranges of
     * numbers already. So the table in {@link Options} is not needed, which takes longer to load than the rest of the
     * first start in a JVM.
     *
     * @throws ConfigException as {@link #require}
     */
    public static ServerOptions buildWithoutConfiguration(OptionsBuilder builder) throws ConfigException {
        ServerOptions options = builder.build();
        OptionsCheck check = new OptionsCheck();
        if (!ListenAddress.isHost(options.client().host()))
            check.violation("host", ListenAddress.notAHost("host", options.client().host()));
        RouteUrl.check("cluster.routes", options.cluster().routes(), text -> check.violation("cluster.routes", text));
        check.combinations(options);
        check.throwIfAny();
        return options;
    }

    /** @throws ConfigException naming every key that has a value the server cannot work with */
    public static void require(ServerOptions options) throws ConfigException {
        OptionsCheck check = new OptionsCheck();
        check.violations.addAll(violations(options));
        check.throwIfAny();
    }

    private void throwIfAny() throws ConfigException {
        if (!violations.isEmpty())
            throw new ConfigException(violations.stream().map(v -> new Problem("", 0, 0, v.text())).toList());
    }

    static List<Violation> violations(ServerOptions o) {
        OptionsCheck check = new OptionsCheck();
        Options.all().forEach(option -> option.check(o, text -> check.violation(option.path(), text)));
        check.combinations(o);
        return check.violations;
    }

    /** Checks what is not a matter of one option in the table. */
    private void combinations(ServerOptions o) {
        if (o.jetStream().enabled() && o.compat() == ServerOptions.Compat.GNATSD_1_0)
            violation("jetstream", "\"jetstream\" needs the protocol of today, which \"compat\" switches off");
        String domain = o.jetStream().domain();
        if (domain.chars().anyMatch(c -> c <= ' ' || c > '~' || ".*>".indexOf(c) >= 0) || domain.equals("API"))
            violation("jetstream.domain", "\"jetstream.domain\" must be one token of a subject, without '.', '*' and '>', but is \""
                    + domain + "\"");
        logins(o);
        cluster(o.cluster());
        monitor(o.monitor(), o.client().host());
        tlsTimeout("cluster.tls", o.cluster().tls());
        tlsTimeout("websocket.tls", o.webSocket().tls());
    }

    private void violation(String key, String text) {
        violations.add(new Violation(key, text));
    }

    /**
     * Checks what must hold between options that a file or an embedding program has set.
     *
     * @param allUsers whether the options have all users, so that {@code no_auth_user} and {@code system_user} must be
     *        among them
     * @throws ConfigException naming what does not agree
     */
    public static void requireAgreement(ServerOptions options, boolean allUsers) throws ConfigException {
        OptionsCheck check = new OptionsCheck();
        check.violations.addAll(disagreements(options, allUsers));
        check.throwIfAny();
    }

    static List<Violation> disagreements(ServerOptions o, boolean allUsers) {
        OptionsCheck check = new OptionsCheck();
        if (allUsers)
            check.namedUsers(o.auth());
        long payload = o.limits().maxPayload(), pending = o.limits().maxPending();
        if (pending > 0 && payload > pending)
            check.violation("max_pending",
                    "max_payload (" + payload + ") cannot be higher than max_pending (" + pending + ")");
        return check.violations;
    }

    private void namedUsers(AuthOptions auth) {
        String guest = auth.noAuthUser(), system = auth.systemUser();
        List<User> users = auth.users() == null ? List.of() : auth.users();
        boolean isGuest = users.stream().anyMatch(user -> user.name().equals(guest));
        boolean isSystem = system.equals(auth.user()) || users.stream()
                .anyMatch(user -> user.name().equals(system) || user.nkey().equals(system));
        if (!guest.isEmpty() && !isGuest)
            violation("no_auth_user", "no_auth_user: \"" + guest + "\" not present as user in authorization block");
        if (!system.isEmpty() && !isSystem)
            violation("system_user", "system_user: \"" + system + "\" not present as user in authorization block");
        else if (!system.isEmpty() && system.equals(guest))
            violation("system_user",
                    "system_user: \"" + system + "\" is also no_auth_user, which needs no credentials");
    }

    private void logins(ServerOptions o) {
        // As with gnatsd, a password beside users has no effect.
        if (o.auth().users() == null)
            halfLogin("authorization", o.auth().user(), o.auth().password());
        else
            for (User user : o.auth().users())
                user(user, TlsOptions.maps(o.tls()) || TlsOptions.maps(o.webSocket().tls()));
    }

    /** @param byCertificate a certificate may take the place of the password */
    private void user(User user, boolean byCertificate) {
        String key = "authorization.users", shown = "user \"" + user.name() + user.nkey() + "\"";
        if (user.nkey().isEmpty()) {
            if (user.name().isEmpty() || user.password().isEmpty() && !byCertificate)
                violation(key, shown + ": User entry requires a user and a password");
        } else if (!user.name().isEmpty() || !user.password().isEmpty()) {
            violation(key, shown + ": Nkey users do not take usernames or passwords");
        } else {
            nkey(key, user.nkey());
        }
        if (user.quota().connections() < 0)
            violation(key, shown + ": max_connections must not be negative, but is " + user.quota().connections());
    }

    private void nkey(String key, String nkey) {
        try {
            Nkey.ofUser(nkey);
        } catch (IllegalArgumentException e) {
            violation(key, "Not a valid public nkey for a user");
        }
    }

    /** A user alone could log in with an empty password; a password alone would not be checked. */
    private void halfLogin(String key, String user, String password) {
        if (user.isEmpty() && !password.isEmpty())
            violation(key, key + " has a password, but no user");
        if (!user.isEmpty() && password.isEmpty())
            violation(key, key + " has the user \"" + user + "\", but no password");
    }

    private void cluster(ClusterOptions c) {
        if (!TlsOptions.maps(c.tls()))
            halfLogin("cluster.authorization", c.user(), c.password());
        else if (c.user().isEmpty())
            violation("cluster.tls", "cluster.tls has verify_and_map, but cluster.authorization has no user: no other"
                    + " server could join");
        timeout("cluster.authorization.timeout", c.authTimeout());
    }

    private void monitor(MonitorOptions m, String clientHost) {
        // Where it follows the clients' host, one message is enough.
        if (!m.host().equals(clientHost) && !ListenAddress.isHost(m.host()))
            violation("http", "the host for monitoring is not a host name or an IP address: \""
                    + ListenAddress.withoutLogin(m.host()) + "\"");
        if (m.user().isEmpty() != m.password().isEmpty())
            violation(m.user().isEmpty() ? "http_password" : "http_user",
                    "\"http_user\" and \"http_password\" need each other");
    }

    /** The keys of this block are in the table once, as those of the {@code tls} block for clients. */
    private void tlsTimeout(String key, TlsOptions tls) {
        if (tls != null && tls.timeout() != null)
            timeout(key + ".timeout", tls.timeout());
    }

    private void timeout(String key, Duration value) {
        notNegative(key, value, text -> violation(key, text));
    }

    static void notNegative(String path, Duration value, Consumer<String> report) {
        if (value.isNegative())
            report.accept("\"" + path + "\" must not be negative, but is " + GoDuration.format(value));
    }
}
