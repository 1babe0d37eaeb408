package io.jnatsd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The relative links of the README and of the pages lead to files, and to headings in them, that exist. */
class DocumentLinksTest {
    private static final Path HOME = Path.of(System.getProperty("jnatsd.home", ".")).toAbsolutePath().normalize();
    private static final int LONGEST_README = 150;
    private static final Pattern CODE = Pattern.compile("^```.*?^```$", Pattern.DOTALL | Pattern.MULTILINE);
    private static final Pattern CODE_IN_A_LINE = Pattern.compile("`[^`\n]*`");
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
    private static final Pattern ABSOLUTE = Pattern.compile("[a-z]+:.*");
    private static final Pattern HEADING = Pattern.compile("^#{1,6} (.*)$", Pattern.MULTILINE);
    private static final Pattern ANCHOR = Pattern.compile("<a id=\"([^\"]+)\">");

    static List<Path> documents() throws IOException {
        List<Path> documents = new ArrayList<>(List.of(HOME.resolve("README.md")));
        try (Stream<Path> pages = Files.list(HOME.resolve("src/site/markdown"))) {
            pages.filter(page -> page.toString().endsWith(".md")).sorted().forEach(documents::add);
        }
        return documents;
    }

    @ParameterizedTest
    @MethodSource("documents")
    void everyRelativeLinkLeadsSomewhere(Path document) throws IOException {
        assertEquals(List.of(), dead(document, Files.readString(document)), () -> "dead links of " + HOME.relativize(document));
    }

    @Test
    void theReadmeIsShort() throws IOException {
        long lines = Files.readString(HOME.resolve("README.md")).lines().count();
        assertTrue(lines <= LONGEST_README, () -> lines + " lines; move a part of it to a page");
    }

    @Test
    void thePagesAreLinkedFromTheReadme() throws IOException {
        String readme = Files.readString(HOME.resolve("README.md"));
        List<String> missing = documents().stream().skip(1).map(page -> HOME.relativize(page).toString())
                .filter(page -> !readme.contains("(" + page + ")")).toList();
        assertEquals(List.of(), missing);
    }

    @ParameterizedTest
    @CsvSource({"[x](none.md), none.md", "[x](README.md#nowhere), README.md#nowhere", "[x](#nowhere), #nowhere",
            "[x](README.md#jnatsd), ''", "[x](https://nats.io), ''", "`[x](none.md)`, ''", "![x](none.png), none.png"})
    void aDeadLinkIsFound(String text, String dead) throws IOException {
        assertEquals(dead.isEmpty() ? List.of() : List.of(dead), dead(HOME.resolve("README.md"), text));
    }

    @Test
    void anchorsAreThoseOfGitHub() {
        Set<String> anchors = anchors("# Signals and `-sl`\n## What's new?\n## What's new?\n<a id=\"section-1\"></a>\n```sh\n# code\n```\n");
        assertEquals(Set.of("signals-and--sl", "whats-new", "whats-new-1", "section-1"), anchors);
    }

    private static List<String> dead(Path document, String text) throws IOException {
        List<String> dead = new ArrayList<>();
        String prose = CODE_IN_A_LINE.matcher(CODE.matcher(text).replaceAll("")).replaceAll("");
        for (String link : LINK.matcher(prose).results().map(match -> match.group(1)).toList())
            if (!ABSOLUTE.matcher(link).matches() && !exists(document, link))
                dead.add(link);
        return dead;
    }

    private static boolean exists(Path document, String link) throws IOException {
        String[] parts = link.split("#", 2);
        Path file = parts[0].isEmpty() ? document : document.resolveSibling(parts[0]).normalize();
        if (!file.startsWith(HOME) || !Files.exists(file))
            return false;
        return parts.length == 1 || anchors(Files.readString(file)).contains(parts[1]);
    }

    /** The anchors that GitHub makes of the headings, and those that the text sets itself. */
    private static Set<String> anchors(String text) {
        String prose = CODE.matcher(text).replaceAll("");
        Set<String> anchors = new HashSet<>();
        ANCHOR.matcher(prose).results().forEach(match -> anchors.add(match.group(1)));
        HEADING.matcher(prose).results().forEach(match -> {
            String name = match.group(1).toLowerCase(Locale.ROOT).replaceAll("[^\\p{L}\\p{N}_ -]", "").strip().replace(' ', '-');
            String anchor = name;
            for (int i = 1; !anchors.add(anchor); i++)
                anchor = name + "-" + i;
        });
        return anchors;
    }
}
