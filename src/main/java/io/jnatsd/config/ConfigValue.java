package io.jnatsd.config;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A value of the configuration language, with the place where it is written. */
sealed interface ConfigValue extends Place {
    /** What it is, for people: {@code the string "abc"}. */
    String describe();

    /** The same without showing it, for secrets. */
    String kind();

    /** Values that are written without quotes, and yet are not strings. */
    sealed interface Plain extends ConfigValue {
        /** The characters in the file. */
        String written();

        @Override
        default String describe() {
            return "the " + kind().substring(kind().indexOf(' ') + 1) + " " + written();
        }
    }

    /** A string. */
    record Text(Source source, int offset, String value) implements ConfigValue {
        private static final int SHOWN = 60;

        @Override
        public String describe() {
            return "the string \"" + (value.length() <= SHOWN ? value : value.substring(0, SHOWN) + "...") + "\"";
        }

        @Override
        public String kind() {
            return "a string";
        }
    }

    /** A 64-bit integer, its size suffix applied. */
    record Int(Source source, int offset, long value, String written) implements Plain {
        @Override
        public String kind() {
            return "an integer";
        }
    }

    /** A number with a fraction. */
    record Real(Source source, int offset, double value, String written) implements Plain {
        @Override
        public String kind() {
            return "a float";
        }
    }

    /** true, yes, on, false, no, off. */
    record Bool(Source source, int offset, boolean value, String written) implements Plain {
        @Override
        public String kind() {
            return "a boolean";
        }
    }

    /** A UTC time; no option takes one. */
    record Date(Source source, int offset, Instant value, String written) implements Plain {
        @Override
        public String kind() {
            return "a date";
        }
    }

    /** An array of values of any types. */
    record Array(Source source, int offset, List<ConfigValue> elements) implements ConfigValue {
        @Override
        public String describe() {
            return kind();
        }

        @Override
        public String kind() {
            return "an array";
        }
    }

    /** A map, in the order of the file. Of equal keys the last one counts. */
    record Block(Source source, int offset, Map<String, Entry> entries) implements ConfigValue {
        /** Most blocks are as small as an entry of {@code users}. */
        private static final int EXPECTED_ENTRIES = 4;

        Block(Source source, int offset) {
            this(source, offset, new LinkedHashMap<>(EXPECTED_ENTRIES));
        }

        /** Moves a key that was there to the end, since synonyms are decided by the order. */
        void put(Entry entry) {
            if (entries.put(entry.key(), entry) != null) {
                entries.remove(entry.key());
                entries.put(entry.key(), entry);
            }
        }

        /** The value of a key, null if there is none. */
        ConfigValue get(String key) {
            Entry entry = entries.get(key);
            return entry == null ? null : entry.value();
        }

        @Override
        public String describe() {
            return kind();
        }

        @Override
        public String kind() {
            return "a map";
        }
    }
}
