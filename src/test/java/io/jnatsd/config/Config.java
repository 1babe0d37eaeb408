package io.jnatsd.config;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Parses and reads texts in tests; each call must end in time. */
final class Config {
    /** Ends what does not end by itself. LargeFileTest limits the time of what must be fast. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private Config() {
    }

    /** The tree in Java's own types. */
    static Map<String, Object> parse(String text) {
        return parse(text, Map.of());
    }

    static Map<String, Object> parse(String text, Map<String, String> environment) {
        return assertTimeoutPreemptively(PATIENCE,
                () -> plain(ConfigParser.parse("test.conf", text, load(environment))));
    }

    /** For the language alone: every key is an option that messages may quote. */
    static ParseContext load(Map<String, String> environment) {
        return new ParseContext(new Problems(), key -> Vocabulary.Kind.OPTION, environment::get);
    }

    /** The value of {@code foo}. */
    static Object foo(String text) {
        return parse(text).get("foo");
    }

    static Map<String, Object> plain(ConfigValue.Block block) {
        Map<String, Object> map = new LinkedHashMap<>();
        block.entries().forEach((key, entry) -> map.put(key, plain(entry.value())));
        return map;
    }

    private static Object plain(ConfigValue value) {
        return switch (value) {
            case ConfigValue.Text text -> text.value();
            case ConfigValue.Int integer -> integer.value();
            case ConfigValue.Real real -> real.value();
            case ConfigValue.Bool bool -> bool.value();
            case ConfigValue.Date date -> date.value();
            case ConfigValue.Array array -> {
                List<Object> list = new ArrayList<>();
                array.elements().forEach(element -> list.add(plain(element)));
                yield list;
            }
            case ConfigValue.Block block -> plain(block);
        };
    }

    /** The problems of a text that is no configuration, one line each. */
    static String syntaxError(String text) {
        return syntaxError(text, Map.of());
    }

    static String syntaxError(String text, Map<String, String> environment) {
        return assertTimeoutPreemptively(PATIENCE, () -> assertThrows(ConfigException.class,
                () -> ConfigParser.parse("test.conf", text, load(environment))).getMessage());
    }

    static OptionsReader.ReadResult readAll(String text) {
        return assertTimeoutPreemptively(PATIENCE, () -> OptionsReader.read("test.conf", text, name -> null));
    }

    static OptionsBuilder read(String text) {
        return readAll(text).options();
    }

    static ServerOptions options(String text) {
        return read(text).build();
    }

    /** The problems of a text whose options are wrong. */
    static String error(String text) {
        return assertTimeoutPreemptively(PATIENCE, () -> assertThrows(ConfigException.class,
                () -> OptionsReader.read("test.conf", text, name -> null)).getMessage());
    }

    static List<String> warnings(String text) {
        return readAll(text).warnings().stream().map(Problem::toString).toList();
    }
}
