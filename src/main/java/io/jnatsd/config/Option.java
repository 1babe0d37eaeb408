package io.jnatsd.config;

import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * All that is known of one option: its key, the type and range of its value, where {@link ServerOptions} has it, what a
 * reload does when it changes, how the page {@code /configz} shows it, and what it means. Threads: complete before it is
 * shared, then any.
 *
 * @param <T> the type of the value
 */
public final class Option<T> {
    /** What a reload does with a changed value, and how its log line shows it. */
    public enum Reloading {
        /** It is reported with the block around it, or not at all. */
        PART,
        /** The new value is logged. */
        SHOWN,
        /** The change is logged without the value, which is a secret or too long. */
        SILENT,
        /** The reload is refused. */
        REFUSED
    }

    private final List<String> names;
    private final OptionType<T> type;
    private final Function<ServerOptions, T> value;
    private String path;
    private Reloading reloading = Reloading.PART;
    private String reloadName;
    private Function<T, Object> reloadValue = v -> v;
    private boolean needsRestart;
    private String pageName;
    private Function<T, Object> pageValue;
    private String defaultText;
    private String meaning = "";

    private Option(String names, OptionType<T> type, Function<ServerOptions, T> value) {
        this.names = names.isEmpty() ? List.of() : List.of(names.split(" "));
        this.type = type;
        this.value = value;
    }

    /** @param names the key in lower case, and behind it its synonyms, separated by spaces */
    static <T> Option<T> option(String names, OptionType<T> type, Function<ServerOptions, T> value) {
        return new Option<>(names, type, value);
    }

    /** A key that only contributes to another option, as those of a user do. */
    static <T> Option<T> option(String names, OptionType<T> type) {
        return new Option<>(names, type, null);
    }

    /** What no key of a file sets, but {@code /configz} shows. */
    static <T> Option<T> shown(String pageName, Function<ServerOptions, T> value) {
        return new Option<>("", OptionType.<T>other(""), value).page(pageName, v -> v);
    }

    /** A reload takes it over and logs {@code key = value}. */
    Option<T> live() {
        return live(key(), v -> v);
    }

    Option<T> live(String name, Function<T, Object> shown) {
        return reload(Reloading.SHOWN, name, shown);
    }

    /** A reload takes it over and logs the name only, once for all options with that name. */
    Option<T> silent(String name) {
        return silent(name, v -> v);
    }

    Option<T> silent(String name, Function<T, Object> value) {
        return reload(Reloading.SILENT, name, value);
    }

    /** A reload that changes it is refused under this name. */
    Option<T> fixed(String name) {
        return fixed(name, v -> v);
    }

    Option<T> fixed(String name, Function<T, Object> shown) {
        needsRestart = true;
        return reload(Reloading.REFUSED, name, shown);
    }

    /** A reload that changes it is refused because of the block around it. */
    Option<T> fixed() {
        needsRestart = true;
        return this;
    }

    private Option<T> reload(Reloading how, String name, Function<T, Object> shown) {
        reloading = how;
        reloadName = name;
        reloadValue = shown;
        return this;
    }

    /** {@code /configz} shows the value under the key; of a secret, only whether it is set. */
    Option<T> page() {
        return page(key(), type.secret() ? v -> !v.equals("") : v -> v);
    }

    Option<T> page(String name, Function<T, Object> shown) {
        pageName = name;
        pageValue = shown;
        return this;
    }

    /** What the documentation says of the default where it is not the value in {@link ServerOptions#defaults()}. */
    Option<T> byDefault(String text) {
        defaultText = text;
        return this;
    }

    /** The line of the documentation. */
    Option<T> means(String text) {
        meaning = text;
        return this;
    }

    /** Called by the table that takes the option. */
    Option<T> within(String block) {
        path = block + key();
        return this;
    }

    /** The key and its synonyms; empty if no key of a file sets it. */
    List<String> names() {
        return names;
    }

    private String key() {
        return names.isEmpty() ? "" : names.getFirst();
    }

    /** The key with the block around it, {@code cluster.port}. */
    String path() {
        return path;
    }

    OptionType<T> type() {
        return type;
    }

    boolean needsRestart() {
        return needsRestart;
    }

    /** Null where the value of the defaults says it. */
    String defaultText() {
        return defaultText;
    }

    String meaning() {
        return meaning;
    }

    /** Null for a key that only contributes to another option. */
    Function<ServerOptions, T> value() {
        return value;
    }

    public Reloading reloading() {
        return reloading;
    }

    /** What a reload calls it; null for {@link Reloading#PART}. */
    public String reloadName() {
        return reloadName;
    }

    /** What a reload shows of it; null if there is nothing to be said. */
    public Object reloadValue(ServerOptions options) {
        return reloadValue.apply(value.apply(options));
    }

    public boolean differs(ServerOptions a, ServerOptions b) {
        return !Objects.equals(value.apply(a), value.apply(b));
    }

    /** The name on the page {@code /configz}, null if it is not shown there. */
    String pageName() {
        return pageName;
    }

    /** What the page shows; null for a path that is not set. */
    Object pageValue(ServerOptions options) {
        return pageValue.apply(value.apply(options));
    }

    /** Reports a value that is out of range. */
    void check(ServerOptions options, Consumer<String> report) {
        if (value == null || type.rule() == null)
            return;
        T current = value.apply(options);
        if (current != null)
            type.rule().check(path, current, report);
    }
}
