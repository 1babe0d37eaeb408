package io.jnatsd.jetstream.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FilterIndexTest {
    private static final String[] TOKENS = {"a", "b", "cd", "*"};

    private static String filter(Random random) {
        StringBuilder text = new StringBuilder();
        int tokens = 1 + random.nextInt(4);
        for (int i = 0; i < tokens; i++)
            text.append(i == 0 ? "" : ".").append(i == tokens - 1 && random.nextInt(3) == 0 ? ">"
                    : TOKENS[random.nextInt(TOKENS.length)]);
        return text.toString();
    }

    private static String subject(Random random) {
        return filter(random).replace('*', 'a').replace('>', 'b');
    }

    private static List<String> found(FilterIndex<String> index, String subject) {
        List<String> found = new ArrayList<>();
        byte[] bytes = ("before " + subject + " behind").getBytes(StandardCharsets.US_ASCII);
        index.forEach(bytes, "before ".length(), subject.length(), found::add);
        return found;
    }

    @Test
    void exactlyTheFiltersThatSelectASubjectAreFound() {
        Random random = new Random(3);
        FilterIndex<String> index = new FilterIndex<>();
        Set<String> present = new HashSet<>();
        for (int i = 0; i < 5000; i++) {
            String changed = filter(random);
            SubjectFilter filter = SubjectFilter.of(changed);
            if (random.nextBoolean()) {
                assertEquals(changed, index.getOrAdd(filter, () -> changed));
                present.add(changed);
            } else {
                index.remove(filter);
                present.remove(changed);
            }
            String subject = subject(random);
            byte[] bytes = subject.getBytes(StandardCharsets.US_ASCII);
            Set<String> expected = new HashSet<>(present);
            expected.removeIf(each -> !SubjectFilter.of(each).matches(bytes, bytes.length));
            List<String> found = found(index, subject);
            assertEquals(expected, new HashSet<>(found), subject);
            assertEquals(expected.size(), found.size(), subject);
        }
    }

    @Test
    void aFilterHasOneValue() {
        FilterIndex<Object> index = new FilterIndex<>();
        Object value = index.getOrAdd(SubjectFilter.of("a.*.>"), Object::new);
        assertSame(value, index.getOrAdd(SubjectFilter.of("a.*.>"), Object::new));
    }
}
