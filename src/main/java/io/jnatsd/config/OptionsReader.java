package io.jnatsd.config;

import io.jnatsd.config.ConfigValue.Block;
import io.jnatsd.config.ConfigValue.Real;
import io.jnatsd.config.ConfigValue.Text;
import io.jnatsd.config.ServerOptions.Compat;
import io.jnatsd.config.ServerOptions.TlsOptions;
import io.jnatsd.text.GoDuration;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Reads a configuration file into options, by the tables in {@link Options}, and checks what must hold between keys.
 * Threads: one, and one instance for each configuration.
 */
public final class OptionsReader {
    private static final Vocabulary VOCABULARY = Vocabulary.of(Options.TOP_LEVEL, Options.AUTHORIZATION, Options.USER,
            Options.CLUSTER, Options.PERMISSIONS, Options.SUBJECT_RULES, Options.RESPONSES, Options.TLS, Options.WEBSOCKET,
            Options.JETSTREAM, Options.JETSTREAM_LIMITS);
    private static final String UNIX = "unix://";
    private static final Duration SHORTEST_LAME_DUCK = Duration.ofSeconds(30);

    final OptionsBuilder out = new OptionsBuilder();
    final Problems problems = new Problems();
    boolean configWatch;
    boolean plainSecrets;
    /** Null if there is no {@code authorization} block. */
    private AuthReader auth;
    /** The keys that have to agree with others, where they are set. */
    private Entry maxPendingTotal;
    private Entry lameDuckGracePeriod;

    /**
     * What a configuration file says.
     *
     * @param options ready for the command line to change and for {@link OptionsBuilder#build()}
     * @param warnings what is probably not meant as it is written
     * @param plainTextSecrets whether a password or token is there that is not a bcrypt hash
     */
    public record ReadResult(OptionsBuilder options, List<Problem> warnings, boolean plainTextSecrets) {
    }

    private OptionsReader() {
    }

    /** Reads a file; variables that it does not define itself are those of this process. */
    public static ReadResult read(Path file) throws ConfigException {
        return read(file, System::getenv);
    }

    /** Reads a file; {@code environment} has the values of environment variables, null for none. */
    public static ReadResult read(Path file, Function<String, String> environment) throws ConfigException {
        OptionsReader reader = new OptionsReader();
        reader.out.configFile = file;
        return reader.read(ConfigParser.parse(file, reader.load(environment)));
    }

    /** Reads a text; {@code name} stands for the file in messages. */
    public static ReadResult read(String name, String text, Function<String, String> environment)
            throws ConfigException {
        OptionsReader reader = new OptionsReader();
        return reader.read(ConfigParser.parse(name, text, reader.load(environment)));
    }

    private ParseContext load(Function<String, String> environment) {
        return new ParseContext(problems, VOCABULARY, environment);
    }

    private ReadResult read(Block root) throws ConfigException {
        Options.TOP_LEVEL.read(root, this, problems);
        // The users of accounts are not read, so that it is not known whether these exist.
        boolean allUsers = root.entries().values().stream().noneMatch(e -> e.key().equalsIgnoreCase("accounts"));
        report(root, OptionsCheck.disagreements(out.build(), allUsers));
        if (auth != null && !TlsOptions.maps(out.tls) && !TlsOptions.maps(out.webSocketTls))
            auth.refuseUsersWithoutSecret();
        checkAgreement();
        completeTls();
        // A value that could not be read is missing, which would look like a second mistake.
        problems.throwIfAny();
        report(root, OptionsCheck.violations(out.build()));
        problems.throwIfAny();
        return new ReadResult(out, problems.warnings(), plainSecrets);
    }

    private void report(Block root, List<OptionsCheck.Violation> violations) {
        for (OptionsCheck.Violation violation : violations)
            problems.error(place(root, violation.key()), violation.text());
    }

    private void checkAgreement() {
        int payload = out.maxPayload == 0 ? OptionsBuilder.DEFAULT_MAX_PAYLOAD : out.maxPayload;
        if (maxPendingTotal != null && out.maxPendingTotal != 0 && payload > out.maxPendingTotal)
            problems.error(maxPendingTotal.value(), "max_payload (" + payload
                    + ") cannot be higher than max_pending_total (" + out.maxPendingTotal + ")");
        Duration duration = out.lameDuckDuration == null ? Duration.ofMinutes(2) : out.lameDuckDuration;
        if (lameDuckGracePeriod != null && out.lameDuckGracePeriod.compareTo(duration) >= 0)
            problems.error(lameDuckGracePeriod.value(), "lame duck grace period ("
                    + GoDuration.format(out.lameDuckGracePeriod)
                    + ") should be strictly lower than lame duck duration (" + GoDuration.format(duration) + ")");
    }

    /** Where a key is written; if it has another name in the file, the block around it. */
    private static Place place(Block root, String path) {
        Place place = root;
        Block block = root;
        for (String name : path.split("\\.")) {
            Optional<Entry> found = block == null ? Optional.empty() : block.entries().values().stream()
                    .filter(entry -> entry.key().equalsIgnoreCase(name)).reduce((first, last) -> last);
            if (found.isEmpty())
                return place;
            place = found.get();
            block = found.get().value() instanceof Block inner ? inner : null;
        }
        return place;
    }

