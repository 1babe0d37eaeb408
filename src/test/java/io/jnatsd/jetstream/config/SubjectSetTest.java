package io.jnatsd.jetstream.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SubjectSetTest {
    private static final String[] TOKENS = {"a", "b", "*", ">"};

    private static String subject(Random random) {
        List<String> tokens = new ArrayList<>();
        int length = 1 + random.nextInt(4);
        for (int i = 0; i < length; i++) {
            String token = TOKENS[random.nextInt(TOKENS.length)];
            tokens.add(token);
            if (token.equals(">"))
                break;
        }
        return String.join(".", tokens);
    }

    @Test
    void itFindsASubjectExactlyIfAComparisonWithEachFindsOne() {
        Random random = new Random(1);
        for (int round = 0; round < 2000; round++) {
            SubjectSet set = new SubjectSet();
            List<String> all = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                String subject = subject(random);
                assertEquals(all.stream().anyMatch(each -> StreamConfigCheck.overlap(each, subject)), set.overlaps(subject),
                        all + " " + subject);
                String found = set.find(subject);
                assertEquals(found != null, found != null && StreamConfigCheck.overlap(found, subject));
                set.add(subject);
                all.add(subject);
                if (random.nextInt(4) == 0) {
                    String gone = all.get(random.nextInt(all.size()));
                    all.removeIf(gone::equals);
                    set.remove(gone);
                }
            }
        }
    }

    @Test
    void aHundredThousandSubjectsAreNotComparedWithEachOther() {
        SubjectSet set = new SubjectSet();
        assertTimeout(Duration.ofSeconds(30), () -> {
            for (int i = 0; i < 100_000; i++) {
                assertEquals(null, set.find("a." + i + ".*"));
                set.add("a." + i + ".*");
            }
        });
    }
}
