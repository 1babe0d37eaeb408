package io.jnatsd.config;

import io.jnatsd.config.ConfigValue.Int;
import io.jnatsd.config.ConfigValue.Text;
import io.jnatsd.protocol.Subject;
import java.net.URI;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * The type of an option's value: how it is read from a file, and which values are refused wherever they come from.
 * Threads: immutable.
 *
 * @param name as the documentation shows it: the unit of numbers
 * @param reading null if the table that has the option reads it in its own way
 * @param rule null if every value is allowed
 * @param secret whether the value is a secret or contains one, which no message may quote
 */
record OptionType<T>(String name, Reading<T> reading, Rule<T> rule, boolean secret) {
    /** Takes the value of an entry. */
    interface Reading<T> {
        T read(Entry entry) throws MismatchException;
    }

    /** Reports what is wrong with a value; {@code path} is the key with the block around it. */
    interface Rule<T> {
        void check(String path, T value, Consumer<String> report);
    }

    static final OptionType<Boolean> BOOLEAN = of("boolean", Entry::bool);
    static final OptionType<String> TEXT = of("text", Entry::text);
    static final OptionType<String> LINE = TEXT.with(OptionType::oneLine);
    static final OptionType<String> HOST = TEXT.named("host").with(OptionType::host);
    static final OptionType<String> ADVERTISED = TEXT.named("host:port").with(OptionType::advertised);
    static final OptionType<String> SECRET = new OptionType<>("text", Entry::secret, null, true);
    static final OptionType<List<URI>> ROUTES = new OptionType<>("list of URLs", null, RouteUrl::check, true);
    /** A port number, 0 for none, or any free port. */
    static final OptionType<Integer> PORT = of("port",
            e -> (int) e.integer(ListenAddress.RANDOM_PORT, ListenAddress.MAX_PORT)).with(OptionType::port);
    static final OptionType<ListenAddress> LISTEN = of("port or host:port", OptionType::address);
    static final OptionType<Integer> NUMBER = of("number", e -> (int) e.integer(Integer.MIN_VALUE, Integer.MAX_VALUE));
    static final OptionType<Integer> COUNT = of("number", e -> (int) e.integer(0, Integer.MAX_VALUE))
            .with(OptionType::notNegative);
    static final OptionType<Long> SIZE = of("bytes", e -> e.integer(0, Long.MAX_VALUE));
    static final OptionType<Duration> DURATION = of("duration", Entry::duration).with(OptionsCheck::notNegative);
    static final OptionType<List<String>> NAMES = of("list", Entry::names);
    static final OptionType<List<String>> SUBJECTS = of("list of subjects", OptionType::subjects);
    static final OptionType<List<String>> ORIGINS = of("list of origins", WebSocketReader::origins)
            .with(OptionType::origins);
    static final OptionType<Path> PATH = of("path", OptionType::path);

    static <T> OptionType<T> of(String name, Reading<T> reading) {
        return new OptionType<>(name, reading, null, false);
    }

    /** For an option that its table reads in its own way. */
    static <T> OptionType<T> other(String name) {
        return of(name, null);
    }

    static <T> OptionType<T> block() {
        return other("block");
    }

    /** One of these words, in any case. */
    static OptionType<String> word(String... words) {
        return of(String.join(", ", words), entry -> word(entry, words));
    }

    OptionType<T> named(String other) {
        return new OptionType<>(other, reading, rule, secret);
    }

    OptionType<T> with(Rule<T> other) {
        return new OptionType<>(name, reading, other, secret);
    }

    static String word(Entry entry, String... words) throws MismatchException {
        List<String> known = List.of(words);
        if (entry.value() instanceof Text text && known.contains(text.value().toLowerCase(Locale.ROOT)))
            return text.value().toLowerCase(Locale.ROOT);
        throw entry.mismatch("one of " + String.join(", ", known));
    }

    /** A port, or host:port. A port alone leaves the host as it is. */
    private static ListenAddress address(Entry entry) throws MismatchException {
        if (entry.value() instanceof Int)
            return new ListenAddress("", PORT.reading.read(entry));
        if (!(entry.value() instanceof Text text))
            throw entry.mismatch("a port or \"host:port\"");
        try {
            return ListenAddress.parse(text.value());
        } catch (IllegalArgumentException e) {
            throw new MismatchException(text, e.getMessage());
        }
    }

    private static List<String> subjects(Entry entry) throws MismatchException {
        List<String> subjects = entry.names();
        for (String subject : subjects) {
            if (!Subject.isValidPattern(subject))
                throw new MismatchException(entry.value(), "Subject \"" + subject + "\" is not a valid subject");
        }
        return subjects;
    }

    private static Path path(Entry entry) throws MismatchException {
        String text = entry.text();
        try {
            return text.isEmpty() ? null : Path.of(text);
        } catch (InvalidPathException e) {
            throw new MismatchException(entry.value(),
                    "\"" + entry.key() + "\" is not a path: " + e.getReason());
        }
    }

    private static void host(String path, String host, Consumer<String> report) {
        if (!ListenAddress.isHost(host))
            report.accept(ListenAddress.notAHost(path, host));
    }

    private static void port(String path, int port, Consumer<String> report) {
        if (!ListenAddress.isPort(port))
            report.accept("\"" + path + "\" is out of range: expected " + ListenAddress.RANDOM_PORT + " to "
                    + ListenAddress.MAX_PORT + ", but got " + port);
    }

    private static void advertised(String path, String address, Consumer<String> report) {
        if (!address.isEmpty() && !ListenAddress.canBeAdvertised(address))
            report.accept("\"" + path + "\" is not an address: expected \"host\", \"host:port\" or \"[IPv6]:port\", but got \""
                    + ListenAddress.withoutLogin(address) + "\"");
    }

    private static void oneLine(String path, String text, Consumer<String> report) {
        if (text.chars().anyMatch(Character::isISOControl))
            report.accept("\"" + path + "\" must not have line breaks or other control characters: \""
                    + ListenAddress.withoutLogin(text) + "\"");
    }

    static void notNegative(String path, Number value, Consumer<String> report) {
        if (value.longValue() < 0)
            report.accept("\"" + path + "\" must not be negative, but is " + value);
    }

    private static void origins(String path, List<String> origins, Consumer<String> report) {
        for (String origin : origins) {
            if (!WebSocketReader.isOrigin(origin))
                report.accept(WebSocketReader.notAnOrigin(origin));
        }
    }
}
