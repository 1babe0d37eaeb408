package io.jnatsd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Every text of troubleshooting.md that the server is said to log or to send is in its sources. In the page, {@code <...>}
 * stands for what differs; the rest of a line must consist of string literals of the sources.
 */
class TroubleshootingPageTest {
    private static final Path HOME = Path.of(System.getProperty("jnatsd.home", "."));
    private static final Pattern SYMPTOM = Pattern.compile("^```text\n(.*?)^```$", Pattern.DOTALL | Pattern.MULTILINE);
    private static final Pattern ERR = Pattern.compile("-ERR '(.*)'");
    /** What varies, and the quotes that are put around names. */
    private static final Pattern VARIABLE = Pattern.compile("<[^>]*>|\"");
    private static final Pattern LITERAL = Pattern.compile("\"((?:[^\"\\\\\n]|\\\\.)*)\"");
    private static final int LEAST_SYMPTOMS = 35;
    /** A shorter literal can be part of a text, but does not show that the text exists. */
    private static final int LEAST_LENGTH = 8;
    private static final int LEAST_PIECE = 4;
    private static final Pattern PUNCTUATION = Pattern.compile("[^A-Za-z0-9]+");

    private static final Set<String> LITERALS = new HashSet<>();

    @BeforeAll
    static void read() throws IOException {
        try (Stream<Path> files = Files.walk(HOME.resolve("src/main/java"))) {
            for (Path file : files.filter(file -> file.toString().endsWith(".java")).toList()) {
                String source = Files.readString(file).replaceAll("\"\\s*\\+\\s*\"", "");
                LITERAL.matcher(source).results().map(match -> unescaped(match.group(1))).forEach(literal -> {
                    LITERALS.add(literal);
                    LITERALS.addAll(List.of(literal.split("\"")));
                });
            }
        }
        for (String line : Files.readAllLines(HOME.resolve("bin/launch.sh")))
            LITERAL.matcher(line).results()
                    .flatMap(match -> Stream.of(match.group(1).split("\\$(\\w+|\\{[^}]*})"))).forEach(LITERALS::add);
    }

    /** Returns the text of a literal, without the quotes around a name at its ends. */
    private static String unescaped(String literal) {
        return literal.replace("\\r\\n", "").replace("\\\"", "\"").replaceAll("^-ERR '|'$", "");
    }

    @Test
    void everyTextOfThePageIsInTheSources() throws IOException {
        String page = Files.readString(HOME.resolve("src/site/markdown/troubleshooting.md"));
        List<String> lines = SYMPTOM.matcher(page).results()
                .flatMap(match -> match.group(1).lines()).toList();
        assertTrue(lines.size() >= LEAST_SYMPTOMS, () -> lines.size() + " texts");
        assertEquals(List.of(), lines.stream().filter(line -> !isKnown(line)).toList(), "in no source");
    }

    @Test
    void anInventedTextIsFound() {
        assertTrue(isKnown("-ERR 'Stale Connection'"));
        assertTrue(isKnown("Failed to reload server configuration: <reason>"));
        assertFalse(isKnown("-ERR 'Stale Connections'"));
        assertFalse(isKnown("Failed to load server configuration: <reason>"));
        assertFalse(isKnown("<reason>"));
    }

    private static boolean isKnown(String line) {
        List<String> parts = new ArrayList<>();
        for (String part : VARIABLE.split(ERR.matcher(line).replaceAll("$1")))
            if (!part.isBlank())
                parts.add(part);
        return parts.stream().anyMatch(part -> part.length() >= LEAST_LENGTH)
                && parts.stream().allMatch(TroubleshootingPageTest::isMade);
    }

    /** Returns whether the text is a part of a literal, or consists of whole literals, one after the other. */
    private static boolean isMade(String part) {
        boolean[] made = new boolean[part.length() + 1];
        made[0] = true;
        for (int end = 1; end <= part.length(); end++)
            for (int begin = 0; begin < end && !made[end]; begin++)
                made[end] = made[begin] && isPiece(part.substring(begin, end));
        return made[part.length()] || LITERALS.stream().anyMatch(literal -> isWithin(literal, part.strip()));
    }

    private static boolean isPiece(String text) {
        return PUNCTUATION.matcher(text).matches() || text.length() >= LEAST_PIECE && LITERALS.contains(text);
    }

    /** Returns whether the literal has the text as whole words. */
    private static boolean isWithin(String literal, String text) {
        int at = literal.indexOf(text);
        return at >= 0 && isEdge(literal, at - 1) && isEdge(literal, at + text.length());
    }

    private static boolean isEdge(String literal, int index) {
        return index < 0 || index >= literal.length() || !Character.isLetterOrDigit(literal.charAt(index));
    }
}
