package io.jnatsd.config;

import io.jnatsd.config.ConfigValue.Array;
import io.jnatsd.config.ConfigValue.Bool;
import io.jnatsd.config.ConfigValue.Text;
import io.jnatsd.config.ServerOptions.TlsOptions;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;

/**
 * Reads a {@code tls} block, for clients, routes or WebSocket. It checks names; the files are loaded when the port is
 * opened. Threads: one, and one instance for each block.
 */
final class TlsReader {
    static final String CANNOT_PARSE = "error parsing tls config, ";

    String certFile = "";
    String keyFile = "";
    String caFile = "";
    boolean verify;
    boolean verifyAndMap;
    /** Null for the default, which depends on a key elsewhere. */
    Duration timeout;
    List<String> cipherSuites = List.of();
    List<String> curvePreferences = List.of();
    boolean onlyTls13;
    boolean handshakeFirst;
    boolean configWatch;

    private TlsReader() {
    }

    /** The options of one block; their timeout is null if the block has none. */
    static TlsOptions read(ConfigValue.Block block, Problems problems) {
        TlsReader r = new TlsReader();
        Options.TLS.read(block, r, problems);
        return new TlsOptions(r.certFile, r.keyFile, r.caFile, r.verify, r.verifyAndMap, r.timeout, r.suites(),
                r.curvePreferences, r.handshakeFirst, r.configWatch);
    }

    /** With suites of TLS 1.3 alone, nothing older is spoken. */
    private List<String> suites() {
        if (!onlyTls13)
            return cipherSuites;
        List<String> named = cipherSuites.stream().filter(TlsNames.TLS_1_3::contains).toList();
        return named.isEmpty() ? TlsNames.TLS_1_3 : named;
    }

    /** As newer servers: 1.2, which is the default, or 1.3. */
    static boolean isTls13(Entry entry) throws MismatchException {
        return switch (entry.text()) {
            case "1.2" -> false;
            case "1.3" -> true;
            default -> throw new MismatchException(entry.value(),
                    CANNOT_PARSE + "expected '" + entry.key() + "' to be \"1.2\" or \"1.3\"");
        };
    }

    static String file(Entry entry) throws MismatchException {
        if (entry.value() instanceof Text text)
            return text.value();
        throw expected(entry, "filename");
    }

    static boolean bool(Entry entry) throws MismatchException {
        if (entry.value() instanceof Bool bool)
            return bool.value();
        throw expected(entry, "a boolean");
    }

    private static MismatchException expected(Entry entry, String type) {
        return new MismatchException(entry.value(),
                CANNOT_PARSE + "expected '" + entry.key() + "' to be " + type);
    }

    /** Newer servers also take a time to wait for a client's first move, or "auto"; each means that it is on. */
    static boolean handshakeFirst(Entry entry) throws MismatchException {
        if (entry.value() instanceof Bool bool)
            return bool.value();
        if (entry.value() instanceof Text text && text.value().equalsIgnoreCase("auto"))
            return true;
        entry.duration();
        return true;
    }

    static List<String> known(Entry entry, Predicate<String> known, String what)
            throws MismatchException {
        List<String> names = entry.texts();
        if (names.isEmpty())
            throw new MismatchException(entry.value(), CANNOT_PARSE + "'" + entry.key() + "' cannot be empty");
        for (int i = 0; i < names.size(); i++) {
            if (!known.test(names.get(i)))
                throw new MismatchException(((Array) entry.value()).elements().get(i),
                        "Unrecognized " + what + " " + names.get(i));
        }
        return names;
    }
}
