package io.jnatsd.config;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The keys of a configuration, as far as the parser must know them: to decide which text a message may quote. Threads:
 * any.
 */
@FunctionalInterface
interface Vocabulary {
    /** What is known of a key, and so of the text that is its value. */
    enum Kind {
        /** An option of this server that holds no secret: the value may be quoted. */
        OPTION,
        /** An option of this server that holds a secret. */
        SECRET,
        /** An option of newer servers, which may hold a secret. */
        FOREIGN,
        /** No option. It may be a variable that holds a secret. */
        UNKNOWN,
        /** No option, but it begins with the name of a secret; the rest may be the secret itself. */
        RUN_ON;

        /** Whether the name is one that this server has, and not text that only the file has. */
        boolean isKnown() {
            return compareTo(UNKNOWN) < 0;
        }
    }

    Kind kind(String key);

    /** The keys of all these tables; the case of names does not matter. */
    static Vocabulary of(KeyTable<?>... tables) {
        Map<String, Kind> kinds = new HashMap<>();
        for (KeyTable<?> table : tables)
            table.kinds().forEach((name, kind) -> kinds.merge(name, kind, Vocabulary::stricter));
        List<String> secrets = kinds.keySet().stream().filter(name -> kinds.get(name) == Kind.SECRET).toList();
        return key -> {
            Kind kind = kinds.get(key);
            return kind != null ? kind : kind(key.toLowerCase(Locale.ROOT), kinds, secrets);
        };
    }

    /** An option of one block may have the name that another option has elsewhere. */
    private static Kind stricter(Kind a, Kind b) {
        if (a == Kind.SECRET || b == Kind.SECRET)
            return Kind.SECRET;
        return a == Kind.OPTION ? a : b;
    }

    private static Kind kind(String lower, Map<String, Kind> kinds, List<String> secrets) {
        Kind kind = kinds.get(lower);
        if (kind != null)
            return kind;
        return secrets.stream().anyMatch(lower::startsWith) ? Kind.RUN_ON : Kind.UNKNOWN;
    }
}
