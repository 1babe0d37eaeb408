package io.jnatsd.cli;

import static org.junit.jupiter.api.Assertions.fail;

import java.util.List;
import java.util.Random;

/**
 * A random secret, of characters that are special in some syntax and of letters that are never adjacent in a message,
 * with an assertion that a text contains no part of it.
 */
public final class SecretText {
    private static final String LETTERS = "QZJVK", SYNTAX = "$#{}[]()\"'\\/@:;,%=? -.<>&|!*";
    private static final int RUN = 4;

    private final String text;

    private SecretText(String text) {
        this.text = text;
    }

    public static SecretText random(Random random) {
        return switch (random.nextInt(12)) {
            case 0 -> new SecretText(some(random, "389", 4 + random.nextInt(30)));
            case 1 -> new SecretText("2" + some(random, "389", 3) + "-" + some(random, "389", 2) + "-31T"
                    + some(random, "389", 2) + ":38:39Z");
            case 2 -> new SecretText(some(random, "389", 4 + random.nextInt(20)) + some(random, "kKmgGbi", 1));
            case 3 -> new SecretText(some(random, LETTERS, 1 + random.nextInt(4)) + "\\x" + some(random, "QZ389", 2)
                    + some(random, LETTERS, 4));
            case 4 -> new SecretText(some(random, SYNTAX, 1) + some(random, LETTERS, 4 + random.nextInt(8)));
            default -> {
                StringBuilder text = new StringBuilder();
                for (int n = 2 + random.nextInt(5); n > 0; n--)
                    text.append(some(random, LETTERS, random.nextInt(6))).append(some(random, SYNTAX, random.nextInt(3)));
                yield new SecretText(text + some(random, LETTERS, 4));
            }
        };
    }

    private static String some(Random random, String alphabet, int count) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < count; i++)
            text.append(alphabet.charAt(random.nextInt(alphabet.length())));
        return text.toString();
    }

    /** Returns one of the characters that secrets contain. */
    public static char character(Random random) {
        return some(random, random.nextBoolean() ? LETTERS : SYNTAX, 1).charAt(0);
    }

    public String text() {
        return text;
    }

    /**
     * Returns a word of a command line in which the secret replaces SECRET. Without quotes its blanks make several
     * words.
     */
    public List<String> words(String word, boolean quoted) {
        String full = word.replace("SECRET", text);
        return quoted ? List.of(full) : List.of(full.split(" +"));
    }

    /**
     * Fails if the message contains four consecutive characters of the secret. The number in the name of a temporary
     * directory is left out, because it may contain the same digits by chance.
     */
    public void assertNotIn(String message, String input) {
        String shown = message.replaceAll("/junit-?\\d+", "/junit");
        for (int start = 0; start + RUN <= text.length(); start++) {
            String run = text.substring(start, start + RUN);
            if (isTelling(run) && shown.contains(run))
                fail("<" + run + "> of the secret <" + text + "> is in:\n" + shown + "\nThe input was:\n" + input);
        }
    }

    /** Returns false for a run without letters and digits, which may be part of any message, like {@code ", "}. */
    private static boolean isTelling(String run) {
        return run.chars().anyMatch(c -> LETTERS.indexOf(c) >= 0) || run.chars().allMatch(Character::isDigit)
                || run.indexOf('T') >= 0;
    }
}
