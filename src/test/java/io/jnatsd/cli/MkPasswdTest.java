package io.jnatsd.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.mindrot.jbcrypt.BCrypt;

/** bin/mkpasswd, with cost 4 to be fast. */
class MkPasswdTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream(), err = new ByteArrayOutputStream();

    /** Passwords that are typed or piped in. */
    private record Scripted(boolean typed, Deque<String> lines) implements MkPasswd.Input {
        @Override
        public String read(String prompt) {
            return lines.poll();
        }
    }

    private int run(boolean typed, String[] lines, String... args) {
        return MkPasswd.run(args, new Scripted(typed, new ArrayDeque<>(Arrays.asList(lines))),
                new PrintStream(out, true, StandardCharsets.UTF_8), new PrintStream(err, true, StandardCharsets.UTF_8));
    }

    private int run(String... args) {
        return run(false, new String[0], args);
    }

    private String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private String err() {
        return err.toString(StandardCharsets.UTF_8);
    }

    private String hash() {
        Matcher hash = Pattern.compile("bcrypt hash: (\\$2a\\$\\d\\d\\$.{53})\\R").matcher(out());
        assertTrue(hash.matches(), out());
        return hash.group(1);
    }

    @Test
    void aSecurePasswordIsMadeWithItsHash() {
        assertEquals(0, run("-c", "4"));
        Matcher made = Pattern.compile("pass: ([a-zA-Z0-9!@$#%^&*()]{22})\\Rbcrypt hash: (\\$2a\\$04\\$.{53})\\R")
                .matcher(out());
        assertTrue(made.matches(), out());
        assertTrue(BCrypt.checkpw(made.group(1), made.group(2)));
        String first = out();
        out.reset();
        run("-c", "4");
        assertNotEquals(first, out());
    }

    @Test
    void theCostIsElevenUnlessSaid() {
        assertEquals(0, run());
        assertTrue(out().contains("bcrypt hash: $2a$11$"), out());
    }

    @Test
    void aTypedPasswordIsTypedTwice() {
        assertEquals(0, run(true, new String[] {"geheim ü", "geheim ü"}, "-p", "-c=5"));
        assertTrue(hash().startsWith("$2a$05$"));
        assertTrue(BCrypt.checkpw("geheim ü", hash()));
    }

    @Test
    void typingSomethingElseOrNothingTheSecondTimeIsAnError() {
        for (String[] lines : new String[][] {{"a", "b"}, {"a"}}) {
            err.reset();
            assertEquals(1, run(true, lines, "-p", "-c", "4"));
            assertEquals("mkpasswd: Error, passwords do not match", err().strip());
        }
        assertEquals("", out());
    }

    @Test
    void ofAPipeOneLineIsEnough() {
        assertEquals(0, run(false, new String[] {"secret"}, "-p", "-c", "4"));
        assertTrue(BCrypt.checkpw("secret", hash()));
        assertEquals("", err());
    }

    @Test
    void twoPipedLinesHaveToBeTheSame() {
        assertEquals(1, run(false, new String[] {"a", "b"}, "-p", "-c", "4"));
        assertTrue(err().contains("passwords do not match"));
    }

    @Test
    void noPasswordIsNoEmptyPassword() {
        assertEquals(1, run("-p"));
        assertEquals(1, run(false, new String[] {""}, "-p"));
        assertEquals("", out());
        assertTrue(err().startsWith("mkpasswd: no password given"), err());
    }

    @Test
    void aPasswordThatBcryptWouldCutOffIsRefused() {
        assertEquals(0, run(false, new String[] {"x".repeat(72)}, "-p", "-c", "4"));
        assertEquals(1, run(false, new String[] {"x".repeat(73)}, "-p", "-c", "4"));
        assertTrue(err().contains("longer than 72 bytes"), err());
    }

    @Test
    void aBadCostIsToldInOneLine() {
        for (String cost : new String[] {"3", "32", "-1"}) {
            err.reset();
            assertEquals(1, run("-c", cost));
            assertEquals("mkpasswd: cost " + cost + " is outside allowed range (4,31)", err().strip());
        }
        for (String[] args : new String[][] {{"-c", "ten"}, {"-c"}, {"--nosuch"}}) {
            err.reset();
            assertEquals(1, run(args));
            assertEquals(1, err().lines().count(), err());
        }
        assertEquals("", out());
    }

    @Test
    void anUnknownFlagIsToldWithTheOneThatWasMeant() {
        assertEquals(1, run("--hepl"));
        assertEquals("mkpasswd: Unknown option: '--hepl', did you mean --help?", err().strip());
    }

    @Test
    void helpAndVersionAreAnswers() {
        assertEquals(0, run("--help"));
        assertTrue(out().startsWith("Usage: mkpasswd [-p] [-c <cost>]"), out());
        out.reset();
        assertEquals(0, run("-v"));
        assertTrue(out().matches("mkpasswd \\d+\\.\\d+\\.\\d+\\R"), out());
    }

    @Test
    void theLastValueOfARepeatedFlagCounts() {
        assertEquals(0, run("-c", "5", "-c", "4"), err());
        assertTrue(out().contains("$2a$04$"), out());
    }
}
