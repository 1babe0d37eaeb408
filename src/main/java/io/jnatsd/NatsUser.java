package io.jnatsd;

import io.jnatsd.protocol.Nkey;
import io.jnatsd.protocol.Subject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A user of a {@link NatsServer}: how a client logs in as this user, and what it may do then. Each method returns a
 * changed copy; a value that no server could work with is refused at once with {@link IllegalArgumentException}.
 *
 * <pre>{@code
 * NatsServer server = NatsServer.builder()
 *         .user(NatsUser.password("joe", "secret")
 *                 .allowPublish("orders.>")
 *                 .denyPublish("orders.audit")
 *                 .allowSubscribe("_INBOX.>"))
 *         .user(NatsUser.nkey("UDXU4RCSJNZOIQHZNWXHXORDPRTGNJAHAHFRGZNEEJCPQTT2M7NLCNF4"))
 *         .start();
 * }</pre>
 *
 * <p>Permissions mean the same as in a configuration file. A user without any may publish and subscribe to everything.
 * A list of allowed subjects allows these only; a denied subject is denied even if it is allowed, too. Publishing and
 * subscribing are independent of each other, except that a user with {@link #allowResponses} and without
 * {@link #allowPublish} may publish replies only.
 *
 * <p>A client that uses requests needs to subscribe to {@code _INBOX.>}, where it gets the replies. What is not allowed
 * is answered with {@code -ERR 'Permissions Violation ...'}.
 *
 * <p>Threads: immutable.
 */
public final class NatsUser {
    /** How a client proves that it is this user. */
    enum Proof { PASSWORD, NKEY, CERTIFICATE, AUTHENTICATOR }

    /** The subjects of one direction. {@code allowed} is null if all are. */
    private record Subjects(List<String> allowed, List<String> denied) {
        private static final Subjects ALL = new Subjects(null, List.of());

        Subjects allow(List<String> more) {
            return new Subjects(allowed == null ? more : joined(allowed, more), denied);
        }

        Subjects deny(List<String> more) {
            return new Subjects(allowed, joined(denied, more));
        }

        private static List<String> joined(List<String> some, List<String> more) {
            List<String> all = new ArrayList<>(some);
            all.addAll(more);
            return List.copyOf(all);
        }
    }

    private final Proof proof;
    private final String name;
    /** Empty unless the proof is a password. */
    private final String password;
    private Subjects publish = Subjects.ALL;
    private Subjects subscribe = Subjects.ALL;
    /** Zero if replies have no permission of their own. */
    private int maxResponses;
    private Duration responseTime = Duration.ZERO;
    /** Zero for any number. */
    private int maxConnections;

    private NatsUser(Proof proof, String name, String password) {
        this.proof = proof;
        this.name = name;
        this.password = password;
    }

    /** A copy, which is changed before anybody else sees it. */
    private NatsUser copy() {
        NatsUser copy = new NatsUser(proof, name, password);
        copy.publish = publish;
        copy.subscribe = subscribe;
        copy.maxResponses = maxResponses;
        copy.responseTime = responseTime;
        copy.maxConnections = maxConnections;
        return copy;
    }

    /**
     * Returns a user who logs in by name and password.
     *
     * @param name not empty
     * @param password not empty; plain text, or a bcrypt hash
     * @return a user who may do everything
     */
    public static NatsUser password(String name, String password) {
        if (name.isEmpty() || password.isEmpty())
            throw new IllegalArgumentException("a user needs a name and a password, but the "
                    + (name.isEmpty() ? "name" : "password") + " is empty");
        return new NatsUser(Proof.PASSWORD, name, password);
    }

    /**
     * Returns a user who logs in by signing what the server sends, with the private key of an nkey.
     *
     * @param publicKey the public key of a user, 56 characters that begin with {@code U}; never the seed, which begins
     *        with {@code SU} and stays with the client
     * @return a user who may do everything
     */
    public static NatsUser nkey(String publicKey) {
        return new NatsUser(Proof.NKEY, Nkey.ofUser(publicKey).toString(), "");
    }

    /**
     * Returns a user who logs in by a TLS certificate, which {@link NatsTls#mapUsers} enables.
     *
     * @param name an email address, a DNS name or a URI among the alternative names of the certificate, or its whole
     *        subject, {@code CN=joe,O=Acme}
     * @return a user who may do everything
     */
    public static NatsUser certificate(String name) {
        return new NatsUser(Proof.CERTIFICATE, notEmpty(name), "");
    }

    /**
     * Returns a user whose login has been checked: what an {@link Authenticator} returns.
     *
     * @param name for logs, monitoring and {@link #maxConnections(int)}; not empty
     * @return a user who may do everything
     */
    public static NatsUser named(String name) {
        return new NatsUser(Proof.AUTHENTICATOR, notEmpty(name), "");
    }

    private static String notEmpty(String name) {
        if (name.isEmpty())
            throw new IllegalArgumentException("a user needs a name, but it is empty");
        return name;
    }

    /**
     * Allows publishing to these subjects, and to no others but those of further calls.
     *
     * @param subjects with wildcards or without; none for a user who may not publish
     * @return a user with these subjects in addition
     */
    public NatsUser allowPublish(String... subjects) {
        NatsUser copy = copy();
        copy.publish = publish.allow(checked("allowPublish", false, subjects));
        return copy;
    }

    /**
     * Denies publishing to these subjects.
     *
     * @param subjects one or more, with wildcards or without
     * @return a user with these subjects in addition
     */
    public NatsUser denyPublish(String... subjects) {
        NatsUser copy = copy();
        copy.publish = publish.deny(some("denyPublish", checked("denyPublish", false, subjects)));
        return copy;
    }

    /**
     * Allows subscribing to these subjects, and to no others but those of further calls.
     *
     * @param subjects with wildcards or without; {@code "orders.> workers"} allows it to members of that queue group
     *        only; none for a user who may not subscribe
     * @return a user with these subjects in addition
     */
    public NatsUser allowSubscribe(String... subjects) {
        NatsUser copy = copy();
        copy.subscribe = subscribe.allow(checked("allowSubscribe", true, subjects));
        return copy;
    }

    /**
     * Denies subscribing to these subjects. A subscription that covers some of them does not receive their messages.
     *
     * @param subjects one or more, as for {@link #allowSubscribe}
     * @return a user with these subjects in addition
     */
    public NatsUser denySubscribe(String... subjects) {
        NatsUser copy = copy();
        copy.subscribe = subscribe.deny(some("denySubscribe", checked("denySubscribe", true, subjects)));
        return copy;
    }

    /**
     * Allows replies to the requests that the user receives, on subjects that it may not publish to otherwise.
     *
     * @param count replies to each request, 1 or more
     * @param time in which they are allowed, longer than zero
     * @return a user with this permission
     */
    public NatsUser allowResponses(int count, Duration time) {
        if (count < 1)
            throw new IllegalArgumentException("allowResponses must allow 1 reply or more, but the count is " + count);
        if (time.isZero() || time.isNegative())
            throw new IllegalArgumentException("the time of allowResponses must be longer than zero, but is " + time);
        NatsUser copy = copy();
        copy.maxResponses = count;
        copy.responseTime = time;
        return copy;
    }

    /**
     * Sets how many clients may be connected as this user at the same time.
     *
     * @param count 1 or more; any number by default
     * @return a user with this limit
     */
    public NatsUser maxConnections(int count) {
        if (count < 1)
            throw new IllegalArgumentException("maxConnections must be 1 or more, but is " + count);
        NatsUser copy = copy();
        copy.maxConnections = count;
        return copy;
    }

    private static List<String> checked(String method, boolean mayHaveQueue, String... subjects) {
        List<String> checked = new ArrayList<>();
        for (String subject : subjects) {
            String entry = Subject.permissionEntry(subject, mayHaveQueue);
            if (entry == null)
                throw new IllegalArgumentException(method + " needs subjects such as \"orders.*\""
                        + (mayHaveQueue ? " or \"orders.* queue\"" : "") + ", but got \"" + subject + "\"");
            checked.add(entry);
        }
        return List.copyOf(checked);
    }

    /** An empty list could be taken for "everything is denied". */
    private static List<String> some(String method, List<String> subjects) {
        if (subjects.isEmpty())
            throw new IllegalArgumentException(method + " needs one subject or more; \">\" stands for all");
        return subjects;
    }

    Proof proof() {
        return proof;
    }

    String secret() {
        return password;
    }

    /**
     * Returns the name of the user.
     *
     * @return its public key if it logs in by nkey
     */
    public String name() {
        return name;
    }

    /**
     * Returns the subjects of {@link #allowPublish}.
     *
     * @return empty if all subjects are allowed
     */
    public Optional<List<String>> publishAllowed() {
        return Optional.ofNullable(publish.allowed);
    }

    /**
     * Returns the subjects of {@link #denyPublish}.
     *
     * @return possibly none
     */
    public List<String> publishDenied() {
        return publish.denied;
    }

    /**
     * Returns the subjects of {@link #allowSubscribe}.
     *
     * @return empty if all subjects are allowed
     */
    public Optional<List<String>> subscribeAllowed() {
        return Optional.ofNullable(subscribe.allowed);
    }

    /**
     * Returns the subjects of {@link #denySubscribe}.
     *
     * @return possibly none
     */
    public List<String> subscribeDenied() {
        return subscribe.denied;
    }

    /**
     * Returns the count of {@link #allowResponses}.
     *
     * @return 0 if it was not set
     */
    public int maxResponses() {
        return maxResponses;
    }

    /**
     * Returns the time of {@link #allowResponses}.
     *
     * @return zero if it was not set
     */
    public Duration responseTime() {
        return responseTime;
    }

    /**
     * Returns the limit of {@link #maxConnections(int)}.
     *
     * @return 0 for any number
     */
    public int maxConnections() {
        return maxConnections;
    }

    /** Returns the name, without the password. */
    @Override
    public String toString() {
        return "NatsUser[" + name + "]";
    }
}
