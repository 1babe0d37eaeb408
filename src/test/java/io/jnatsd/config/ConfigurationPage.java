package io.jnatsd.config;

import io.jnatsd.text.GoDuration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The tables of configuration.md, which follow from {@link Options}: each stands between two comments that name its
 * section. The main program writes them into the page.
 */
final class ConfigurationPage {
    static final Path FILE = Path.of(System.getProperty("jnatsd.home", "."), "src/site/markdown/configuration.md");
    private static final Pattern TABLE = Pattern.compile("(<!-- options: ([\\w.]+) -->\n).*?(?=<!-- end -->\n)", Pattern.DOTALL);
    private static final String HEAD = "| key | type | default | reload | meaning |\n|---|---|---|---|---|\n";

    /** A file that sets nothing, but has a {@code tls} block. */
    private static final ServerOptions CURRENT = Config.options("tls {}");
    private static final ServerOptions GNATSD = Config.options("compat: \"1.0\"\ntls {}");

    private ConfigurationPage() {
    }

    public static void main(String[] args) throws IOException {
        Files.writeString(FILE, written(Files.readString(FILE)));
    }

    /** The sections of {@link Options} and the blocks that belong to a user. */
    static List<Options.Section> sections() {
        List<Options.Section> sections = new ArrayList<>(Options.SECTIONS);
        sections.add(new Options.Section("authorization.users", null, Options.USER.options()));
        sections.add(new Options.Section("permissions", null, Options.PERMISSIONS.options()));
        sections.add(new Options.Section("permissions.publish", null, Options.SUBJECT_RULES.options()));
        sections.add(new Options.Section("permissions.allow_responses", null, Options.RESPONSES.options()));
        return sections;
    }

    /** The page with the tables as they should be. */
    static String written(String page) {
        return TABLE.matcher(page).replaceAll(table -> Matcher.quoteReplacement(table.group(1) + table(table.group(2))));
    }

    private static String table(String name) {
        Options.Section section = sections().stream().filter(s -> s.name().equals(name)).findFirst().orElseThrow();
        StringBuilder table = new StringBuilder(HEAD);
        for (Option<?> option : keys(section))
            table.append("| `").append(option.path()).append("` | ").append(option.type().name()).append(" | ")
                    .append(defaultValue(option)).append(" | ").append(option.needsRestart() ? "restart" : "yes").append(" | ")
                    .append(option.meaning()).append(synonyms(option)).append(" |\n");
        return table.toString();
    }

    /** The options that a file can set. */
    static List<Option<?>> keys(Options.Section section) {
        List<Option<?>> keys = new ArrayList<>();
        for (Option<?> option : section.options())
            if (!option.names().isEmpty())
                keys.add(option);
        return keys;
    }

    private static String synonyms(Option<?> option) {
        List<String> names = option.names();
        return names.size() == 1 ? "" : " Also: `" + String.join("`, `", names.subList(1, names.size())) + "`.";
    }

    private static String defaultValue(Option<?> option) {
        if (option.defaultText() != null || option.value() == null)
            return option.defaultText() == null ? "" : option.defaultText();
        String current = text(option, CURRENT), gnatsd = text(option, GNATSD);
        return current.equals(gnatsd) ? current : current + "; with compat `\"1.0\"` " + gnatsd;
    }

    private static String text(Option<?> option, ServerOptions options) {
        return switch (option.value().apply(options)) {
            case null -> "";
            case List<?> list when list.isEmpty() -> "";
            case Duration duration -> GoDuration.format(duration);
            case Number number when option.type().name().equals("bytes") -> bytes(number.longValue());
            case Object other -> other.toString();
        };
    }

    private static String bytes(long bytes) {
        if (bytes == 0 || bytes % 1024 != 0)
            return String.valueOf(bytes);
        return bytes % (1024 * 1024) == 0 ? bytes / (1024 * 1024) + "MB" : bytes / 1024 + "KB";
    }
}
