package io.jnatsd.config;

/**
 * One thing that is wrong with a configuration.
 *
 * @param line counted from 1; 0 if the text is not about a place in a file
 * @param column characters from the start of the line, counted from 1
 */
public record Problem(String file, int line, int column, String text) {
    private static final int MAX_LENGTH = 600;

    public Problem {
        text = printable(text);
    }

    /** What the file holds may be long and may hold anything, and this goes to terminals and logs. */
    private static String printable(String text) {
        StringBuilder shown = new StringBuilder();
        text.chars().limit(MAX_LENGTH).forEach(c -> {
            if (c == '\n')
                shown.append("\\n");
            else
                shown.append(Character.isISOControl(c) ? '?' : (char) c);
        });
        return shown.append(text.length() > MAX_LENGTH ? "..." : "").toString();
    }

    /** {@code file:line:column: text}, as editors understand it. */
    @Override
    public String toString() {
        return line == 0 ? text : file + ":" + line + ":" + column + ": " + text;
    }
}
