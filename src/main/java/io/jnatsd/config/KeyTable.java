package io.jnatsd.config;

import io.jnatsd.config.Vocabulary.Kind;
import io.jnatsd.usage.Spelling;
import java.util.ArrayList;
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
 * The keys that a block may have: its options, how each is read, and the keys of newer servers. Key names are given in
 * lower case; in the file their case does not matter. Threads: complete before it is shared, then any.
 *
 * @param <T> what the values are put into
 */
final class KeyTable<T> {
    /** Puts the value of one key where it belongs. */
    interface Key<T> {
        void read(T target, Entry entry) throws MismatchException;
    }

    private final String path;
    private final Map<String, Key<T>> keys = new LinkedHashMap<>();
    private final List<Option<?>> options = new ArrayList<>();
    private final Set<String> secrets = new HashSet<>();
    private final Set<String> unsupported = new TreeSet<>();
    private final Set<String> refused = new TreeSet<>();
    /** What this server does not have, by the key of newer servers that sets it up. */
    private final Map<String, String> features = new HashMap<>();
    /** The text of the error for an unknown key; null if that is only a warning. */
    private UnaryOperator<String> unknown;

    /** @param path what stands before the keys where they are named in full: the block and a dot, or nothing */
    KeyTable(String path) {
        this.path = path;
    }

    /** An option whose value is read by its type. */
    <V> KeyTable<T> key(Option<V> option, BiConsumer<T, V> set) {
        OptionType.Reading<V> reading = option.type().reading();
        return read(option, (target, entry) -> set.accept(target, reading.read(entry)));
    }

    /** An option that is read in a way of its own. */
    KeyTable<T> read(Option<?> option, Key<T> key) {
        for (String name : option.names())
            keys.put(name, key);
        if (option.type().secret())
            secrets.addAll(option.names());
        return show(option);
    }

    /** An option that is not read from a file. */
    KeyTable<T> show(Option<?> option) {
        options.add(option.within(path));
        return this;
    }

    /** All options of another table. */
    KeyTable<T> include(KeyTable<T> other) {
        keys.putAll(other.keys);
        secrets.addAll(other.secrets);
        return this;
    }

    List<Option<?>> options() {
        return List.copyOf(options);
    }

    /** Keys of newer servers that have no effect: a warning. */
    KeyTable<T> unsupported(String names) {
        unsupported.addAll(List.of(names.split(" ")));
        return this;
    }

    /** Keys of newer servers that exclude clients: an error, since without them those clients would be let in. */
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
