package io.jnatsd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Each example of embedding.md is a part of the project {@code src/test/consumer}, which {@code mvn verify} compiles and
 * runs against the published jar.
 */
class EmbeddingDocumentTest {
    private static final Path HOME = Path.of(System.getProperty("jnatsd.home", "."));
    private static final Pattern EXAMPLE = Pattern.compile("^```(java|xml|sh)\n(.*?)^```$",
            Pattern.DOTALL | Pattern.MULTILINE);
    private static final Pattern IN_A_LINE = Pattern.compile("`(@Nats[^`]+)`");
    private static final int LEAST_EXAMPLES = 25;

    private static String page;
    private static final List<List<String>> SOURCES = new ArrayList<>();

    @BeforeAll
    static void read() throws IOException {
        page = Files.readString(HOME.resolve("src/site/markdown/embedding.md"));
        try (Stream<Path> files = Files.walk(HOME.resolve("src/test/consumer"))) {
            for (Path file : files.filter(file -> file.toString().matches(".*\\.(java|xml|sh)")).sorted().toList())
                SOURCES.add(Files.readAllLines(file));
        }
    }

    @Test
    void eachExampleIsPartOfAProjectThatRuns() {
        List<String> examples = EXAMPLE.matcher(page).results().map(match -> match.group(2)).toList();
        assertTrue(examples.size() >= LEAST_EXAMPLES, () -> examples.size() + " examples");
        List<String> unknown = examples.stream().filter(example -> !isInASource(example.lines().toList())).toList();
        assertEquals("", String.join("\n", unknown), "not in src/test/consumer, line by line");
    }

    @Test
    void theExamplesOfTheReadmeAndOfGettingStartedAreOfThatProject() throws IOException {
        String text = Files.readString(HOME.resolve("README.md"))
                + Files.readString(HOME.resolve("src/site/markdown/getting-started.md"));
        List<String> examples = EXAMPLE.matcher(text).results().map(match -> match.group(2)).toList();
        assertEquals(2, examples.size());
        for (String example : examples)
            assertTrue(isInASource(example.lines().toList()), example);
    }

    @Test
    void theAnnotationsInTablesAreInItToo() {
        List<String> unknown = IN_A_LINE.matcher(page).results().map(match -> match.group(1)).distinct()
                .filter(code -> SOURCES.stream().noneMatch(lines -> String.join("\n", lines).contains(code))).toList();
        assertEquals(List.of(), unknown);
    }

    /** Returns whether a file has these lines one after the other, maybe indented. */
    private static boolean isInASource(List<String> example) {
        return SOURCES.stream().anyMatch(lines -> {
            for (int i = 0; i + example.size() <= lines.size(); i++)
                if (isAt(lines.subList(i, i + example.size()), example))
                    return true;
            return false;
        });
    }

    private static boolean isAt(List<String> lines, List<String> example) {
        String first = lines.getFirst(), indent = first.substring(0, first.length() - first.stripLeading().length());
        for (int i = 0; i < example.size(); i++)
            if (!lines.get(i).equals(example.get(i).isEmpty() ? "" : indent + example.get(i)))
                return false;
        return true;
    }
}
