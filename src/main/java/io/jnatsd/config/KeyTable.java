package io.jnatsd.config;

import io.jnatsd.config.Vocabulary.Kind;
import io.jnatsd.usage.Spelling;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.function.UnaryOperator;

/**
 * The keys that a block may have, and what to do with the value of each. Key names are given in lower case, synonyms
 * separated by spaces; in the file their case does not matter. Threads: complete before it is shared, then any.
 *
 * @param <T> what the values are put into
 */
final class KeyTable<T> {
    /** Puts the value of one key where it belongs. */
    interface Key<T> {
        void read(T target, Entry entry) throws MismatchException;
    }

    private final Map<String, Key<T>> keys = new LinkedHashMap<>();
    private final Set<String> secrets = new HashSet<>();
    private final Set<String> unsupported = new TreeSet<>();
    private final Set<String> refused = new TreeSet<>();
    /** What this server does not have, by the key of newer servers that sets it up. */
    private final Map<String, String> features = new HashMap<>();
    /** What to say about an unknown key; null if that is only worth a warning. */
    private UnaryOperator<String> unknown;

    KeyTable<T> key(String names, Key<T> key) {
        for (String name : names.split(" "))
            keys.put(name, key);
        return this;
    }

    KeyTable<T> bool(String names, BiConsumer<T, Boolean> set) {
        return key(names, (target, entry) -> set.accept(target, entry.bool()));
    }

    KeyTable<T> text(String names, BiConsumer<T, String> set) {
        return key(names, (target, entry) -> set.accept(target, entry.text()));
    }

    KeyTable<T> secret(String names, BiConsumer<T, String> set) {
        return secretKey(names, (target, entry) -> set.accept(target, entry.secret()));
    }

    /** A key whose value is a secret, or has a secret in it: no message quotes it. */
    KeyTable<T> secretKey(String names, Key<T> key) {
        secrets.addAll(List.of(names.split(" ")));
        return key(names, key);
    }

    KeyTable<T> integer(String names, int min, int max, BiConsumer<T, Integer> set) {
        return key(names, (target, entry) -> set.accept(target, (int) entry.integer(min, max)));
    }

    KeyTable<T> size(String names, BiConsumer<T, Long> set) {
        return key(names, (target, entry) -> set.accept(target, entry.integer(0, Long.MAX_VALUE)));
    }

    /** Any free port, off, or a port number. */
    KeyTable<T> port(String names, BiConsumer<T, Integer> set) {
        return integer(names, ListenAddress.RANDOM_PORT, ListenAddress.MAX_PORT, set);
    }

    KeyTable<T> duration(String names, BiConsumer<T, Duration> set) {
        return key(names, (target, entry) -> set.accept(target, entry.duration()));
    }

    KeyTable<T> names(String names, BiConsumer<T, List<String>> set) {
        return key(names, (target, entry) -> set.accept(target, entry.names()));
    }

    /** Keys of newer servers, which are no mistake but have no effect either. */
    KeyTable<T> unsupported(String names) {
        unsupported.addAll(List.of(names.split(" ")));
        return this;
    }

    /** Keys of newer servers that keep clients out: to ignore them would be to let those in. */
    KeyTable<T> refused(String names) {
        refused.addAll(List.of(names.split(" ")));
        return this;
    }

    /** Names what is missing where one of these keys, unsupported or refused, is found. */
    KeyTable<T> feature(String what, String names) {
        for (String name : names.split(" "))
            features.put(name, what);
        return this;
    }

    /** Makes unknown keys errors. */
    KeyTable<T> unknown(UnaryOperator<String> text) {
        unknown = text;
        return this;
    }

    /** The names of all keys that have an effect. */
    Set<String> names() {
        return keys.keySet();
    }

    /** What the parser must know of all keys, those without effect included. */
    Map<String, Kind> kinds() {
        Map<String, Kind> kinds = new HashMap<>();
        for (String name : unsupported)
            kinds.put(name, Kind.FOREIGN);
        for (String name : refused)
            kinds.put(name, Kind.FOREIGN);
        for (String name : keys.keySet())
            kinds.put(name, secrets.contains(name) ? Kind.SECRET : Kind.OPTION);
        return kinds;
    }

    /** Reads a whole block in the order of the file, so that of several synonyms the last one counts. */
    void read(ConfigValue.Block block, T target, Problems problems) {
        for (Entry entry : block.entries().values()) {
            Key<T> key = find(entry.key());
            if (key == null) {
                unknown(entry, problems);
                continue;
            }
            try {
                key.read(target, entry);
            } catch (MismatchException e) {
                problems.error(e.at(), e.getMessage());
            }
        }
    }

    private Key<T> find(String name) {
        Key<T> key = keys.get(name);
        return key != null ? key : keys.get(lower(name));
    }

    private static String lower(String name) {
        return name.toLowerCase(Locale.ROOT);
    }

    private void unknown(Entry entry, Problems problems) {
        String name = entry.key();
        if (unsupported.contains(lower(name)))
            problems.warn(entry, missing(name) + " and ignored");
        else if (refused.contains(lower(name)) && !entry.isVariable())
            problems.error(entry, missing(name) + "; without it, clients would be let in that it keeps out");
        else if (unknown != null)
            problems.error(entry, unknown.apply(entry.shownKey()));
        else if (!entry.isVariable() && problems.wantsWarnings())
            problems.warn(entry, "unknown key \"" + entry.shownKey() + "\"" + hint(lower(name)));
    }

    private String missing(String name) {
        String what = features.get(lower(name));
        return "\"" + name + "\"" + (what == null ? "" : " (" + what + ")") + " is not supported by jnatsd";
    }

    private String hint(String name) {
        String nearest = Spelling.nearest(name, keys.keySet());
        return nearest == null ? "" : ", did you mean \"" + nearest + "\"?";
    }
}