    private void completeTls() {
        Duration timeout = out.compat == Compat.GNATSD_1_0 ? Duration.ofMillis(500) : Duration.ofSeconds(2);
        out.tls = complete(out.tls, timeout);
        out.clusterTls = complete(out.clusterTls, timeout);
        out.webSocketTls = complete(out.webSocketTls, timeout);
    }

    private TlsOptions complete(TlsOptions t, Duration timeout) {
        return t == null ? null : new TlsOptions(t.certFile(), t.keyFile(), t.caFile(), t.verify(),
                t.verifyAndMap(), t.timeout() == null || t.timeout().isZero() ? timeout : t.timeout(),
                t.cipherSuites(), t.curvePreferences(), t.handshakeFirst(), t.watchFiles() || configWatch);
    }

    void listen(Entry entry) throws MismatchException {
        if (entry.value() instanceof Text text && text.value().startsWith(UNIX)) {
            out.unixSocket = unixSocket(entry, text.value().substring(UNIX.length()));
            return;
        }
        ListenAddress address = OptionType.LISTEN.reading().read(entry);
        if (!address.host().isEmpty())
            out.host = address.host();
        out.port = address.port();
    }

    private static Path unixSocket(Entry entry, String path) throws MismatchException {
        try {
            if (path.startsWith("/"))
                return Path.of(path);
        } catch (InvalidPathException e) {
            throw new MismatchException(entry.value(), "\"" + entry.key() + "\" is not a path: " + e.getReason());
        }
        throw new MismatchException(entry.value(),
                "\"" + entry.key() + "\" needs an absolute path, as in unix:///run/jnatsd.sock");
    }

    /** Reads permissions in octal digits or in the letters of {@code ls}. */
    static Set<PosixFilePermission> permissions(Entry entry) throws MismatchException {
        String text = entry.names().getFirst();
        StringBuilder letters = new StringBuilder();
        if (text.matches("0?[0-7]{3}"))
            for (char digit : text.substring(text.length() - 3).toCharArray())
                for (int bit = 0; bit < 3; bit++)
                    letters.append((digit - '0' & 4 >> bit) != 0 ? "rwx".charAt(bit) : '-');
        try {
            return PosixFilePermissions.fromString(letters.isEmpty() ? text : letters.toString());
        } catch (IllegalArgumentException e) {
            throw new MismatchException(entry.value(), "expected permissions like \"0660\" for \"" + entry.key()
                    + "\", but got \"" + text + "\"");
        }
    }

    /** HTTP and HTTPS share one host. */
    int monitor(Entry entry) throws MismatchException {
        ListenAddress address = OptionType.LISTEN.reading().read(entry);
        if (!address.host().isEmpty())
            out.httpHost = address.host();
        return address.port();
    }

    void authorization(Block block) {
        auth = AuthReader.read(block, problems);
        auth.applyToClients(block, out);
        plainSecrets |= auth.hasPlainSecrets();
    }

    void maxPendingTotal(Entry entry) throws MismatchException {
        out.maxPendingTotal = entry.integer(0, Long.MAX_VALUE);
        maxPendingTotal = entry;
    }

    void writeDeadline(Entry entry) throws MismatchException {
        out.writeDeadline = entry.duration();
        if (entry.isSeconds())
            problems.warn(entry, "write_deadline should be converted to a duration");
    }

    void lameDuckDuration(Entry entry) throws MismatchException {
        Duration duration = entry.duration();
        if (duration.compareTo(SHORTEST_LAME_DUCK) < 0)
            throw new MismatchException(entry.value(), "invalid lame_duck_duration of "
                    + GoDuration.format(duration) + ", minimum is 30 seconds");
        out.lameDuckDuration = duration;
    }

    void lameDuckGracePeriod(Entry entry) throws MismatchException {
        out.lameDuckGracePeriod = entry.duration();
        lameDuckGracePeriod = entry;
    }

    void httpPassword(Entry entry) throws MismatchException {
        out.httpPassword = entry.secret();
        plainSecrets |= AuthReader.isPlain(out.httpPassword);
    }

    /** The number 1.0 without quotes is accepted too. */
    static Compat compat(Entry entry) throws MismatchException {
        if (entry.value() instanceof Real real && real.value() == 1)
            return Compat.GNATSD_1_0;
        return OptionType.word(entry, "1.0", "gnatsd", "current").equals("current") ? Compat.CURRENT : Compat.GNATSD_1_0;
    }

    void logLevel(Entry entry) throws MismatchException {
        String level = OptionType.word(entry, "error", "warn", "info", "debug", "trace");
        boolean trace = level.equals("trace"), debug = trace || level.equals("debug");
        out.logLevel = debug ? "info" : level;
        out.debug |= debug;
        out.trace |= trace;
    }
}
