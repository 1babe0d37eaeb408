package io.jnatsd.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Configuration reference, 1.13: include, and the messages about files. */
class IncludeTest {
    @TempDir
    Path folder;

    private Path write(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }

    private static Map<String, Object> parse(Path file) {
        return assertTimeoutPreemptively(Duration.ofSeconds(5),
                () -> Config.plain(ConfigParser.parse(file, Config.load(Map.of("ENV", "env")))));
    }

    private static String error(Path file) {
        return assertTimeoutPreemptively(Duration.ofSeconds(5), () -> assertThrows(ConfigException.class,
                () -> ConfigParser.parse(file, Config.load(Map.of()))).getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"include users.conf", "include './users.conf'", "include \"users.conf\"",
        "include ./users.conf;", "include ./users.conf # why",
        "include 'users.conf' // why\n", "INCLUDE users.conf", "Include\tusers.conf",
        "include ../x/users.conf\n", "include users.conf'", "{ include users.conf }", "include sub/../users.conf"})
    void anIncludedFileBringsItsPairs(String text) throws IOException {
        write("x/users.conf", "a = 1\nb = two");
        assertEquals(Map.of("a", 1L, "b", "two"), parse(write("x/main.conf", text)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"foo { include users.conf }", "foo {include \"users.conf\"}",
        "foo {\n  include users.conf\n}",
        "foo { include users.conf; }", "foo { include ./users.conf # x\n }"})
    void includeWorksInsideMaps(String text) throws IOException {
        write("users.conf", "a = 1");
        assertEquals(Map.of("foo", Map.of("a", 1L)), parse(write("main.conf", text)));
    }

    @Test
    void digitsMayBeginAPath() throws IOException {
        write("10-users.conf", "a = 1");
        assertEquals(Map.of("a", 1L), parse(write("main.conf", "include 10-users.conf")));
    }

    @Test
    void includedVariablesMayBeUsedAndOverwritten() throws IOException {
        write("vars.conf", "ALICE_PASS: $2a$10$abc\nport: 1\nx: $ENV");
        assertEquals(Map.of("ALICE_PASS", "$2a$10$abc", "port", 2L, "p", "$2a$10$abc", "x", "env"),
                parse(write("main.conf", "port: 0\ninclude vars.conf\nport: 2\np: $ALICE_PASS")));
    }

    @Test
    void anIncludedFileDoesNotSeeTheVariablesOfTheIncluder() throws IOException {
        Path included = write("sub.conf", "b = $a");
        assertEquals(included + ":1:5: Variable reference for 'a' on line 1 can not be found.",
                error(write("main.conf", "a = 1\ninclude sub.conf")));
    }

    @Test
    void includesNestAndAreRelativeToTheirOwnFile() throws IOException {
        write("a/b/c.conf", "c = 3");
        write("a/b.conf", "include 'b/c.conf'\nb = $c");
        assertEquals(Map.of("c", 3L, "b", 3L), parse(write("main.conf", "include a/b.conf")));
    }

    @Test
    void anIncludeIsLookedUpBesideASymbolicLink() throws IOException {
        write("configs/reload/reload.conf", "include 'platform.conf'");
        write("configs/reload/platform.conf", "where = target");
        write("platform.conf", "where = link");
        Path link = Files.createSymbolicLink(folder.resolve("tmp.conf"), Path.of("configs/reload/reload.conf"));
        assertEquals(Map.of("where", "link"), parse(link));
    }

    @Test
    void absolutePathsAreJoinedIfThatFileExistsAndElseTakenAsTheyAre() throws IOException {
        Path absolute = write("other/a.conf", "where = absolute");
        Path main = write("main.conf", "include " + absolute);
        assertEquals(Map.of("where", "absolute"), parse(main));
        write(absolute.toString().substring(1), "where = joined");
        assertEquals(Map.of("where", "joined"), parse(main));
    }

    @Test
    void aMissingFileIsReportedWithThePathThatWasTried() throws IOException {
        Path main = write("main.conf", "port: 1\ninclude 'nofile.conf'");
        assertEquals(main + ":2:9: Error parsing include file 'nofile.conf', error opening config file: open "
                + folder.resolve("nofile.conf") + ": no such file or directory.", error(main));
        Path nope = write("b.conf", "include /no/such/file");
        assertTrue(error(nope).contains("open /no/such/file: no such file or directory"), error(nope));
    }

    @Test
    void mistakesInIncludedFilesAreReportedThereWithTheOthers() throws IOException {
        Path sub = write("sub.conf", "\n\nb = c d");
        Path main = write("main.conf", "a = b c\ninclude sub.conf\ne = f g");
        String hint = "Expected a top-level value to end with a new line, comment or EOF, but got '%s' instead."
                + " A string with such characters or spaces needs quotes.";
        assertEquals(main + ":1:7: " + hint.formatted("c") + "\n" + sub + ":3:7: " + hint.formatted("d") + "\n"
                + main + ":3:7: " + hint.formatted("g"), error(main));
    }

    @Test
    void cyclesAreErrors() throws IOException {
        Path self = write("self.conf", "include self.conf");
        assertTrue(error(self).contains("the file includes itself: " + self.toRealPath() + " -> " + self.toRealPath()),
                error(self));
        write("b.conf", "x { include ./c.conf }");
        write("c.conf", "include a.conf");
        assertTrue(error(write("a.conf", "include b.conf")).contains("the file includes itself"));
    }

    @Test
    void cyclesThroughLinksAreErrors() throws IOException {
        Files.createSymbolicLink(folder.resolve("loop"), folder);
        assertTrue(error(write("a.conf", "include loop/a.conf")).contains("the file includes itself"));
    }

    @Test
    void filesThatIncludeManyFilesTwiceEnd() throws IOException {
        for (int i = 0; i < 40; i++)
            write("f" + i + ".conf", "include f" + (i + 1) + ".conf\ninclude f" + (i + 1) + ".conf\n");
        write("f40.conf", "a = 1");
        assertTrue(error(folder.resolve("f0.conf")).contains("more than 1000 files are included"));
    }

    @Test
    void filesThatCannotBeOpenedAreErrorsWithoutAPosition() {
        Path missing = folder.resolve("nope.conf");
        assertEquals("error opening config file: open " + missing + ": no such file or directory", error(missing));
        assertEquals("error opening config file: read " + folder + ": is a directory", error(folder));
        assertEquals("error opening config file: open nope.conf: no such file or directory",
                error(Path.of("nope.conf")));
    }

    @Test
    void endlessFilesAreErrors() {
        if (Files.exists(Path.of("/dev/zero")))
            assertEquals("error opening config file: read /dev/zero: larger than 64 MiB", error(Path.of("/dev/zero")));
    }
}
