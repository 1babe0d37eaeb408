package io.jnatsd.jetstream.differential;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jnatsd.jetstream.differential.Answers.Difference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which differences have a reason. */
class KnownDifferencesTest {
    @TempDir
    private Path folder;

    private KnownDifferences known(String text) throws IOException {
        return new KnownDifferences(Files.writeString(folder.resolve("known.list"), text));
    }

    @Test
    void anEntryAllowsOnlyItsCaseFieldAndValues() throws IOException {
        KnownDifferences known = known("# a comment\n\na case | *.seq | 1 | * | a reason\n");
        assertTrue(known.allow("a case", new Difference("x.seq", "1", "2")));
        assertFalse(known.allow("a case of another kind", new Difference("x.seq", "1", "2")));
        assertFalse(known.allow("a case", new Difference("x.seq.y", "1", "2")));
        assertFalse(known.allow("a case", new Difference("x.seq", "10", "2")));
    }

    @Test
    void anEntryThatHasAllowedNothingIsUnused() throws IOException {
        KnownDifferences known = known("a | seq | 1 | 2 | one\nb | seq | 1 | 2 | another\n");
        known.allow("b", new Difference("seq", "1", "2"));
        assertEquals("[known.list:1: one]", known.unused().toString());
    }

    @Test
    void anEntryWithoutAReasonIsAnError() {
        assertEquals("known.list:1: expected case | field | nats-server's value | our value | reason",
                assertThrows(IOException.class, () -> known("a | seq | 1 | 2\n")).getMessage());
    }
}
