package io.jnatsd.jetstream.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConsumerLogTest {
    @TempDir
    private Path folder;

    private ConsumerLog open() throws IOException {
        ConsumerLog log = new ConsumerLog(folder, new Checksum(1));
        log.open();
        return log;
    }

    @Test
    void whatCannotBeWrittenForALongTimeIsBounded() throws IOException {
        ConsumerLog log = open();
        log.put("gone", new byte[10]);
        log.put("other", new byte[] {1});
        for (int i = 0; i < 10_000; i++)
            log.put("busy", new byte[1000]);
        log.remove("gone");
        byte[] last = {7, 8, 9};
        log.put("busy", last);
        log.write();
        assertTrue(Files.size(folder.resolve("consumers")) < 1_000_000);
        ConsumerLog again = open();
        assertEquals(Set.of("other", "busy"), again.states().keySet());
        assertArrayEquals(last, again.states().get("busy"));
    }
}
