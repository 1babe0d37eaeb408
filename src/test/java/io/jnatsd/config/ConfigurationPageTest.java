package io.jnatsd.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** configuration.md and the table of options say the same. */
class ConfigurationPageTest {
    private static final Pattern ROW = Pattern.compile("^\\| `([\\w.]+)` \\|.*\\|$", Pattern.MULTILINE);

    private static List<Option<?>> options() {
        List<Option<?>> options = new ArrayList<>();
        ConfigurationPage.sections().forEach(section -> options.addAll(ConfigurationPage.keys(section)));
        return options;
    }

    @Test
    void thePageListsExactlyTheOptions() throws IOException {
        List<String> listed = ROW.matcher(Files.readString(ConfigurationPage.FILE)).results().map(row -> row.group(1)).toList();
        assertEquals(options().stream().map(Option::path).sorted().toList(), listed.stream().sorted().toList());
    }

    @Test
    void thePageSaysWhatTheTableSays() throws IOException {
        String page = Files.readString(ConfigurationPage.FILE);
        assertEquals(ConfigurationPage.written(page), page, "run the main program ConfigurationPage");
    }

    @Test
    void everyKeyThatIsReadIsAnOptionOfASection() {
        Set<String> keys = new TreeSet<>(), names = new TreeSet<>();
        for (KeyTable<?> table : List.of(Options.TOP_LEVEL, Options.AUTHORIZATION, Options.USER, Options.PERMISSIONS,
                Options.SUBJECT_RULES, Options.RESPONSES, Options.TLS, Options.CLUSTER, Options.WEBSOCKET, Options.JETSTREAM,
                Options.JETSTREAM_LIMITS))
            keys.addAll(table.names());
        options().forEach(option -> names.addAll(option.names()));
        assertEquals(keys, names);
    }

    @Test
    void everyOptionHasADescription() {
        for (Option<?> option : options()) {
            assertTrue(option.meaning().matches("(?s)[`A-Z].*\\."), option.path() + ": " + option.meaning());
            assertFalse(option.meaning().contains("|"), option.path());
        }
    }

    /** A secret that is set is shown as set, and neither a page nor a reload shows what it is. */
    @Test
    void noSecretIsShown() {
        ServerOptions options = ServerOptions.defaults().with(o -> {
            o.password = o.token = o.httpPassword = o.clusterPassword = "s3cret";
            o.clusterPort = -1;
        });
        for (Options.Section section : Options.SECTIONS)
            assertFalse(section.page(options).toString().contains("s3cret"), section.name());
        for (Option<?> option : options())
            if (option.type().secret())
                assertTrue(option.reloading() == Option.Reloading.PART || option.reloading() == Option.Reloading.SILENT, option.path());
    }

    @Test
    void everyNameOfAReloadIsThatOfOneKindOfChange() {
        for (Option<?> a : options())
            for (Option<?> b : options())
                if (a != b && a.reloadName() != null && a.reloadName().equals(b.reloadName()))
                    assertEquals(List.of(Option.Reloading.SILENT, Option.Reloading.SILENT), List.of(a.reloading(), b.reloading()),
                            a.path() + " " + b.path());
    }

    @Test
    void aPageThatLacksAnOptionIsNoticed() throws IOException {
        String page = Files.readString(ConfigurationPage.FILE);
        String without = page.replaceFirst("\\| `ping_max` .*\n", "");
        assertNotEquals(ConfigurationPage.written(without), without);
    }
}
