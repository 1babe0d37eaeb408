package io.jnatsd.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the rules of subjects (protocol.md, section 4). */
class SubjectTest {
    /** Subjects are embedded in other bytes, so that wrong bounds are detected. */
    private static final String BEFORE = "*.", AFTER = ".>";

    private static boolean isValidPattern(String subject) {
        return Subject.isValidPattern(Pieces.bytes(BEFORE + subject + AFTER), BEFORE.length(), subject.length());
    }

    private static boolean isValidLiteral(String subject) {
        return Subject.isValidLiteral(Pieces.bytes(BEFORE + subject + AFTER), BEFORE.length(), subject.length());
    }

    private static boolean hasWildcard(String subject) {
        return Subject.hasWildcard(Pieces.bytes(BEFORE + subject + AFTER), BEFORE.length(), subject.length());
    }

    private static boolean matches(String pattern, String subject) {
        return Subject.matches(Pieces.bytes(pattern), Pieces.bytes(BEFORE + subject + AFTER), BEFORE.length(),
                subject.length());
    }

    private static List<String> tokens(String subject) {
        return List.of(subject.split("\\.", -1));
    }

    private static boolean naivelyMatches(List<String> pattern, List<String> subject) {
        if (pattern.equals(List.of(">")))
            return !subject.isEmpty();
        if (pattern.isEmpty() || subject.isEmpty())
            return pattern.isEmpty() && subject.isEmpty();
        return (pattern.getFirst().equals("*") || pattern.getFirst().equals(subject.getFirst()))
                && naivelyMatches(pattern.subList(1, pattern.size()), subject.subList(1, subject.size()));
    }

    private static String random(Random random, String... tokens) {
        List<String> chosen = new ArrayList<>();
        for (int n = 1 + random.nextInt(5); n > 0; n--)
            chosen.add(tokens[random.nextInt(tokens.length)]);
        return String.join(".", chosen);
    }

    @ParameterizedTest
    @ValueSource(strings = {"foo", "foo.bar", "*", ">", "foo.*", "foo.>", "*.>", "f*", "*f", ">>", "foo.>x", "foo.>x.y"})
    void patternsThatAreValid(String subject) {
        assertTrue(isValidPattern(subject));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "foo.", ".foo", "foo..bar", ">.foo", "foo.>.bar", "foo.>.>", "*.", "foo.>."})
    void patternsThatAreNot(String subject) {
        assertFalse(isValidPattern(subject));
        assertFalse(isValidLiteral(subject));
    }

    @Test
    void validityAgreesWithTheRules() {
        Random random = new Random(5);
        for (int i = 0; i < 100_000; i++) {
            String subject = random(random, "a", "bc", "*", ">", "", "*a", "a>", "**");
            List<String> tokens = tokens(subject);
            boolean valid = !tokens.contains("") && !tokens.subList(0, tokens.size() - 1).contains(">");
            boolean wild = tokens.contains("*") || tokens.contains(">");
            assertEquals(valid, isValidPattern(subject), subject);
            assertEquals(wild, hasWildcard(subject), subject);
            assertEquals(valid && !wild, isValidLiteral(subject), subject);
        }
    }

    @Test
    void matchingAgreesWithTheNaiveWay() {
        Random random = new Random(6);
        int matched = 0;
        for (int i = 0; i < 300_000; i++) {
            String pattern = random(random, "a", "b", "*", "*", "bc", "*a");
            if (random.nextInt(3) == 0)
                pattern += ".>";
            String subject = random(random, "a", "b", "a", "bc", "", "*", ">", "*a");
            boolean expected = naivelyMatches(tokens(pattern), tokens(subject));
            assertEquals(expected, matches(pattern, subject), pattern + " with " + subject);
            matched += expected ? 1 : 0;
        }
        assertTrue(matched > 10_000, "only " + matched + " matches say little");
    }

    @Test
    void tokensEndAtDots() {
        byte[] subject = Pieces.bytes("a.bc..d");
        int[] ends = {1, 1, 4, 4, 4, 5, 7, 7};
        for (int start = 0; start < ends.length; start++)
            assertEquals(ends[start], Subject.tokenEnd(subject, start, subject.length), "from " + start);
    }

    @Test
    void hashIsThatOfTheString() {
        for (String subject : List.of("", "a", "foo.bar", "\u00e9\u00ff.x"))
            assertEquals(subject.hashCode(), Parser.hash(Pieces.bytes("xx" + subject), 2, 2 + subject.length()));
    }
}
